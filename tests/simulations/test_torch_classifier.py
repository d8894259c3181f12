"""``example_ml`` as people use it, in threads: what it records, keeps and answers."""

from __future__ import annotations

import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest
import torch
from PIL import Image

from gymdash_jupyter.errors import ActionRefusedError, InvalidArgumentError
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulations.torch_data import load_dataset
from gymdash_jupyter.simulations.torch_networks import DigitClassifier
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatusCode
from gymdash_jupyter.tracker import SimulationTracker
from tests.simulations.torch_trainings import (
    N_TEST,
    N_TRAIN,
    N_VAL,
    Ends,
    config,
    trained,
    write_mnist,
)
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gymdash_jupyter.records import ScalarSeries
    from gymdash_jupyter.simulations import MLSimulation

TRAIN_KEYS = {"loss/train", "acc/train", "loss/val", "acc/val"}


@dataclass
class Tracked:
    """A simulation that ended in a project."""

    project: Project
    tracker: SimulationTracker
    simulation: MLSimulation

    @property
    def folder(self) -> Path:
        assert self.simulation.sim_path is not None
        return Path(self.simulation.sim_path)

    def series(self, key: str) -> ScalarSeries:
        return self.project.store.read_scalars(self.simulation.sim_id, key)[0]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracked]:
    """Train with the defaults, validate and test."""
    project = Project.open(tmp_path_factory.mktemp("whole"))
    tracker = SimulationTracker(project=project)
    kwargs = {"seed": 1, "val": True, "test": True}
    _, simulation = tracker.start_sim(
        config().with_kwargs(train_kwargs={}, batch_size=32, **kwargs)
    )
    assert simulation.wait(60)
    yield Tracked(project, tracker, simulation)  # type: ignore[arg-type]
    project.store.close()


def started(tracker: SimulationTracker, **kwargs: Any) -> MLSimulation:
    return tracker.start_sim(config(**kwargs))[1]  # type: ignore[return-value]


def last_words(simulation: MLSimulation) -> str:
    return simulation.statuses[-1].details


def points(simulation: MLSimulation) -> dict[str, tuple[list[int], list[float]]]:
    scalars = simulation.recorder.peek().scalars
    return {key: (one.steps.tolist(), one.values.tolist()) for key, one in scalars.items()}


# What it records and keeps


def test_the_defaults_learn_to_recognise_digits(whole: Tracked) -> None:
    assert whole.simulation.state is SimState.SUCCEEDED
    assert whole.simulation.result["test"]["accuracy"] > 0.9
    assert whole.simulation.result["val"]["accuracy"] > 0.9


def test_series_are_recorded_over_samples(whole: Tracked) -> None:
    n = 3 * N_TRAIN
    keys = {info.key for info in whole.project.store.series([whole.simulation.sim_id])}
    phases = {f"{what}/{phase}/{phase}" for what in ("loss", "acc") for phase in ("val", "test")}
    assert keys == TRAIN_KEYS | phases
    assert whole.series("loss/train").steps.tolist()[:2] == [160, 320]
    assert whole.series("loss/train").steps[-1] == n
    assert len(whole.series("acc/val").steps) == 10
    assert whole.series("acc/test/test").steps.tolist() == [n]
    assert whole.series("loss/train").values[-1] < whole.series("loss/train").values[0] / 4


def test_the_newest_checkpoint_is_what_was_tested(whole: Tracked) -> None:
    path = whole.folder / "checkpoints/train/train_ckpt_3.pt"
    network = DigitClassifier((1, 8, 8), 10)
    network.load_state_dict(torch.load(path, weights_only=True))
    test = load_dataset("digits", None).test
    found = network(torch.from_numpy(test.images)).argmax(1).numpy()
    result = whole.simulation.result["test"]
    assert result["accuracy"] == (found == test.labels).mean()
    assert (result["total_samples"], result["checkpoint"]) == (N_TEST, "train_ckpt_3.pt")
    assert whole.series("acc/test/test").values.tolist() == [result["accuracy"]]


def test_each_phase_says_how_it_went(whole: Tracked) -> None:
    said = [s.details for s in whole.simulation.statuses if s.code == SimStatusCode.SUCCESS]
    assert [words.partition(" ")[0] for words in said] == ["Trained", "Validation:", "Test:"]
    assert f"of {N_TEST}" in said[-1]


