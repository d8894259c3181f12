"""The one place for SQL: a project's database behind one contract.

``open_store(path)`` gives a ``ProjectStore``. Nobody outside this room imports its other modules or sqlite3.
"""
