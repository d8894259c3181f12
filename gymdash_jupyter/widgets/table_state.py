"""How itables shows a table of ours, and how what a person did to it outlives that it is made anew.

itables takes a table away and draws another one when its data change. DataTables can save and load what a person did
(order, searches, page) through functions, which is JavaScript that itables evaluates; here it is kept on the table's
element, with the focus, the place of the caret and how far it was scrolled. None of it holds anything of the data.
"""

from __future__ import annotations

from typing import Any, Final

# Without the selection, which comes from Python: while DataTables brings it back, itables stumbles over it.
_SAVE: Final = """function(settings, data) {
  settings.nTable.gymdashState = { ...data, select: undefined };
}"""

# Called once for each table that is drawn anew, before anything is drawn.
_LOAD: Final = """function(settings) {
  const table = settings.nTable;
  const box = () => table.closest('.dt-container');
  const inputs = () => [...box().querySelectorAll('input')];
  const body = () => box().querySelector('.dt-scroll-body');
  const root = table.closest('.itables_anywidget') || table.parentElement;
  this.one('destroy.dt', () => {
    const at = table.getRootNode().activeElement;
    table.gymdashPlace = {
      focus: inputs().indexOf(at), from: at && at.selectionStart, to: at && at.selectionEnd,
      scroll: body() ? body().scrollLeft : 0,
    };
    root.style.minHeight = root.offsetHeight + 'px';
  });
  this.one('init.dt', () => {
    const place = table.gymdashPlace;
    root.style.minHeight = '';
    if (!place) return;
    const input = inputs()[place.focus];
    if (input) {
      input.focus({ preventScroll: true });
      input.setSelectionRange(place.from, place.to);
    }
    if (body()) body().scrollLeft = place.scroll;
  });
  return table.gymdashState || null;
}"""


def browser_options(remark: str = "") -> dict[str, Any]:
    """Give the options of itables for a table.

    Args:
        remark: What stands behind the count of rows; HTML, and so nothing that a simulation said.
    """
    from itables import JavascriptFunction

    return {
        "allow_html": False,  # names and settings are text, whatever they look like
        "warn_on_undocumented_option": False,  # DataTables knows more of them than itables
        "text_in_header_can_be_selected": False,  # a click on it sorts
        "maxBytes": 0,
        "maxColumns": 0,
        "showIndex": False,
        "select": True,
        "scrollX": True,
        "classes": "display nowrap compact",
        "style": "width:100%;margin:0;caption-side:bottom",
        "lengthMenu": [10, 25, 100, 1000],
        # Not what itables does by itself: it leaves out what few rows do not need, and a table that grows would
        # change its shape.
        "layout": {
            "topStart": "pageLength",
            "topEnd": "search",
            "bottomStart": "info",
            "bottomEnd": {"paging": {"type": "simple_numbers"}},
        },
        "language": {
            "lengthMenu": "_MENU_ rows a page",
            "info": f"_START_ to _END_ of _TOTAL_ rows{remark}",
            "infoEmpty": f"0 rows{remark}",
            "infoFiltered": ", found among _MAX_",
            "emptyTable": "There are no rows.",
            "zeroRecords": "No row fits what is searched for.",
        },
        "columnControl": [
            {"target": 0, "content": ["order"]},
            {"target": 1, "content": ["search"]},
        ],
        "ordering": {"indicators": False, "handler": True},
        "stateSave": True,
        "stateSaveCallback": JavascriptFunction(_SAVE),
        "stateLoadCallback": JavascriptFunction(_LOAD),
    }