def test_progress_counts_the_batches_of_all_phases(whole: Tracked) -> None:
    n_batches = 3 * -(-N_TRAIN // 32)
    n_val, n_test = -(-N_VAL // 128), -(-N_TEST // 128)
    progress = whole.simulation.recorder.latest_progress
    assert progress is not None
    assert (progress.current, progress.total) == (
        n_batches + 10 * n_val + n_val + n_test,
        n_batches + 10 * n_val + n_val + n_test,
    )
    assert progress.status == "Testing"


def test_pictures_of_samples_are_recorded(whole: Tracked) -> None:
    items = whole.project.store.media([whole.simulation.sim_id])
    assert {item.key for item in items} == {"example_outputs"}
    assert [item.step for item in items] == [768, 1515, 2283, 3030, 3 * N_TRAIN]
    with Image.open(whole.folder / items[-1].path) as picture:
        assert picture.size == (780, 720)
        assert picture.getpixel((0, 0)) == (255, 255, 255)


def test_the_model_stays_for_those_who_have_the_simulation(whole: Tracked) -> None:
    assert whole.simulation.model is not None
    with pytest.raises(ActionRefusedError, match="no model yet"):
        whole.simulation.predict(index=1)
    assert whole.simulation.model.model(torch.zeros(1, 1, 8, 8)).shape == (1, 10)


# How it learns


def test_a_seed_makes_every_series_repeatable() -> None:
    assert points(trained()) == points(trained())


def test_another_seed_gives_another_series() -> None:
    assert points(trained())["loss/train"] != points(trained(seed=4))["loss/train"]


def test_what_is_done_meanwhile_changes_nothing_that_is_learned() -> None:
    model_kwargs = {"dropout": 0.3}
    plain = trained({"do_val": False}, model_kwargs=model_kwargs)
    looked_at = trained({"val_per_steps": 1}, model_kwargs=model_kwargs)
    assert points(plain)["loss/train"] == points(looked_at)["loss/train"]


def test_nothing_is_ever_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError(args)

    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert trained(test=True).result["test"] is not None


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["AdamW", "RMSprop", "sgd"])
def test_other_optimizers_learn_with_what_holds_for_them(optimizer: str) -> None:
    found = trained({"optimizer": optimizer, "epochs": 3}, batch_size=32)
    assert found.result["train"]["val_accuracy"] > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["NLLLoss", "MultiMarginLoss"])
def test_other_losses_learn_too(loss: str) -> None:
    found = trained({"loss_fn": loss, "epochs": 3}, batch_size=32)
    assert found.result["train"]["val_accuracy"] > 0.8


def test_the_logarithmic_loss_is_cross_entropy() -> None:
    values = [trained({"loss_fn": name}) for name in ("NLLLoss", "CrossEntropyLoss")]
    one, two = (points(each)["loss/train"][1] for each in values)
    # The same in other words; 32-bit floats are added in another order.
    assert one == pytest.approx(two, rel=1e-4)


def test_a_loss_that_is_no_number_any_more_is_said() -> None:
    found = trained({"optimizer": "SGD", "optimizer_kwargs": {"lr": 1e30}, "log_step": 1})
    assert any("loss/train is not finite since sample" in s.details for s in found.statuses)


def test_by_hand_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = trained({"outputs_per_steps": 1}, val=True)
    assert found.result["val"]["checkpoint"] is None
    assert list(tmp_path.iterdir()) == []


def test_mnist_in_the_projects_resources_is_learned(
    project: Project, tracker: SimulationTracker
) -> None:
    write_mnist(Path(project.folder, "resources", "datasets", "MNIST", "raw"))
    found = started(tracker, dataset="auto", test=True)
    assert found.wait(60)
    assert "mnist (28 x 28 pixels: 50 to learn from" in found.statuses[0].details
    assert found.result["test"]["total_samples"] == 12


# Stopping and going on


class StopsInTheMiddle(Ends):
    """Is asked to stop while it learns its third batch."""

    actions_at: ClassVar = {
        3: lambda simulation: simulation.interactor.set_in("stop_simulation", True)
    }


