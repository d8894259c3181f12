from __future__ import annotations

import subprocess
import sys

import pytest

from gymdash_jupyter import widgets

LOADED = "import sys, gymdash_jupyter.widgets; print({'ipywidgets', 'anywidget', 'numpy'} & set(sys.modules))"


def test_importing_the_door_loads_no_widget_library():
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()", done.stderr


@pytest.mark.parametrize("name", widgets.__all__)
def test_every_promised_name_is_there(name):
    assert getattr(widgets, name).__name__ == name


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = widgets.nothing
