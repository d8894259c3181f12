"""Which types there are, what replaces what, and what is made."""

from __future__ import annotations

import functools
import subprocess
import sys
from typing import Any

import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import (
    InvalidArgumentError,
    InvalidSimulationTypeError,
    MissingConfigError,
    SimulationTypeTakenError,
    UnknownSimulationTypeError,
)
from gymdash_jupyter.registry import SimulationRegistry
from gymdash_jupyter.simulation import Simulation


class Mine(Simulation):
    """Does nothing."""


class Yours(Simulation):
    """Does nothing either."""


def cell(name: str = "FromCell", module: str = "__main__") -> type[Simulation]:
    """Make a new class as running a notebook's cell does."""
    return type(name, (Simulation,), {"__module__": module, "__qualname__": name})


def make_mine(config: SimulationStartConfig) -> Simulation:
    """Be a function that makes simulations."""
    return Mine(config)


CONFIG = SimulationStartConfig(name="mine", sim_key="mine", kwargs={"rate": 1})


def test_a_class_is_made_with_its_default_config() -> None:
    SimulationRegistry.register("mine", Mine, CONFIG)
    made = SimulationRegistry.make("mine")
    assert (type(made), made.config) == (Mine, CONFIG)


def test_a_config_that_is_given_replaces_the_default_whole() -> None:
    SimulationRegistry.register("mine", Mine, CONFIG)
    given = SimulationStartConfig(name="other", sim_key="x", kwargs={"size": 2})
    assert SimulationRegistry.make("mine", given).config.kwargs == {"size": 2}


def test_the_key_counts_not_what_the_config_carries() -> None:
    SimulationRegistry.register("mine", Mine)
    SimulationRegistry.register("yours", Yours)
    made = SimulationRegistry.make("mine", SimulationStartConfig(name="a", sim_key="yours"))
    assert type(made) is Mine


def test_a_function_of_a_config_can_make_simulations() -> None:
    SimulationRegistry.register("mine", make_mine, CONFIG)
    assert type(SimulationRegistry.make("mine")) is Mine


def test_a_simulation_that_changes_its_kwargs_leaves_the_default_alone() -> None:
    SimulationRegistry.register("mine", Mine, CONFIG)
    SimulationRegistry.make("mine").config.kwargs["rate"] = 99
    assert SimulationRegistry.make("mine").config.kwargs == {"rate": 1}


def test_a_class_alone_is_registered_under_its_name() -> None:
    assert SimulationRegistry.register(Mine) is Mine
    made = SimulationRegistry.make("Mine")
    assert (type(made), made.config.name, made.config.sim_key) == (Mine, "Mine", "Mine")


def test_registering_serves_as_a_decorator() -> None:
    @SimulationRegistry.register
    class Decorated(Simulation):
        """Does nothing."""

    assert type(SimulationRegistry.make("Decorated")) is Decorated


def test_keys_are_listed_in_the_order_of_registering() -> None:
    SimulationRegistry.register("zebra", Mine)
    SimulationRegistry.register("ape", Yours)
    assert SimulationRegistry.list_simulations()[-2:] == ["zebra", "ape"]


def test_making_writes_nothing_and_starts_nothing() -> None:
    SimulationRegistry.register("mine", Mine, CONFIG)
    assert SimulationRegistry.make("mine").state == "created"


# Registering again


def test_a_cell_that_is_run_again_replaces_its_class() -> None:
    SimulationRegistry.register("cell", cell(), CONFIG)
    changed = cell()
    SimulationRegistry.register("cell", changed, CONFIG)
    assert type(SimulationRegistry.make("cell")) is changed


def test_a_cell_that_is_run_again_replaces_its_default_config() -> None:
    SimulationRegistry.register("cell", cell(), CONFIG)
    SimulationRegistry.register("cell", cell(), CONFIG.with_kwargs(rate=2))
    assert SimulationRegistry.make("cell").config.kwargs == {"rate": 2}


def test_registering_the_same_class_twice_is_fine() -> None:
    SimulationRegistry.register("mine", Mine, CONFIG)
    SimulationRegistry.register("mine", Mine, CONFIG)
    assert SimulationRegistry.list_simulations().count("mine") == 1


