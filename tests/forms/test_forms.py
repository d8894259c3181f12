"""What a simulation type can be started with, and what is wrong with values before anything starts."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Annotated, Any, ClassVar, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.errors import UnknownSimulationTypeError
from gymdash_jupyter.forms import StartPlan, form_of
from gymdash_jupyter.forms.algorithms import ALGORITHMS_BY_ACTIONS, DEFAULTS, ELSEWHERE
from gymdash_jupyter.registry import SimulationRegistry
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.sweeps import Interval, Sweep

SB3 = "stable_baselines"


class Plain(Simulation):
    """Do something plain.

    Args:
        rate: How fast it goes (0.5).
        nothing_of_ours: Not an argument.
    """

    set_up: ClassVar[int] = 0

    def create_kwarg_defaults(self) -> dict[str, Any]:
        return {"rate": 0.5, "label": "a", "is_on": True, "inner": {"deep": 1}, "seed": None}

    def _setup(self, **kwargs: Any) -> None:
        type(self).set_up += 1

    def _run(
        self,
        tries: Annotated[int, Field(ge=1, le=9, description="How many.")] = 3,
        kind: Literal["fast", "slow"] = "fast",
        what: object = None,
        **kwargs: Any,
    ) -> None:
        type(self).set_up += 1


class Settings(BaseModel):
    steps: Annotated[int, Field(ge=1, json_schema_extra={"unit": "steps", "section": "Time"})] = 10
    mode: Literal["a", "b"] = "a"
    limit: float | None = None

    model_config = {"extra": "forbid"}


class Modelled(Simulation):
    kwargs_model = Settings

    def _run(self, **kwargs: Any) -> None: ...


@pytest.fixture(autouse=True)
def types(monkeypatch: pytest.MonkeyPatch) -> None:
    from gymdash_jupyter import registry

    monkeypatch.setattr(registry, "_types", registry._Types())
    for key, kind in (("plain", Plain), ("modelled", Modelled)):
        SimulationRegistry.register(key, kind, SimulationStartConfig(name=key, sim_key=key))


def field(key: str, path: str) -> Any:
    found = form_of(key).field(path)
    assert found is not None
    return found


def errors(key: str, **values: Any) -> dict[str, str]:
    return form_of(key).validate({k.replace("__", "."): v for k, v in values.items()})


# What it is made of


def test_fields_come_from_defaults_and_type_hints():
    form = form_of("plain")
    kinds = {each.path: each.kind for each in form.fields}
    assert kinds == {
        "tries": "int",
        "kind": "choice",
        "what": "json",
        "rate": "float",
        "label": "text",
        "is_on": "bool",
        "inner": "dict",
        "seed": "json",
    }
    assert (field("plain", "tries").low, field("plain", "tries").high) == (1, 9)
    assert field("plain", "kind").choices == ("fast", "slow")
    assert field("plain", "inner.deep").default == 1
    assert form.sections == ("Arguments", "How many and where")


def test_words_come_from_the_documentation_and_the_hints():
    assert form_of("plain").words == "Do something plain."
    assert field("plain", "rate").help == "How fast it goes"  # its default stands in its field
    assert field("plain", "tries").help == "How many"


def test_describing_a_type_executes_nothing_of_it():
    before = Plain.set_up
    form_of("plain")
    assert Plain.set_up == before


def test_the_default_config_of_a_registered_type_counts():
    config = SimulationStartConfig(name="mine", sim_key="plain", kwargs={"rate": 2.0})
    SimulationRegistry.register("plain", Plain, config)
    assert field("plain", "rate").default == 2.0
    assert form_of("plain").base_name == "mine"


def test_a_pydantic_model_describes_and_checks():
    steps = field("modelled", "steps")
    assert (steps.default, steps.low, steps.unit, steps.section) == (10, 1, "steps", "Time")
    assert field("modelled", "limit").is_optional
    assert errors("modelled", steps="5", mode="b", limit="0.5") == {}
    assert errors("modelled", steps="0")["steps"].startswith("Must be a whole number, 1 or more")


def test_unknown_types_are_said():
    with pytest.raises(UnknownSimulationTypeError, match="stable_baselines"):
        form_of("stable_baseline")


@pytest.mark.parametrize(
    ("path", "typed", "words"),
    [
        ("tries", "ten", "Must be a whole number, 1 to 9; got ten."),
        ("tries", "1..12", "Must be a whole number, 1 to 9; got 10."),
        ("tries", "1.5", "Must be a whole number"),
        ("kind", "medium", "There is no 'medium'. Choose fast, slow."),
        ("kind", "slov", "Did you mean 'slow'?"),
        ("is_on", "yes", "Must be true or false"),
        ("rate", "[1]", "Must be a number"),
        ("inner.deep", "[1", r"a closing ] is missing"),
        ("inner", "3", "names and values in braces"),
    ],
)
def test_a_wrong_value_is_said_with_what_would_do(path, typed, words):
    assert words in form_of("plain").validate({path: typed})[path]


def test_what_is_empty_is_as_by_default():
    plan = StartPlan(form_of("plain"), {"rate": " ", "tries": ""})
    assert plan.errors == {}
    assert plan.sweep.configs()[0].kwargs == {}


def test_what_is_typed_like_the_default_is_not_given():
    plan = StartPlan(form_of("plain"), {"rate": "0.50", "is_on": "true", "inner.deep": "1"})
    assert plan.sweep.configs()[0].kwargs == {}


def test_names_of_values_that_need_text_stay_text():
    plan = StartPlan(form_of("plain"), {"label": "7"})
    assert plan.sweep.configs()[0].kwargs == {"label": "7"}


# stable-baselines3


def test_the_form_of_a_training_loads_no_torch():
    code = (
        "import sys; from gymdash_jupyter.forms import form_of; "
        "heavy = {'gymnasium', 'torch', 'stable_baselines3'}; assert not heavy & set(sys.modules); "
        "form_of('stable_baselines').validate({'num_steps': '10'}); "
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_defaults_written_down_are_those_of_stable_baselines3():
    sb3 = pytest.importorskip("stable_baselines3")
    from gymdash_jupyter.simulations.sb3_algorithms import ALGORITHMS, arguments_of

    for name, algorithm in ALGORITHMS.items():
        real: dict[str, Any] = {}
        for kind in algorithm.__mro__:
            if "__init__" in vars(kind):
                for each in inspect.signature(vars(kind)["__init__"]).parameters.values():
                    real.setdefault(each.name, each.default)
        taken = [each for each in arguments_of(algorithm) if each not in ELSEWHERE]
        if name == "ppo" or sb3.__version__.startswith("2.9"):  # others gain arguments
            assert {each: real[each] for each in taken} == DEFAULTS[name], name


def test_algorithms_fit_the_actions_that_stable_baselines3_knows():
    pytest.importorskip("stable_baselines3")
    from gymdash_jupyter.simulations import sb3_algorithms

    known = {k.__name__: v for k, v in sb3_algorithms._ALGORITHMS_BY_ACTIONS.items()}
    assert known == ALGORITHMS_BY_ACTIONS


def test_arguments_are_those_of_the_algorithm_that_is_filled_in():
    pytest.importorskip("gymnasium")
    ppo, dqn = form_of(SB3), form_of(SB3, {"algorithm": "dqn"})
    rate = "algorithm_kwargs.learning_rate"
    assert (ppo.field(rate).default, dqn.field(rate).default) == (0.0003, 0.0001)
    assert "algorithm_kwargs.n_epochs" in [f.path for f in ppo.field("algorithm_kwargs").fields]
    assert "algorithm_kwargs.n_epochs" not in [
        f.path for f in dqn.field("algorithm_kwargs").fields
    ]
    both = form_of(SB3, {"algorithm": "ppo, dqn"})
    assert (both.field(rate).default, both.field(rate).placeholder) == (
        None,
        "each algorithm's own",
    )


@pytest.mark.parametrize(
    ("values", "path", "words"),
    [
        ({"env": "CartPole-v9"}, "env", "Did you mean 'CartPole-v1'?"),
        ({"env": "NoSuch/Env-v0"}, "env", "write the package's name before it"),
        ({"env": "Pendulum-v1", "algorithm": "dqn"}, "algorithm", "Try a2c, ddpg, ppo, sac, td3."),
        ({"algorithm": "pppo"}, "algorithm", "Did you mean 'ppo'?"),
        ({"algorithm_kwargs__batch_size": "100"}, "algorithm_kwargs.batch_size",
         "Must divide n_steps \N{MULTIPLICATION SIGN} n_envs = 2,048. Try 64 or 128."),
        ({"algorithm_kwargs__n_steps": "1000"}, "algorithm_kwargs.n_steps", "Try 960 or 1,024."),
        ({"algorithm_kwargs__learing_rate": "0.1"}, "algorithm_kwargs.learing_rate",
         "Did you mean 'learning_rate'?"),
        ({"algorithm_kwargs__gamma": "1.5"}, "algorithm_kwargs.gamma", "0 to 1; got 1.5"),
        ({"seed": "-1"}, "seed", "Must be a whole number, 0 to"),
        ({"stop_when": '{"eval/retrun": 5}'}, "stop_when", "evaluations record"),
        ({"num_step": "10"}, "num_step", "Did you mean 'num_steps'?"),
        ({"policy": ""}, None, ""),
        ({"env": "CartPole-v1, Pendulum-v1", "algorithm": "dqn"}, "algorithm", "cannot act in Pendulum"),
    ],
)  # fmt: skip
def test_a_training_that_could_not_work_is_refused_before_it_starts(values, path, words):
    pytest.importorskip("gymnasium")
    found = errors(SB3, **values)
    assert list(found) == ([] if path is None else [path])
    assert words in found.get(path, "")


def test_a_notebooks_own_environment_is_known():
    gymnasium = pytest.importorskip("gymnasium")
    gymnasium.register("Mine-v0", entry_point="gymnasium.envs.classic_control:CartPoleEnv")
    try:
        assert errors(SB3, env="Mine-v0") == {}
        assert "Mine-v0" in field(SB3, "env").choices
    finally:
        del gymnasium.registry["Mine-v0"]


def test_texts_that_stand_for_schedules_and_import_paths_are_fine():
    values = {
        "algorithm": "sb3_contrib:TQC",
        "algorithm_kwargs__learning_rate": "linear_0.001",
        "policy_kwargs__net_arch": "[64, 64]",
    }
    assert errors(SB3, **values) == {}


def test_an_interval_is_for_random_only_and_says_what_would_do():
    values = {"algorithm_kwargs.learning_rate": "1e-5..1e-2 log"}
    form = form_of(SB3)
    wrong = form.validate(values)["algorithm_kwargs.learning_rate"]
    assert (
        wrong
        == "These are all numbers between. Choose Random, or say which: 1e-05..0.01 in 5 log."
    )
    plan = StartPlan(form, values, mode="random", n=3)
    assert plan.errors == {}
    assert plan.several == {"algorithm_kwargs.learning_rate": Interval(1e-5, 1e-2, is_log=True)}


# What would be started


def test_the_number_is_explained():
    values = {"algorithm_kwargs.learning_rate": "0.0001, 0.0003, 0.001", "seed": "0..4"}
    plan = StartPlan(form_of(SB3), values)
    assert plan.count == 15
    assert plan.summary == ("3 learning rates \N{MULTIPLICATION SIGN} 5 seeds = 15 simulations")
    assert plan.template == "stable_baselines-lr{learning_rate}-s{seed}"
    drawn = StartPlan(form_of(SB3), values, mode="random", n=2)
    assert drawn.summary == "2 drawn settings \N{MULTIPLICATION SIGN} 5 seeds = 10 simulations"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"values": {}}, 'gd.run("plain")'),
        ({"values": {"rate": "2"}, "name": "x"}, 'gd.run("plain", "x", rate=2)'),
        ({"values": {"inner.deep": "20000"}}, 'gd.run("plain", inner={"deep": 20_000})'),
        ({"values": {"seed": "0..4"}}, 'gd.sweep("plain", values={"seed": range(5)})'),
        ({"values": {"rate": "0..1 by 0.5"}}, 'gd.sweep("plain", values={"rate": "0..1 by 0.5"})'),
        (
            {"values": {"tries": "5"}},
            'gd.sweep("plain", tries=5)',
        ),  # gd.run would not give it to _run
        ({"values": {}, "queue": True}, 'gd.sweep("plain", queue=True)'),
        ({"values": {}, "launcher": "thread"}, 'gd.run("plain", launcher="thread")'),
        (
            {"values": {"rate": "1, 2", "seed": "0, 2"}, "mode": "random", "n": 1},
            'gd.sweep("plain", values={"rate": [1, 2], "seed": [0, 2]}, mode="random", n=1)',
        ),
        ({"values": {"a b": "1", "n": "2"}}, 'gd.sweep("plain", values={"a b": [1], "n": [2]})'),
    ],
)
def test_the_same_as_python_is_short(options, code):
    assert StartPlan(form_of("plain"), **options).code == code


class Gd:
    """Takes the place of the package, and keeps what it is asked for."""

    def run(self, key: str, name: str | None = None, **kwargs: Any) -> list[dict[str, Any]]:
        assert key == SB3
        kwargs.pop("launcher", None)
        return [kwargs]

    def sweep(
        self, key: str, name: str | None = None, *, values: Any = None, mode: str = "grid",
        n: int | None = None, only_missing: bool = False, **kwargs: Any,
    ) -> list[dict[str, Any]]:  # fmt: skip
        kwargs.pop("launcher", None)
        config = SimulationStartConfig(name=key, sim_key=key, kwargs=kwargs)
        return [config.kwargs for config in Sweep(config, values or {}, mode, n).configs()]


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "num_steps": st.sampled_from(["10", "100,000", "1e4, 2e4", "1..3"]),
            "seed": st.sampled_from(["3", "0..4", "0, 7", "none"]),
            "env": st.sampled_from(["Pendulum-v1", "CartPole-v1, Acrobot-v1"]),
            "algorithm_kwargs.learning_rate": st.sampled_from(
                ["0.1", "1e-4, 1e-3", "1e-4..1e-2 in 3 log", "linear_0.1"]
            ),
            "algorithm_kwargs.gamma": st.sampled_from(["0.5", "0.5..0.9 by 0.2"]),
            "policy_kwargs.net_arch": st.sampled_from(["[64]", "[64], [32, 32]"]),
            "stop_when": st.just('{"eval/mean_return": 475.5}'),
        },
    ),
    st.sampled_from(["grid", "random"]),
)
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_the_same_as_python_means_the_same(values, mode):
    plan = StartPlan(form_of(SB3), values, mode=mode, n=1 if mode == "random" else None)
    said = eval(plan.code, {"gd": Gd()})  # noqa: S307 - our own code is what is tested
    assert said == [config.kwargs for config in plan.sweep.configs()]


class Nested(Simulation):
    """Has a dict in a dict."""

    def create_kwarg_defaults(self) -> dict[str, Any]:
        return {"model": {"net": {"width": 64, "is_wide": True}, "dropout": 0.5}}

    def _run(self, **kwargs: Any) -> None:
        self.result = self.config.kwargs


@pytest.fixture
def nested() -> str:
    SimulationRegistry.register(Nested, replace=True)
    return "Nested"


def test_what_lies_in_a_dict_in_a_dict_has_its_kind_and_default(nested: str) -> None:
    width = form_of(nested).field("model.net.width")
    assert width is not None
    assert (width.kind, width.default) == ("float", 64)
    assert errors(nested, **{"model.net.is_wide": "7"})["model.net.is_wide"].startswith("Must be")


def test_what_is_shown_beside_a_change_in_a_dict_goes_along(nested: str) -> None:
    plan = StartPlan(form_of(nested), {"model.net.width": "32"})
    whole = {"model": {"net": {"width": 32, "is_wide": True}, "dropout": 0.5}}
    assert [config.kwargs for config in plan.sweep.configs()] == [whole]
    assert plan.code.endswith('model={"net": {"width": 32, "is_wide": True}, "dropout": 0.5})')


def test_it_goes_along_where_several_values_are_given_too(nested: str) -> None:
    plan = StartPlan(form_of(nested), {"model.dropout": "0.1, 0.2"})
    nets = [config.kwargs["model"]["net"] for config in plan.sweep.configs()]
    assert nets == [{"width": 64, "is_wide": True}] * 2