def test_it_stops_between_two_batches_and_keeps_a_checkpoint(tracker: SimulationTracker) -> None:
    simulation = StopsInTheMiddle(config({"epochs": 50}, batch_size=16))
    tracker.start_sim(simulation)
    assert simulation.wait(60)
    assert simulation.state is SimState.CANCELLED
    assert last_words(simulation) == (
        "The training was stopped after 3 batches. train_ckpt_1.pt keeps the model."
    )


def test_a_test_can_be_stopped_too(tracker: SimulationTracker) -> None:
    class StopsWhileTesting(Ends):
        def batch_done(self, told: Any) -> None:
            super().batch_done(told)
            if "test" in self.sm.full_state:
                self.interactor.set_in("stop_simulation", True)

    simulation = StopsWhileTesting(config(test=True))
    tracker.start_sim(simulation)
    assert simulation.wait(60)
    assert (simulation.state, simulation.result["test"]) == (SimState.CANCELLED, None)


def test_a_training_goes_on_from_another_simulation(whole: Tracked) -> None:
    found = started(whole.tracker, ckpt_from=whole.simulation.sim_id, batch_size=32)
    assert found.wait(60)
    n = 3 * N_TRAIN
    assert found.result["train"]["samples"] == n + N_TRAIN
    assert found.result["train"]["epochs"] == 4
    steps = whole.project.store.read_scalars(found.sim_id, "loss/train")[0].steps
    assert steps.tolist()[0] == n + 5 * 32
    assert f"after {n:,} samples" in found.statuses[1].details


def test_weights_of_another_simulation_are_tested_without_training(whole: Tracked) -> None:
    kwargs = {"train": False, "test": True, "ckpt_from": str(whole.simulation.sim_id)}
    found = started(whole.tracker, **kwargs, batch_size=32)
    assert found.wait(60)
    assert found.result["test"] == whole.simulation.result["test"]
    assert found.result["train"] is None


def test_an_older_checkpoint_is_tested_when_it_is_named(whole: Tracked) -> None:
    kwargs = {"train": False, "val": True, "ckpt_from": str(whole.simulation.sim_id)}
    found = started(whole.tracker, **kwargs, val_kwargs={"ckpt": 1})
    assert found.wait(60)
    assert found.result["val"]["checkpoint"] == "train_ckpt_1.pt"
    assert found.result["val"]["loss"] > whole.simulation.result["val"]["loss"]


# Errors


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"dataset": "mnist"}, "looked for in .*resources.datasets"),
        ({"model_kwargs": {"chanels": 3}}, "Did you mean 'channels'"),
        ({"device": "gpu"}, "'gpu' cannot be used here"),
        ({"train_kwargs": {"optimizer_kwargs": {"rl": 1}}}, "Adam has no argument 'rl'"),
        ({"train_kwargs": {"loss_fn_kwargs": {"smooth": 1}}}, "has no argument 'smooth'"),
        ({"test": True, "test_kwargs": {"ckpt": 9}}, r"no checkpoint 9 in .* There are: 1;"),
        ({"ckpt_from": "nowhere"}, "neither a simulation of this id in the project"),
    ],
)
def test_what_cannot_be_done_fails_with_what_to_do(
    tracker: SimulationTracker, kwargs: dict[str, Any], words: str
) -> None:
    with_quick = {"train_kwargs": {"epochs": 1, **kwargs.pop("train_kwargs", {})}, **kwargs}
    found = tracker.start_sim(config().with_kwargs(**with_quick))[1]
    assert found.wait(60)
    assert found.state is SimState.FAILED
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(found.statuses[-1].details)


def test_weights_of_another_model_are_refused(whole: Tracked) -> None:
    kwargs = {"ckpt_from": str(whole.simulation.sim_id), "model_kwargs": {"hidden": 5}}
    found = started(whole.tracker, **kwargs)
    assert found.wait(60)
    assert "do not fit this model" in last_words(found)


def test_data_that_are_not_three_are_refused() -> None:
    class Two(Ends):
        def _create_datasets(self, kwargs: Any) -> Any:
            return super()._create_datasets(kwargs)[:2]

    with pytest.raises(InvalidArgumentError, match="must return three data sets"):
        Two(config()).setup()


def test_pictures_are_needed_by_the_model_that_comes_with_it() -> None:
    class Points(Ends):
        _create_model = Ends.__base__._create_model  # type: ignore[union-attr]

    with pytest.raises(
        InvalidArgumentError, match=r"has the shape \(3,\)\. Override _create_model"
    ):
        Points(config()).setup()


