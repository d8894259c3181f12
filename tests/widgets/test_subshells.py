from __future__ import annotations

import ipywidgets

from gymdash_jupyter.widgets import follow_front_end


class PinnedComm:
    """A comm as ipykernel 7.4 makes them."""

    def __init__(self):
        self._reply_subshell_for = "main"
        self.comm_id = "c"
        self.kernel = None

    def __getattr__(self, name):
        return lambda *args, **more: None


class OtherComm:
    """A comm of another ipykernel, without the attribute."""

    __slots__ = ("comm_id", "kernel")

    def __init__(self):
        self.comm_id = "c"
        self.kernel = None

    def send(self, *args, **more):
        pass

    def close(self, *args, **more):
        pass

    def on_msg(self, *args):
        pass


def pinned(widget):
    widget.comm = PinnedComm()
    return widget


def test_widget_and_all_in_it_follow_the_front_end():
    inner = pinned(ipywidgets.Button())
    box = pinned(ipywidgets.VBox([pinned(ipywidgets.HBox([inner]))]))
    follow_front_end(box)
    assert (box.comm._reply_subshell_for, inner.comm._reply_subshell_for) == (None, None)


def test_comm_that_is_opened_anew_follows_too():
    button = pinned(ipywidgets.Button())
    follow_front_end(button)
    button.comm = PinnedComm()
    assert button.comm._reply_subshell_for is None


def test_widget_that_is_put_in_later_follows_too():
    box = pinned(ipywidgets.VBox())
    follow_front_end(box)
    late = pinned(ipywidgets.Button())
    box.children = [late]
    assert late.comm._reply_subshell_for is None


def test_kernel_without_the_attribute_is_left_alone():
    button = ipywidgets.Button()
    button.comm = OtherComm()
    follow_front_end(button)
    assert "_reply_subshell_for" not in dir(button.comm)