@pytest.mark.parametrize("other", [cell("Other"), cell(module="elsewhere")])
def test_another_class_under_a_taken_key_is_refused(other: type[Simulation]) -> None:
    SimulationRegistry.register("cell", cell(), CONFIG)
    with pytest.raises(
        SimulationTypeTakenError,
        match=r"'cell' belongs to __main__\.FromCell.*or pass replace=True",
    ):
        SimulationRegistry.register("cell", other, CONFIG)


def test_a_refused_class_changes_nothing() -> None:
    SimulationRegistry.register("mine", Mine, CONFIG)
    with pytest.raises(SimulationTypeTakenError):
        SimulationRegistry.register("mine", Yours, CONFIG)
    assert type(SimulationRegistry.make("mine")) is Mine


def test_another_class_replaces_it_on_wish() -> None:
    SimulationRegistry.register("mine", Mine, CONFIG)
    SimulationRegistry.register("mine", Yours, CONFIG, replace=True)
    assert type(SimulationRegistry.make("mine")) is Yours


def test_a_shipped_type_is_not_replaced_by_accident() -> None:
    with pytest.raises(
        SimulationTypeTakenError, match=r"belongs to gymdash_jupyter\.simulations\."
    ):
        SimulationRegistry.register("custom_control", Mine)


# What is wrong


def test_an_unknown_key_names_the_nearest_and_all() -> None:
    SimulationRegistry.register("ppo", Mine)
    with pytest.raises(
        UnknownSimulationTypeError,
        match=r"^No simulation type is registered as 'ppo2'\. Did you mean 'ppo'\? Registered: .*ppo",
    ):
        SimulationRegistry.make("ppo2")


@pytest.mark.parametrize("key", [None, 5, ["ppo"], ("a",), ""])
def test_a_key_that_is_no_key_is_unknown(key: Any) -> None:
    with pytest.raises(UnknownSimulationTypeError, match="No simulation type is registered as"):
        SimulationRegistry.make(key)


def test_without_any_config_nothing_can_be_made() -> None:
    SimulationRegistry.register("mine", Mine)
    with pytest.raises(
        MissingConfigError, match=r"'mine' was registered without a default config.*sim_key='mine'"
    ):
        SimulationRegistry.make("mine")


@pytest.mark.parametrize("config", [{}, "mine", 5])
def test_a_config_that_is_none_is_refused(config: Any) -> None:
    SimulationRegistry.register("mine", Mine, CONFIG)
    with pytest.raises(InvalidArgumentError, match="is made with a SimulationStartConfig; got"):
        SimulationRegistry.make("mine", config)


def test_a_function_that_makes_no_simulation_is_refused() -> None:
    SimulationRegistry.register("odd", lambda config: {"not": "one"}, CONFIG)  # type: ignore[arg-type,return-value]
    with pytest.raises(
        InvalidSimulationTypeError, match="registered as 'odd' made a dict, not a Simulation"
    ):
        SimulationRegistry.make("odd")


@pytest.mark.parametrize("creator", [dict, int, object])
def test_a_class_that_is_no_simulation_is_refused(creator: Any) -> None:
    with pytest.raises(
        InvalidSimulationTypeError, match=r"no Simulation. Let it inherit from Simulation"
    ):
        SimulationRegistry.register("odd", creator)


def test_finding_the_key_of_a_class() -> None:
    SimulationRegistry.register("mine", Mine)
    assert (SimulationRegistry.key_of(Mine), SimulationRegistry.key_of(Yours)) == ("mine", "")


def test_finding_the_key_of_a_shipped_class_whose_entry_point_was_never_loaded() -> None:
    from gymdash_jupyter.simulations.custom_control import CustomControlSimulation

    assert SimulationRegistry.key_of(CustomControlSimulation) == "custom_control"


# What ships


def test_shipped_types_are_listed_and_have_a_default_config() -> None:
    assert {"stable_baselines", "custom_control"} <= set(SimulationRegistry.list_simulations())
    assert SimulationRegistry.make("custom_control").config.sim_key == "custom_control"


@functools.cache
def modules_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print('\\n'.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("heavy", ["torch", "stable_baselines3", "gymnasium", "pandas", "IPython"])
def test_listing_loads_nothing_heavy(heavy: str) -> None:
    code = "import gymdash_jupyter as gd\nassert 'stable_baselines' in gd.SimulationRegistry.list_simulations()"
    assert heavy not in modules_after(code)
