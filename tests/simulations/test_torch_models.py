"""GymDash's torch models: training, measuring, checkpoints, phases, by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from gymdash_jupyter.errors import InvalidArgumentError, StopSimException
from gymdash_jupyter.simulations.torch_callbacks import BaseCustomCallback
from gymdash_jupyter.simulations.torch_checkpoints import (
    Checkpoint,
    load_checkpoint,
    put_optimizer_state,
    put_weights,
)
from gymdash_jupyter.simulations.torch_classifier_model import SimpleClassifierMLModel
from gymdash_jupyter.simulations.torch_models import SimulationMLModel
from gymdash_jupyter.simulations.torch_networks import (
    ClassifierMNIST,
    device_named,
    get_available_accelerator,
)

if TYPE_CHECKING:
    from pathlib import Path

CPU = torch.device("cpu")


class Logger:
    """Keeps what is logged, as TensorBoard's writer is called."""

    def __init__(self) -> None:
        self.points: list[tuple[str, float, int]] = []

    def add_scalar(self, tag: str, scalar_value: float, global_step: int) -> None:
        self.points.append((tag, float(scalar_value), global_step))

    def steps(self, tag: str) -> list[int]:
        return [step for name, _, step in self.points if name == tag]


class StopsAt(BaseCustomCallback):
    """Ends it after so many batches."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.n = n

    def _on_invoke(self) -> bool:
        return self.n_calls < self.n


@pytest.fixture
def data() -> TensorDataset:
    x = torch.randn(50, 3, generator=torch.Generator().manual_seed(0))
    return TensorDataset(x, (x.sum(1) > 0).long())


@pytest.fixture
def model() -> SimpleClassifierMLModel:
    torch.manual_seed(0)
    return SimpleClassifierMLModel(nn.Linear(3, 2))


def test_it_learns_exactly_what_a_plain_loop_learns(
    model: SimpleClassifierMLModel, data: TensorDataset
) -> None:
    plain = nn.Linear(3, 2)
    plain.load_state_dict(model.model.state_dict())
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.1)
    for _ in range(3):
        for x, y in DataLoader(data, 16):
            optimizer.zero_grad()
            nn.functional.cross_entropy(plain(x), y).backward()
            optimizer.step()
    ours = torch.optim.SGD(model.model.parameters(), lr=0.1)
    model.train(dataloader=DataLoader(data, 16), epochs=3, optimizer=ours, device=CPU)
    assert torch.equal(model.model.weight, plain.weight)  # type: ignore[arg-type]


def test_it_measures_the_mean_over_samples_although_the_last_batch_is_small(
    model: SimpleClassifierMLModel, data: TensorDataset
) -> None:
    x, y = data.tensors
    logits = model.model(x).detach()
    found = model.validate(dataloader=DataLoader(data, 48), device=CPU)
    # Sums of 32-bit floats in another order differ in the last digits.
    assert found["loss"] == pytest.approx(float(nn.functional.cross_entropy(logits, y)), rel=1e-5)
    n_correct = int((logits.argmax(1) == y).sum())
    assert (found["correct_samples"], found["total_samples"]) == (n_correct, 50)
    assert found["accuracy"] == n_correct / 50


def test_a_loss_that_sums_is_measured_as_a_mean_too(
    model: SimpleClassifierMLModel, data: TensorDataset
) -> None:
    loaders = [DataLoader(data, 48) for _ in range(2)]
    mean, total = (
        model.test(dataloader=loader, device=CPU, loss_fn=nn.CrossEntropyLoss(reduction=how))
        for loader, how in zip(loaders, ("mean", "sum"), strict=True)
    )
    assert total["loss"] == pytest.approx(mean["loss"], rel=1e-5)


def test_gymdashs_series_are_logged_over_samples(
    model: SimpleClassifierMLModel, data: TensorDataset
) -> None:
    logger = Logger()
    model.train(
        dataloader=DataLoader(data, 10),
        epochs=2,
        tb_logger=logger,
        log_step=4,
        do_val=True,
        val_per_steps=3,
        val_per_epochs=1,
        val_kwargs={"dataloader": DataLoader(data, 25)},
        device=CPU,
    )
    assert logger.steps("loss/train/train") == [40, 80, 100]
    assert logger.steps("acc/train/train") == [40, 80, 100]
    assert logger.steps("loss/train/val") == [30, 50, 60, 90, 100]
    model.test(dataloader=DataLoader(data, 25), tb_logger=logger, device=CPU)
    assert logger.steps("acc/test/test") == [0]


def test_validating_meanwhile_changes_nothing(data: TensorDataset) -> None:
    def learned(**kwargs: Any) -> torch.Tensor:
        torch.manual_seed(1)
        module = nn.Sequential(nn.Linear(3, 8), nn.Dropout(0.5), nn.Linear(8, 2))
        val = {"val_kwargs": {"dataloader": DataLoader(data, 25)}}
        trained = SimpleClassifierMLModel(module)
        trained.train(dataloader=DataLoader(data, 10), epochs=2, device=CPU, **val, **kwargs)
        return module[0].weight  # type: ignore[return-value]

    assert torch.equal(learned(), learned(do_val=True, val_per_steps=1))


def test_checkpoints_are_numbered_and_the_last_is_what_was_learned(
    model: SimpleClassifierMLModel, data: TensorDataset, tmp_path: Path
) -> None:
    model.train(
        dataloader=DataLoader(data, 10),
        epochs=5,
        ckpt_per_epochs=2,
        ckpt_folder=tmp_path / "deep" / "train",
        device=CPU,
    )
    names = sorted(path.name for path in (tmp_path / "deep" / "train").glob("train_ckpt_*"))
    assert names == ["train_ckpt_1.pt", "train_ckpt_2.pt", "train_ckpt_3.pt"]
    assert [SimpleClassifierMLModel.TRAINING_CKPT_EXTRACTOR(name) for name in names] == [1, 2, 3]
    weights = torch.load(tmp_path / "deep" / "train" / names[-1], weights_only=True)
    assert torch.equal(weights["weight"], model.model.weight)  # type: ignore[arg-type]


def test_one_that_is_stopped_leaves_a_checkpoint(
    model: SimpleClassifierMLModel, data: TensorDataset, tmp_path: Path
) -> None:
    with pytest.raises(StopSimException, match=r"after 3 batches\. train_ckpt_1\.pt keeps"):
        model.train(
            dataloader=DataLoader(data, 10),
            ckpt_per_epochs=1,
            ckpt_folder=tmp_path,
            step_callback=StopsAt(3),
            device=CPU,
        )
    kept = load_checkpoint(tmp_path / "train_ckpt_1.pt", CPU)
    assert (kept.counts.epochs, kept.counts.steps, kept.counts.samples) == (0, 3, 30)


def test_going_on_from_a_checkpoint_is_as_if_it_had_never_stopped(
    data: TensorDataset, tmp_path: Path
) -> None:
    def learn(epochs: int, checkpoint: Checkpoint | None = None) -> SimpleClassifierMLModel:
        torch.manual_seed(0)
        model = SimpleClassifierMLModel(nn.Linear(3, 2))
        optimizer = torch.optim.Adam(model.model.parameters(), lr=0.1)
        if checkpoint is not None:
            put_weights(model.model, checkpoint)
            assert put_optimizer_state(optimizer, checkpoint)
        kept = {"ckpt_per_epochs": 1, "ckpt_folder": tmp_path, "device": CPU}
        model.train(dataloader=DataLoader(data, 10), epochs=epochs, optimizer=optimizer, **kept)
        return model

    at_once = learn(4)
    learn(2)
    stopped = load_checkpoint(tmp_path / "train_ckpt_6.pt", CPU)
    continued = learn(2, stopped)
    assert (stopped.counts.epochs, stopped.optimizer_name) == (2, "Adam")
    assert torch.equal(continued.model.weight, at_once.model.weight)  # type: ignore[arg-type]


def test_another_optimizer_begins_afresh_and_keeps_what_it_was_made_with(
    model: SimpleClassifierMLModel, data: TensorDataset, tmp_path: Path
) -> None:
    optimizer = torch.optim.Adam(model.model.parameters(), lr=0.1)
    kept = {"ckpt_per_epochs": 1, "ckpt_folder": tmp_path, "device": CPU}
    model.train(dataloader=DataLoader(data, 10), optimizer=optimizer, **kept)
    found = load_checkpoint(tmp_path / "train_ckpt_1.pt", CPU)
    other = torch.optim.SGD(model.model.parameters(), lr=0.3)
    same = torch.optim.Adam(model.model.parameters(), lr=0.2)
    assert not put_optimizer_state(other, found)
    assert put_optimizer_state(same, found)
    assert (other.param_groups[0]["lr"], same.param_groups[0]["lr"]) == (0.3, 0.2)


def test_a_measurement_can_be_stopped(model: SimpleClassifierMLModel, data: TensorDataset) -> None:
    with pytest.raises(StopSimException):
        model.test(dataloader=DataLoader(data, 10), step_callback=StopsAt(2), device=CPU)
    assert not model.is_busy


def test_those_who_listen_hear_of_phases_within_phases(
    model: SimpleClassifierMLModel, data: TensorDataset
) -> None:
    heard: list[str] = []
    for phase in ("train", "val", "test"):
        model.add_callback(phase, "start", lambda phase=phase: heard.append(f"{phase} begins"))
        model.add_callback(phase, "end", lambda phase=phase: heard.append(f"{phase} ends"))
    model.add_callback("val", "start", lambda: heard.append(model.sm.full_state))
    loader = DataLoader(data, 50)
    val = {"do_val": True, "val_per_epochs": 1, "val_kwargs": {"dataloader": loader}}
    model.train(dataloader=loader, device=CPU, **val)
    assert heard == ["train begins", "val begins", "<<train>>", "val ends", "train ends"]


def test_the_end_of_a_phase_is_heard_after_an_error(model: SimpleClassifierMLModel) -> None:
    heard: list[str] = []
    model.add_callback("all", "all", lambda: heard.append(model.sm.full_state))
    with pytest.raises(InvalidArgumentError, match="nothing to measure"):
        model.validate(dataloader=[], device=CPU)
    assert (heard, model.is_busy) == (["", ""], False)


@pytest.mark.parametrize(("phase", "timing"), [("trian", "start"), ("train", "begin")])
def test_unknown_phases_and_timings_are_refused(
    model: SimpleClassifierMLModel, phase: str, timing: str
) -> None:
    with pytest.raises(InvalidArgumentError, match="must be one of"):
        model.add_callback(phase, timing, print)


def test_it_produces_classes_of_inputs_and_of_data(
    model: SimpleClassifierMLModel, data: TensorDataset
) -> None:
    x, y = data.tensors
    expected = model.model(x).argmax(1)
    model.model.train()
    alone, nothing = model.produce(x)
    both, truth = model.produce(data)
    assert torch.equal(alone, expected)
    assert torch.equal(both, expected)
    assert (nothing, model.model.training) == (None, True)
    assert truth is not None
    assert torch.equal(truth, y)


def test_a_model_that_does_not_say_how_to_train_says_what_to_override() -> None:
    with pytest.raises(NotImplementedError, match=r"override _train\(self, \*\*kwargs\)"):
        SimulationMLModel(nn.Linear(1, 1)).train()


def test_gymdashs_network_gives_ten_logits_for_a_picture_of_mnist() -> None:
    network = ClassifierMNIST()
    assert sum(each.numel() for each in network.parameters()) == 34_115_722
    assert network(torch.zeros(1, 1, 28, 28)).shape == (1, 10)


def test_a_file_with_code_in_it_is_refused_and_runs_nothing(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (open, (str(tmp_path / "sprung"), "w"))

    torch.save({"weight": Trap()}, tmp_path / "train_ckpt_1.pt")
    with pytest.raises(InvalidArgumentError, match="cannot be read"):
        load_checkpoint(tmp_path / "train_ckpt_1.pt", CPU)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("content", [b"", b"no checkpoint", bytes(1000)])
def test_a_file_that_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.pt").write_bytes(content)
    with pytest.raises(InvalidArgumentError, match="cannot be read"):
        load_checkpoint(tmp_path / "x.pt", CPU)


def test_a_checkpoint_without_what_is_beside_it_is_gymdashs(tmp_path: Path) -> None:
    torch.save(nn.Linear(3, 2).state_dict(), tmp_path / "train_ckpt_4.pt")
    found = load_checkpoint(tmp_path / "train_ckpt_4.pt", CPU)
    assert (found.counts.samples, found.optimizer, sorted(found.weights)) == (
        0,
        None,
        ["bias", "weight"],
    )


def test_devices_that_are_not_there_are_refused_with_what_is() -> None:
    assert device_named("cpu").type == "cpu"
    assert device_named("auto") == get_available_accelerator()
    with pytest.raises(InvalidArgumentError, match="'nonsense' cannot be used here"):
        device_named("nonsense")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_it_learns_on_a_gpu_what_it_learns_on_a_cpu(data: TensorDataset) -> None:
    found = []
    for device in ("cpu", "cuda"):
        torch.manual_seed(0)
        model = SimpleClassifierMLModel(nn.Linear(3, 2))
        optimizer = torch.optim.SGD(model.model.to(device).parameters(), lr=0.1)
        where = torch.device(device)
        model.train(dataloader=DataLoader(data, 16), epochs=3, optimizer=optimizer, device=where)
        found.append(model.model.weight.detach().cpu().numpy())  # type: ignore[union-attr, operator]
    # The two add in another order.
    assert np.allclose(*found, rtol=1e-4)
