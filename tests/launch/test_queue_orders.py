"""What is stored of a queued simulation: only what a fresh process makes again exactly as it was."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

from gymdash_jupyter.config import SimulationStartConfig, config_to_json
from gymdash_jupyter.launch.queue.queue_orders import Maker, import_path, make_by, order_to_store
from gymdash_jupyter.signatures import is_signature_of, signature_of
from gymdash_jupyter.simulation import Simulation
from tests.launch import samples
from tests.launch.samples import Quick


def stored(config: SimulationStartConfig, make: Any = Quick, **start_kwargs: Any) -> Any:
    """Make a simulation and write its order."""
    maker = Maker(make, config_to_json(config))
    return order_to_store(make(config), maker, start_kwargs)


def config(**kwargs: Any) -> SimulationStartConfig:
    return SimulationStartConfig(name="q", sim_key="quick", kwargs=kwargs)


class Impatient(Simulation):
    """Uses up its config while it is made."""

    def __init__(self, config: SimulationStartConfig) -> None:
        config.kwargs.pop("once", None)
        super().__init__(config)


def test_a_class_of_a_module_is_found_by_its_path() -> None:
    assert import_path(Quick) == "tests.launch.samples:Quick"


def test_a_local_class_has_no_path() -> None:
    class Local(Simulation):
        pass

    assert import_path(Local) == ""


def test_a_class_that_was_replaced_has_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "Quick", samples.Polite)
    assert import_path(Quick) == ""


def test_a_module_that_others_would_not_find_has_no_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "of_its_own.py").write_text("class Mine: pass\n")
    spec = importlib.util.spec_from_file_location("of_its_own", tmp_path / "of_its_own.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "of_its_own", module)
    spec.loader.exec_module(module)
    assert import_path(module.Mine) == ""
    monkeypatch.syspath_prepend(tmp_path)
    assert import_path(module.Mine) == "of_its_own:Mine"


def test_a_module_that_travels_by_value_has_no_path() -> None:
    cloudpickle.register_pickle_by_value(samples)
    try:
        assert import_path(Quick) == ""
    finally:
        cloudpickle.unregister_pickle_by_value(samples)


@pytest.mark.parametrize(
    "value",
    [1, 0.1, float("nan"), "text", None, [1, {"a": [True]}], {"b": {"c": 1.5}}],
    ids=repr,
)
def test_what_json_gives_back_is_stored(value: Any) -> None:
    assert stored(config(x=value), n=3) is not None


@pytest.mark.parametrize(
    "value",
    [(1, 2), {1: 2}, {"a": (1,)}, print, object(), b"x", Path("/"), {"__described__": "x"}],
    ids=lambda value: type(value).__name__,
)
def test_what_json_does_not_give_back_is_not_stored(value: Any) -> None:
    assert stored(config(x=value)) is None
    assert stored(config(), y=value) is None


def test_one_that_changes_its_config_while_it_is_made_is_not_stored() -> None:
    assert stored(config(), Impatient) is not None
    assert stored(config(once=1), Impatient) is None


def test_a_command_with_a_secret_is_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["train.py", "--token", "s3cret"])
    assert stored(config()) is None


def test_environments_that_were_registered_by_path_are_stored_and_others_keep_it_from_being_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registration = pytest.importorskip("gymnasium.envs.registration")
    monkeypatch.setattr(registration, "registry", dict(registration.registry))
    registration.register("ByPath-v0", entry_point="tests.nowhere:Env", kwargs={"n": 3})
    order = stored(config())
    assert "ByPath-v0" in json.loads(order.text)["environments"][0]
    registration.register("ByObject-v0", entry_point=lambda: None)
    assert stored(config()) is None


def test_a_recipe_makes_the_simulation_and_its_start_kwargs() -> None:
    recipe = {
        "maker": "tests.launch.samples:Quick",
        "environments": [],
        "config": config_to_json(config(x=[1.5])),
        "start_kwargs": '{"n": 4}',
    }
    simulation, start_kwargs = make_by(json.dumps(recipe).encode())
    assert isinstance(simulation, Quick)
    assert (simulation.config.kwargs, start_kwargs) == ({"x": [1.5]}, {"n": 4})


def test_a_signature_is_good_for_its_purpose_and_content_only() -> None:
    signature = signature_of("queue", b"content")
    assert is_signature_of(signature, "queue", b"content")
    assert not is_signature_of(signature, "queue", b"contents")
    assert not is_signature_of(signature, "model", b"content")
    assert not is_signature_of("", "queue", b"content")
    assert not is_signature_of("\u00e9", "queue", b"content")
