"""The pictures of digits that a classifier learns from: those of scikit-learn, or MNIST. Nothing is ever downloaded.

Needs no torch.
"""

from __future__ import annotations

import gzip
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from gymdash_jupyter.errors import InvalidArgumentError, MissingDependencyError
from gymdash_jupyter.simulations.torch_idx import read_idx

if TYPE_CHECKING:
    from numpy.typing import NDArray

DATASET_FOLDER: Final = "datasets"
"""In the project's resources."""

_SPLIT_SEED = (
    42  # as GymDash splits; the same for every seed of a training, so that accuracies compare
)

_MNIST_FILES = {
    "train pictures": "train-images-idx3-ubyte",
    "train labels": "train-labels-idx1-ubyte",
    "test pictures": "t10k-images-idx3-ubyte",
    "test labels": "t10k-labels-idx1-ubyte",
}

# The last two are where GymDash lets torchvision put them.
_MNIST_PLACES = ("mnist", "MNIST/raw", "train/MNIST/raw", "test/MNIST/raw", "")


@dataclass(frozen=True)
class Part:
    """Some pictures and what they show.

    Attributes:
        images: float32 of shape (n, 1, height, width), from 0 (paper) to 1 (ink).
        labels: int64 of shape (n,), from 0 to 9.
    """

    images: NDArray[np.float32]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Digits:
    """Pictures of digits, in three parts that share none.

    Attributes:
        name: ``digits`` or ``mnist``.
        train: To learn from.
        val: To choose by.
        test: To judge by.
        scale: What ink is in the data set's own numbers: 16 or 255.
    """

    name: str
    train: Part
    val: Part
    test: Part
    scale: float

    @property
    def words(self) -> str:
        """What it is, in a few words."""
        height, width = self.train.images.shape[2:]
        return (
            f"{self.name} ({height} x {width} pixels: {len(self.train):,} to learn from, {len(self.val):,} to validate "
            f"with, {len(self.test):,} to test with)"
        )


def load_dataset(name: str, resources: str | None) -> Digits:
    """Load pictures of digits.

    Args:
        name: ``digits``, ``mnist``, or ``auto``: MNIST where its files are.
        resources: The project's folder of resources, or None without a project.

    Raises:
        InvalidArgumentError: MNIST is asked for and not there; the message says where it was looked for.
        MissingDependencyError: The digits of scikit-learn are not installed.
    """
    folder = None if resources is None else Path(resources, DATASET_FOLDER)
    if name == "digits":
        return _sklearn_digits()
    found = {} if folder is None else _mnist_files(folder)
    if len(found) == len(_MNIST_FILES):
        return _mnist(found)
    if name == "auto":
        return _sklearn_digits()
    raise _no_mnist(folder, found)


def _sklearn_digits() -> Digits:
    images, labels = _digits_table()
    order = np.random.default_rng(_SPLIT_SEED).permutation(len(labels))
    scaled = (images / 16).astype(np.float32)[:, None]
    n_test = n_val = len(labels) * 3 // 20
    train, val, test = (
        Part(scaled[chosen], labels[chosen])
        for chosen in np.split(order, [len(order) - n_val - n_test, len(order) - n_test])
    )
    return Digits("digits", train, val, test, scale=16.0)


def _digits_table() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    # The file is read by itself: importing scikit-learn takes longer than the whole training.
    spec = importlib.util.find_spec("sklearn")
    places = [] if spec is None else list(spec.submodule_search_locations or ())
    if not places:
        msg = (
            "dataset='digits' needs the pictures that come with scikit-learn, which is not installed. Install it where "
            "the simulation runs: pip install 'gymdash-jupyter[torch]'."
        )
        raise MissingDependencyError(msg, package="scikit-learn")
    path = Path(places[0], "datasets", "data", "digits.csv.gz")
    if not path.is_file():
        from sklearn.datasets import load_digits

        images, labels = load_digits(return_X_y=True)
        return images.reshape(-1, 8, 8), labels.astype(np.int64)
    with gzip.open(path, "rt") as file:
        table = np.loadtxt(file, delimiter=",")
    return table[:, :-1].reshape(-1, 8, 8), table[:, -1].astype(np.int64)


def _mnist_files(folder: Path) -> dict[str, Path]:
    return {
        what: path
        for what, name in _MNIST_FILES.items()
        if (path := _first_file(folder, name)) is not None
    }


def _first_file(folder: Path, name: str) -> Path | None:
    candidates = (
        folder / place / f"{name}{end}" for place in _MNIST_PLACES for end in ("", ".gz")
    )
    return next((path for path in candidates if path.is_file()), None)


def _mnist(files: dict[str, Path]) -> Digits:
    images, labels = _pictures(files["train pictures"], files["train labels"])
    test_images, test_labels = _pictures(files["test pictures"], files["test labels"])
    if images.shape[1:] != test_images.shape[1:]:
        msg = f"The pictures in {files['train pictures']} and {files['test pictures']} are not of one size."
        raise InvalidArgumentError(msg, argument="dataset")
    n_val = min(10_000, len(labels) // 6)
    order = np.random.default_rng(_SPLIT_SEED).permutation(len(labels))
    # Parted while they are bytes: as floats they take four times the memory.
    train, val = (
        _part(images[chosen], labels[chosen]) for chosen in np.split(order, [len(order) - n_val])
    )
    return Digits("mnist", train, val, _part(test_images, test_labels), scale=255.0)


def _part(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Part:
    scaled = np.divide(images[:, None], 255, dtype=np.float32)
    return Part(scaled, labels.astype(np.int64))


def _pictures(pictures: Path, labels: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    images, shown = read_idx(pictures, 3), read_idx(labels, 1)
    if len(images) != len(shown) or not len(images):
        msg = f"{pictures} has {len(images):,} pictures, and {labels} {len(shown):,} labels."
        raise InvalidArgumentError(msg, argument="dataset")
    if shown.max() > 9:
        msg = f"{labels} holds the label {shown.max()}; digits are from 0 to 9."
        raise InvalidArgumentError(msg, argument="dataset")
    return images, shown


def _no_mnist(folder: Path | None, found: dict[str, Path]) -> InvalidArgumentError:
    if folder is None:
        msg = "dataset='mnist' is read from a project's resources, and no project is open for this simulation."
        return InvalidArgumentError(msg, argument="dataset")
    missing = [name for what, name in _MNIST_FILES.items() if what not in found]
    places = ", ".join(place or "." for place in _MNIST_PLACES)
    msg = (
        f"dataset='mnist' needs the file{'s' if len(missing) > 1 else ''} {', '.join(missing)} (or the same with .gz), "
        f"looked for in {folder}, in the folders {places}. Put them there, for example with torchvision: "
        f"datasets.MNIST({str(folder)!r}, download=True). dataset='digits' needs no files."
    )
    return InvalidArgumentError(msg, argument="dataset", missing=missing)
