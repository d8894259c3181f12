"""The start panel and the registry panel, driven as a browser and as Python do."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
import traitlets

import gymdash_jupyter as gd
from gymdash_jupyter.errors import InvalidArgumentError, InvalidSimulationTypeError
from gymdash_jupyter.widgets import RegistryPanel, StartPanel
from gymdash_jupyter.widgets import panel as panel_module
from tests.launch.clean import clean_state
from tests.waiting import wait_until
from tests.widgets.panel_browser import PanelBrowser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Told(gd.Simulation):
    """Leave what it was told."""

    def create_kwarg_defaults(self) -> dict[str, Any]:
        return {"rate": 0.5, "sizes": [1], "inner": {"deep": 1}, "seed": None}

    def _run(self, **kwargs: Any) -> None:
        self.result = dict(self.config.kwargs)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(panel_module, "bundle_text", lambda stem: "export default {}")
    with clean_state(monkeypatch):
        config = gd.SimulationStartConfig(name="told", sim_key="told")
        gd.SimulationRegistry.register("told", Told, config)
        yield


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    project = gd.Project.open(tmp_path / "p")
    made: list[Any] = []

    def one(kind: type = StartPanel, **traits: Any) -> Any:
        made.append(kind(project, **traits))
        return made[-1]

    yield one
    for panel in made:
        panel.close()
        wait_until(lambda panel=panel: not panel._loop.is_running, what="end of the refresh loop")


def filled(**changed: Any) -> dict[str, Any]:
    return {
        "key": "told",
        "values": {},
        "name_template": "",
        "mode": "grid",
        "n": None,
        "launcher": "thread",
        "only_missing": False,
        **changed,
    }


# From Python


def test_it_is_filled_in_checked_and_started_from_python(make):
    panel = make(key="told", launcher="thread")
    panel.values = {"rate": [1, 2.5], "seed": range(3), "sizes": [3, 4], "inner": {"deep": 7}}
    assert panel.errors == {}
    assert panel.count == 6
    group = panel.start()
    assert panel.started == [str(sim_id) for sim_id in group.ids]
    panel.tracker.wait(group.ids, 20)
    assert [sim.result for sim in group.sims] == [
        {"rate": rate, "seed": seed, "sizes": [3, 4], "inner": {"deep": 7}}
        for rate in (1, 2.5)
        for seed in range(3)
    ]


def test_values_become_what_would_be_typed(make):
    panel = make(key="told", values={"rate": [1, 2.5], "seed": range(3), "sizes": [3, 4]})
    assert panel.values == {"rate": "1, 2.5", "seed": "0..2", "sizes": "[3, 4]"}
    json.dumps(panel.get_state(["values"]))


def test_what_cannot_be_typed_is_refused(make):
    panel = make(key="told")
    with pytest.raises(InvalidArgumentError, match=r"Give it to gd.run\(\)"):
        panel.values = {"rate": lambda: 1}


def test_nothing_starts_while_a_value_is_wrong(make):
    panel = make(key="told", values={"rate": "fast"})
    assert panel.count == 0
    with pytest.raises(InvalidArgumentError, match="rate: Must be a number; got fast"):
        panel.start()
    assert panel.store.simulations() == []


def test_another_type_begins_with_an_empty_form(make):
    panel = make(key="told", values={"rate": "2"}, name_template="x")
    panel.key = "custom_control"
    assert (panel.values, panel.name_template) == ({}, "")


def test_settings_are_checked(make):
    panel = make()
    with pytest.raises(traitlets.TraitError):
        panel.mode = "gird"
    with pytest.raises(traitlets.TraitError):
        panel.n = 0


def test_presets_are_kept_in_the_project_for_each_type(make):
    panel = make(key="told", values={"rate": "1, 2"}, mode="random", n=1, name_template="{rate}")
    panel.save_preset("two rates")
    panel.key = "custom_control"
    assert panel.presets == []
    panel.key = "told"
    assert panel.presets == ["two rates"]
    panel.load_preset("two rates")
    assert panel.values == {"rate": "1, 2"}
    assert (panel.mode, panel.n, panel.name_template) == ("random", 1, "{rate}")


def test_a_preset_that_holds_anything_else_fills_in_what_it_can(make):
    panel = make(key="told")
    panel.project.presets("start:told").save("odd", {"mode": 7, "n": -1, "values": [1]})
    panel.load_preset("odd")
    assert (panel.values, panel.mode, panel.n) == ({}, "grid", None)


# As the browser does


def test_the_browser_gets_the_form_and_what_is_wrong_beside_each_field(make):
    browser = PanelBrowser(make())
    form = browser.ask("form", key="told", values={})
    paths = [field["path"] for section in form["sections"] for field in section["fields"]]
    assert paths == ["rate", "sizes", "inner", "seed"]
    checked = browser.ask("check", filled=filled(values={"rate": "x", "seed": "0..1"}))
    assert checked["errors"] == {"rate": "Must be a number; got x."}
    assert checked["count"] == 0


def test_the_browser_starts_what_it_shows_even_before_its_traits_have_come(make):
    panel = make(key="custom_control")
    browser = PanelBrowser(panel)
    answer = browser.ask("start", filled=filled(values={"seed": "0..1"}, name_template="t{seed}"))
    assert answer["names"] == ["t0", "t1"]
    assert answer["ids"] == panel.started


def test_what_is_there_already_is_counted(make):
    panel = make(key="told", launcher="thread", values={"seed": "0..1"})
    panel.tracker.wait(panel.start().ids, 20)
    checked = PanelBrowser(panel).ask("check", filled=filled(values={"seed": "0..4"}))
    assert (checked["count"], checked["missing"]) == (5, 3)


def test_what_became_of_those_that_were_started_is_told(make):
    panel = make(key="told", launcher="thread")
    browser = PanelBrowser(panel)
    browser.show()
    browser.wait_for("types")
    panel.tracker.wait(panel.start().ids, 20)
    wait_until(
        lambda: {"succeeded": 1} in [c.get("states") for c, _ in list(browser.got)],
        what="the state of the one that was started",
    )


def test_a_deleted_preset_can_be_brought_back(make):
    browser = PanelBrowser(make(key="told"))
    browser.ask("save_preset", name="a", filled=filled(values={"rate": "3"}))
    deleted = browser.ask("delete_preset", name="a")
    assert deleted["presets"] == []
    assert browser.ask("restore_preset", name="a", value=deleted["value"]) == ["a"]
    assert browser.ask("rename_preset", name="a", new="b") == ["b"]
    browser.ask("load_preset", name="b")
    assert browser.panel.values == {"rate": "3"}


def test_types_that_are_registered_or_removed_are_told(make):
    browser = PanelBrowser(make(RegistryPanel))
    browser.show()
    assert "later" not in browser.wait_for("types")[0]["registered"]
    gd.SimulationRegistry.register("later", Told)
    wait_until(lambda: "later" in _types(browser), what="the new type")
    from gymdash_jupyter import registry

    del registry._types.by_key["later"]
    wait_until(lambda: "later" not in _types(browser), what="the type to go")


def test_classes_of_the_notebook_are_found_registered_and_renewed(make, monkeypatch):
    main = sys.modules["__main__"]

    def cell(words: str) -> type:
        body = {"__module__": "__main__", "__doc__": words, "_run": lambda self, **k: None}
        found = type("ArmReach2D", (gd.Simulation,), body)
        monkeypatch.setattr(main, "ArmReach2D", found, raising=False)
        return found

    first = cell("Reach.")
    panel = make(RegistryPanel)
    browser = PanelBrowser(panel)
    browser.show()
    (listed,) = browser.wait_for("types")[0]["notebook"]
    assert listed == {
        "name": "ArmReach2D",
        "key": "arm_reach2d",
        "words": "Reach.",
        "is_changed": False,
    }
    assert browser.ask("register", name="ArmReach2D") == {"key": "arm_reach2d"}
    assert panel.key == "arm_reach2d"
    assert gd.SimulationRegistry.key_of(first) == "arm_reach2d"
    second = cell("Reach further.")
    wait_until(
        lambda: [t["is_changed"] for t in _latest(browser)["notebook"]] == [True], what="change"
    )
    panel.register("ArmReach2D")
    assert gd.SimulationRegistry.key_of(second) == "arm_reach2d"
    with pytest.raises(InvalidSimulationTypeError, match="Execute the cell that defines it"):
        panel.register("Nothing")


def test_documentation_with_markup_stays_text(make):
    class Sly(Told):
        """<b>Sly</b>"""

    gd.SimulationRegistry.register("<i>sly", Sly, gd.SimulationStartConfig(name="s", sim_key="s"))
    panel = make(RegistryPanel)
    assert "&lt;i&gt;sly" in panel._static_html()
    assert PanelBrowser(panel).ask("form", key="<i>sly")["words"] == "<b>Sly</b>"


def _latest(browser: PanelBrowser) -> dict[str, Any]:
    return [content for content, _ in list(browser.got) if content["kind"] == "types"][-1]


def _types(browser: PanelBrowser) -> list[str]:
    return _latest(browser)["registered"]
