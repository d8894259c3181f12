"""The one place that lets our widgets be used while a cell runs.

JupyterLab sends widget messages to a subshell, a thread of the kernel beside the main one. ipykernel 7.4 remembers on
which thread a comm was last published from and sends the browser's messages back there: a widget made in a cell is then
deaf until the cell ends. Forgetting that makes it follow the browser again. The attribute is private, so it is touched
only where it exists; elsewhere nothing changes.

ipykernel 7.1 to 7.3 need none of this. 6.x has no subshells, JupyterLab before 4.4 does not use them, and a person can
switch them off: there a panel answers when the cell has ended, and its browser side says so (``js/shared/pulse.ts``).

Handlers of such widgets run in the subshell's thread: they must return at once and be safe beside other threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import Widget

if TYPE_CHECKING:
    from collections.abc import Iterator

_ATTRIBUTE = "_reply_subshell_for"
_MARK = "_gymdash_follows_front_end"


def follow_front_end(widget: Widget) -> None:
    """Let a widget of ours and all widgets in it handle the browser's messages while a cell runs.

    Widgets that are put into a box later are included, and so is a comm that is opened anew. Doing it twice is
    harmless. Do not use it on widgets of users: their handlers would change thread.

    Args:
        widget: The widget; its ``children`` are followed, too.
    """
    for each in list(_with_children(widget)):
        _release(each.comm)
        if not getattr(each, _MARK, False):
            setattr(each, _MARK, True)
            each.observe(_on_comm, names="comm")
            if each.has_trait("children"):
                each.observe(_on_children, names="children")


def _on_comm(change: Any) -> None:
    _release(change["new"])


def _on_children(change: Any) -> None:
    for child in change["new"]:
        follow_front_end(child)


def _release(comm: object) -> None:
    if hasattr(comm, _ATTRIBUTE):
        setattr(comm, _ATTRIBUTE, None)


def _with_children(widget: Widget) -> Iterator[Widget]:
    seen: set[int] = set()
    waiting = [widget]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or not isinstance(each, Widget):
            continue
        seen.add(id(each))
        yield each
        children = getattr(each, "children", ())
        if isinstance(children, (tuple, list)):
            waiting.extend(children)
