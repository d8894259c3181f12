"""Code written for GymDash runs here: its old import paths resolve to this package's objects.

One line at the top of a script or notebook, before the first ``gymdash`` import::

    import gymdash_jupyter; gymdash_jupyter.compat.enable_gymdash_imports()

or, without touching the script, ``python -m gymdash_jupyter.compat script.py``. ``names`` lists
what is known under which path; what is not in it does not exist here, and says so.
"""

from gymdash_jupyter.compat.finder import disable_gymdash_imports, enable_gymdash_imports

__all__ = ["disable_gymdash_imports", "enable_gymdash_imports"]
