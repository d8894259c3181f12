"""A live table in a real JupyterLab: what a person did to it outlives its rows, and names in it are never HTML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BEGIN = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
import gymdash_jupyter as gd
gd.open_project("project")
bad = "<img src=x onerror=document.title='hacked'>"
def add(*seeds):
    for seed in seeds:
        config = gd.SimulationStartConfig(name=f"{{bad}}{{seed}}", sim_key="x", kwargs={{"seed": seed, bad: seed}})
        gd.tracker().create_simulation(gd.SimulationRegistry.make("custom_control", config))
add(*range(14))
table = gd.show_table(lambda: gd.simulations(expand="config")[["name", "seed", bad]])
table
"""
CELLS = [
    BEGIN,
    "print('selected', table.selected['seed'].tolist())",
    "add(14, 15, 100)",
    "print('selected', table.selected['seed'].tolist(), len(gd.statuses(table.selected)))",
    "table.close()",
]


def test_a_saved_notebook_shows_the_table_without_a_kernel(
    open_notebook: OpenNotebook, lab: Lab
) -> None:
    notebook = open_notebook([BEGIN])
    page = notebook.page
    notebook.run(0)
    page.locator(".itables_anywidget").get_by_text("1 to 10 of 14 rows").wait_for()
    fallback = page.locator(".gymdash-table-fallback")
    assert (fallback.count(), fallback.is_visible()) == (1, False)
    notebook.save()
    lab.shut_down_kernels()
    page.goto(page.url)
    fallback.wait_for(state="visible")
    assert "<img src=x onerror=document.title='hacked'>13" in fallback.inner_text()
    assert page.title() != "hacked"


def test_what_a_person_did_outlives_new_rows(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(CELLS)
    page = notebook.page
    notebook.run(0)
    table = page.locator(".itables_anywidget")
    table.get_by_text("1 to 10 of 14 rows").wait_for()
    assert "live" in table.locator(".dt-info").inner_text()

    def seeds() -> list[str]:
        return table.locator("tbody tr td:nth-child(3)").all_inner_texts()

    table.get_by_text("seed", exact=True).first.click()  # downwards at the second click
    table.get_by_text("seed", exact=True).first.click()
    wait_until(lambda: seeds()[0] == "13", what="the order")
    table.locator("tbody tr").nth(2).locator("td").first.click()
    search = table.locator("input[type=search]").first
    search.click()
    search.press_sequentially("onerror")
    notebook.run(1)
    assert "selected [11]" in notebook.text(1)

    search.click()
    notebook.run(2)
    table.get_by_text("1 to 10 of 17 rows").wait_for()
    assert seeds()[:4] == ["100", "15", "14", "13"]
    assert search.input_value() == "onerror"
    assert table.locator("tbody tr.selected td:nth-child(3)").all_inner_texts() == ["11"]
    notebook.run(3)
    assert "selected [11]" in notebook.text(3)

    assert table.get_by_text("<img src=x onerror=document.title='hacked'>100").count() == 1
    notebook.run(4)
    output = page.locator(".jp-OutputArea-output table").first
    assert page.locator(".gymdash-table-fallback").count() == 0
    output.get_by_text("<img src=x onerror=document.title='hacked'>0").first.wait_for()
    assert page.title() != "hacked"
    assert page.locator("img[src=x]").count() == 0
