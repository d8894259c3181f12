"""Starting simulations by the form in a real JupyterLab, the way a person does it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook

pytestmark = pytest.mark.browser

SETUP = """
import json
from typing import Annotated
from pydantic import Field
import gymdash_jupyter as gd
gd.open_project()

class ArmReach(gd.Simulation):
    "Reach with an arm."
    def create_kwarg_defaults(self):
        return {"speed": 0.5, "seed": None, "joints": {"elbow": 1}}
    def _run(self, tries: Annotated[int, Field(ge=1, le=9)] = 3, **kwargs):
        self.result = {"tries": tries, **self.config.kwargs}
"""

PANEL = "panel = gd.StartPanel(launcher='thread'); panel"

SEEN = """
gd.tracker().wait(panel.started)
print(json.dumps({s.name: gd.tracker().get_sim(i).result for i in panel.started
                  for s in [gd.tracker().get_sim(i)]}))
"""


def test_a_class_of_the_notebook_is_registered_and_started_with_three_seeds(
    open_notebook: OpenNotebook,
) -> None:
    notebook = open_notebook([SETUP, PANEL, SEEN])
    notebook.run(0)
    notebook.run(1)
    form = notebook.output(1)

    # The class is found, registered and chosen.
    form.get_by_role("button", name="Register ArmReach").click()
    form.get_by_role("option", name="arm_reach", selected=True).wait_for()
    form.get_by_label("speed").fill("fast")
    form.get_by_label("seed").fill("0..2")
    form.get_by_text("Must be a number; got fast.").wait_for()
    form.get_by_text("1 value to correct").wait_for()

    # The main button takes the focus to what is wrong, and starts nothing.
    form.get_by_role("button", name="Start", exact=False).and_(form.locator(".is-main")).click()
    wait_until(
        lambda: form.get_by_label("speed").evaluate("e => e === document.activeElement"),
        what="the focus on the wrong value",
    )
    form.get_by_label("speed").fill("0.25")
    form.get_by_label("tries").fill("7")
    form.get_by_label("elbow").fill("5")
    form.get_by_text("3 seeds = 3 simulations").wait_for()
    code = form.get_by_label("The same as Python")
    wait_until(lambda: "speed=0.25" in code.inner_text(), what="the code to follow")
    assert 'values={"seed": range(3)}' in code.inner_text()

    # What is filled in is kept as a preset, lost, and brought back.
    form.get_by_role("button", name="Save").click()
    form.get_by_label("Name of the preset").fill("three seeds")
    form.get_by_label("Name of the preset").press("Enter")
    form.get_by_role("button", name="Preset three seeds").wait_for()
    form.get_by_role("option", name="custom_control").click()
    form.get_by_label("poll_period").wait_for()
    form.get_by_role("option", name="arm_reach").click()
    form.get_by_label("tries").wait_for()
    assert form.get_by_label("seed").input_value() == ""
    form.get_by_role("button", name="Preset").click()
    form.get_by_role("button", name="Load three seeds").click()
    wait_until(lambda: form.get_by_label("seed").input_value() == "0..2", what="the preset")

    # It goes into a new cell below.
    form.get_by_role("button", name="Start 3 simulations").wait_for()
    form.get_by_role("button", name="Insert as code").click()
    form.get_by_text("Inserted in a new cell below.").wait_for()
    inserted = notebook.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.widgets[2].model.sharedModel.source"
    )
    assert inserted == code.inner_text().strip()
    notebook.run(2)  # starts three, too

    # It starts by the keyboard, and what was started is what was filled in.
    form.get_by_label("speed").press("Control+Enter")
    form.get_by_text("Started arm_reach-s0, arm_reach-s1, arm_reach-s2").wait_for()
    form.get_by_text("3 succeeded").wait_for()
    notebook.run(3)
    results = json.loads(notebook.text(3).splitlines()[-1])
    assert results == {
        f"arm_reach-s{seed}": {"speed": 0.25, "seed": seed, "joints": {"elbow": 5}, "tries": 7}
        for seed in range(3)
    }

    # The same again would be nothing new.
    form.get_by_text("3 of 3 are there already, or go on").wait_for()
    assert notebook.complaints == []