@pytest.mark.parametrize(
    ("missing", "package"),
    [
        ("torch", "torch"),
        pytest.param("sklearn", "scikit-learn", marks=pytest.mark.slow),
    ],
)
def test_a_missing_library_is_named_with_what_to_install(missing: str, package: str) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from gymdash_jupyter.errors import MissingDependencyError\n"
        "from gymdash_jupyter.registry import SimulationRegistry\n"
        "try:\n    SimulationRegistry.make('example_ml').setup()\n"
        "except MissingDependencyError as exc:\n    print(exc.package, exc)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith(f"{package} ")
    assert "pip install 'gymdash-jupyter[torch]'" in done.stdout


# Classes of one's own


class Mine(Ends):
    """Has a kwarg of its own, and says which arguments its model got."""

    def create_kwarg_defaults(self) -> dict[str, Any]:
        return {**super().create_kwarg_defaults(), "depth": 2}

    def _create_model(self, **kwargs: Any) -> torch.nn.Module:
        self.made_with = {**kwargs, "shape": self.image_shape}
        return super()._create_model()


def test_a_class_with_its_own_model_data_and_kwargs_is_trained(tracker: SimulationTracker) -> None:
    simulation = Mine(config({"epochs": 30}, depth=3, model_kwargs={"wide": True}, batch_size=16))
    tracker.start_sim(simulation)
    assert simulation.wait(60), simulation
    assert simulation.state is SimState.SUCCEEDED
    assert simulation.made_with == {"wide": True, "shape": (3,)}
    assert simulation.result["train"]["val_accuracy"] > 0.9
    assert simulation.media() == []


def test_a_kwarg_that_neither_knows_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="Mine has no argument 'dpth'"):
        Mine(config(dpth=3)).setup()


# Asking


PICTURE = [[16.0 if column in (3, 4) else 0.0 for column in range(8)] for _ in range(8)]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracked]:
    """Have one that waits for pictures."""
    project = Project.open(tmp_path_factory.mktemp("asked"))
    tracker = SimulationTracker(project=project)
    simulation = started(tracker, train_kwargs={"epochs": 3}, batch_size=32, inference=True)
    wait_until(lambda: simulation.state is SimState.PAUSED, what="waiting for pictures")
    yield Tracked(project, tracker, simulation)
    simulation.cancel()
    assert simulation.wait(60)
    project.store.close()


def reply(asked: Tracked, question: Any) -> Any:
    return asked.simulation.query(custom_query=question)["custom_query"]


def test_it_says_that_it_waits_and_what_to_send(asked: Tracked) -> None:
    def requests() -> list[Any]:
        return asked.simulation.interactor.get_all_control_requests().get("custom_query", [])

    [request] = wait_until(requests, what="a question")
    assert request.subkeys == ("index", "pixels", "done")
    assert "8 rows of 8 numbers" in request.details


def test_a_sample_of_the_test_set_is_recognised_as_the_model_does(asked: Tracked) -> None:
    test = load_dataset("digits", None).test
    model = asked.simulation.model
    assert model is not None
    expected = model.model(torch.from_numpy(test.images[7:8])).softmax(1)[0].detach().numpy()
    answer = reply(asked, {"index": 7})
    assert answer["label"] == test.labels[7]
    assert answer["prediction"] == int(np.argmax(expected))
    assert answer["probabilities"] == pytest.approx(expected.tolist(), abs=1e-5)


@pytest.mark.parametrize(
    "question",
    [
        {"pixels": PICTURE},
        PICTURE,
        np.array(PICTURE).ravel().tolist(),
        [PICTURE],
        (np.array(PICTURE) / 16).tolist(),
        {"pixels": np.array(PICTURE)},
    ],
)
def test_a_picture_is_recognised_however_it_is_written(asked: Tracked, question: Any) -> None:
    assert reply(asked, question) == reply(asked, {"pixels": PICTURE})
    assert sum(reply(asked, question)["probabilities"]) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"index": N_TEST}, "index must be a whole number from 0 to 268"),
        ({"index": 1, "pixels": PICTURE}, "got index, pixels"),
        ({}, "got neither"),
        ({"picture": 1}, "no argument 'picture'"),
        ({"pixels": PICTURE[:3]}, "8 rows of 8 numbers, or 64 numbers in one list; got 3 x 8"),
        ([[0] * 28] * 28, "got 28 x 28"),
        ([17] * 64, "to 16; got 17 to 17"),
        ([-1] * 64, "got -1 to -1"),
        ([float("nan")] * 64, "got nan to nan"),
        ("seven", "got 'seven'"),
        ([[1], [2, 3]], "pixels must be 8 rows"),
        ({"done": 3}, "done must be True or False"),
    ],
)
def test_bad_questions_are_answered_and_harm_nobody(
    asked: Tracked, question: Any, words: str
) -> None:
    assert words in reply(asked, question)["error"]
    assert reply(asked, {"index": 0})["label"] == 8 or asked.simulation.state is SimState.PAUSED


