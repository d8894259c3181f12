"""Pictures of samples: drawn pixel for pixel, wrong ones marked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import TensorDataset

from gymdash_jupyter.simulations.torch_classifier_callbacks import MLClassifierRecordCallback
from gymdash_jupyter.simulations.torch_classifier_model import SimpleClassifierMLModel
from gymdash_jupyter.simulations.torch_pictures import Samples, can_be_drawn, draw_samples
from tests.simulations.torch_trainings import Ends, config

RED = (198, 40, 40)
INK = (31, 41, 51)
WHITE = (255, 255, 255)
LEFT, TOP, CELL = 28, 94, 104


def pixels(n: int = 2, *, predicted: Any = None, **changes: Any) -> np.ndarray:
    images = np.zeros((n, 1, 8, 8), np.float32)
    images[0, 0, 0, 0] = 1
    values: dict[str, Any] = {
        "images": images,
        "predicted": np.arange(n) if predicted is None else predicted,
        "true": np.arange(n),
        "certainty": np.full(n, 0.5),
    }
    return np.asarray(draw_samples(Samples(**{**values, **changes}), "After 5 samples"))


def has(picture: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool((picture == colour).all(axis=2).any())


def test_ink_is_dark_where_it_is_and_paper_is_white() -> None:
    picture = pixels()
    assert tuple(picture[TOP + 6, LEFT + 6]) == INK
    assert tuple(picture[TOP + 6, LEFT + 20]) == WHITE


def test_only_wrong_ones_are_red() -> None:
    assert not has(pixels(), RED)
    assert has(pixels(predicted=np.array([0, 7])), RED)


def test_where_the_truth_is_unknown_nothing_is_wrong() -> None:
    assert not has(pixels(predicted=np.array([5, 5]), true=None, certainty=None), RED)


@pytest.mark.parametrize("n", [1, 2, 7, 24, 100])
def test_any_number_fits(n: int) -> None:
    height, width, _ = pixels(n).shape
    assert 340 <= width < 2000
    assert height >= CELL


def test_coloured_pictures_keep_their_colours() -> None:
    image = np.zeros((1, 3, 4, 4), np.float32)
    image[0, 1] = 1
    picture = pixels(1, images=image)
    assert tuple(picture[TOP + 50, LEFT + 50]) == (0, 255, 0)


def test_numbers_out_of_range_are_drawn_as_the_nearest_that_can_be() -> None:
    image = np.array([[[[np.nan, -3.0], [7.0, np.inf]]]], np.float32)
    picture = pixels(1, images=image)
    assert tuple(picture[TOP + 20, LEFT + 20]) == WHITE
    assert tuple(picture[TOP + 80, LEFT + 80]) == INK


@pytest.mark.parametrize(
    ("shape", "can"),
    [((1, 8, 8), True), ((3, 8, 8), True), ((2, 8, 8), False), ((64,), False), ((1, 0, 8), False)],
)
def test_only_pictures_are_drawn(shape: tuple[int, ...], can: bool) -> None:
    assert can_be_drawn(shape) is can


# The callback


class Kept(MLClassifierRecordCallback):
    """Keeps what it would record."""

    def save_media_to_folder(self, media_savable: Any, step: int) -> None:
        self.kept = [*getattr(self, "kept", []), (media_savable.size, step)]


def made(step_trigger: int, random_samples: int = -1, inputs: Any = None) -> Kept:
    torch.manual_seed(0)
    model = SimpleClassifierMLModel(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)))
    data = TensorDataset(torch.rand(30, 1, 8, 8), torch.zeros(30, dtype=torch.int64))
    where = "media/example_outputs"
    given = data if inputs is None else inputs
    return Kept(Ends(config()), model, given, where, step_trigger, random_samples)


def told(callback: Kept, n: int) -> list[tuple[tuple[int, int], int]]:
    for step in range(1, n + 1):
        callback.update_locals({"curr_steps": step, "curr_samples": 10 * step})
        assert callback.on_invoke()
    return getattr(callback, "kept", [])


def test_it_draws_every_so_many_batches_at_the_samples_it_has_learned() -> None:
    assert [step for _, step in told(made(3), 7)] == [30, 60]


def test_with_no_trigger_it_draws_nothing() -> None:
    assert told(made(0), 5) == []


def test_some_are_drawn_by_lot_without_touching_torchs_random_numbers() -> None:
    callback = made(1, random_samples=4)
    before = torch.get_rng_state()
    [(few, _)] = told(callback, 1)
    assert torch.equal(torch.get_rng_state(), before)
    [(all_of_them, _)] = told(made(1), 1)
    assert few < all_of_them


def test_a_batch_of_inputs_has_no_truth_and_is_drawn_all_the_same() -> None:
    [(size, _)] = told(made(1, inputs=torch.rand(24, 1, 8, 8)), 1)
    assert size == (780, 720)