def test_the_action_answers_the_same(asked: Tracked) -> None:
    assert asked.simulation.ask("predict", index=7) == reply(asked, {"index": 7})
    with pytest.raises(ActionRefusedError, match="neither"):
        asked.simulation.ask("predict")


def test_without_training_there_is_no_learning_rate(asked: Tracked) -> None:
    with pytest.raises(ActionRefusedError, match="Nothing is trained"):
        asked.simulation.ask("set_learning_rate", value=0.1)


def test_the_last_answer_stands_in_the_next_question(asked: Tracked) -> None:
    answer = reply(asked, {"index": 3})

    def words() -> str:
        requests = asked.simulation.interactor.get_all_control_requests().get("custom_query", [])
        return requests[0].details if requests else ""

    wait_until(lambda: f"Recognised as {answer['prediction']}" in words(), what="the answer")


def test_done_ends_it_well(tracker: SimulationTracker) -> None:
    simulation = started(tracker, inference=True)
    wait_until(lambda: simulation.state is SimState.PAUSED, what="waiting for pictures")
    assert simulation.query(custom_query={"done": True}) == {"custom_query": {"done": True}}
    assert simulation.wait(60)
    assert simulation.state is SimState.SUCCEEDED


def test_stopping_ends_the_waiting(tracker: SimulationTracker) -> None:
    simulation = started(tracker, inference=True)
    wait_until(lambda: simulation.state is SimState.PAUSED, what="waiting for pictures")
    simulation.cancel()
    assert simulation.wait(60)
    assert simulation.state is SimState.CANCELLED
    assert simulation.result["train"]["epochs"] == 1


def test_it_answers_while_it_trains_and_learns_the_same() -> None:
    class Asked(Ends):
        answers: ClassVar[list[Any]] = []
        actions_at: ClassVar = {
            2: lambda simulation: simulation.interactor.set_in("custom_query", [0.1, 0.2, 0.3]),
            3: lambda simulation: Asked.answers.append(
                simulation.interactor.get_out("custom_query")
            ),
            4: lambda simulation: simulation.interactor.set_in("custom_query", {"done": True}),
            5: lambda simulation: Asked.answers.append(
                simulation.interactor.get_out("custom_query")
            ),
        }

    asked, alone = Asked(config(batch_size=16)), Ends(config(batch_size=16))
    for simulation in (asked, alone):
        simulation.setup()
        simulation.run()
    assert points(asked) == points(alone)
    [(is_out, answer), (_, refused)] = Asked.answers
    assert is_out
    assert set(answer) == {"prediction", "probabilities"}
    assert "does not wait for pictures yet" in refused["error"]


def test_the_learning_rate_changes_at_once() -> None:
    class Slower(Ends):
        actions_at: ClassVar = {2: lambda simulation: simulation.set_learning_rate(1e-30)}

    found = Slower(config({"log_step": 1, "optimizer": "SGD"}, batch_size=16))
    found.setup()
    before = found.model.model.weight.detach().clone()  # type: ignore[union-attr, operator]
    found.run()
    assert "changed from 0.05 to 1e-30 after 32 samples" in found.statuses[2].details
    moved = (found.model.model.weight.detach() - before).abs().max()  # type: ignore[union-attr, operator]
    assert 0 < float(moved) < 0.2


def test_a_long_training_is_validated_at_least_once_an_epoch() -> None:
    found = Ends(config({"epochs": 30, "val_per_steps": None}, batch_size=20))
    found.setup()
    found.run()
    assert points(found)["acc/val"][0] == list(range(160, 30 * 160 + 1, 160))
