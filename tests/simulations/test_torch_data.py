"""The data of ``example_ml``: the digits of scikit-learn and the files of MNIST, read without any network."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.simulations.torch_data import load_dataset
from gymdash_jupyter.simulations.torch_idx import read_idx
from tests.simulations.torch_trainings import N_TEST, N_TRAIN, N_VAL, idx, write_mnist

if TYPE_CHECKING:
    from pathlib import Path

PLACES = ["mnist", "MNIST/raw", "train/MNIST/raw", "."]


@pytest.mark.slow
def test_the_digits_are_those_of_scikit_learn_each_once() -> None:
    from sklearn.datasets import load_digits

    known, ours = load_digits(), load_dataset("digits", None)
    parts = (ours.train, ours.val, ours.test)
    assert [len(part) for part in parts] == [N_TRAIN, N_VAL, N_TEST]
    images = np.concatenate([part.images[:, 0] for part in parts]) * 16
    labels = np.concatenate([part.labels for part in parts])
    rows = np.column_stack([images.reshape(-1, 64), labels])
    expected = np.column_stack([known.data, known.target])
    assert sorted(map(tuple, rows.tolist())) == sorted(map(tuple, expected.tolist()))


def test_every_training_gets_the_same_parts() -> None:
    one, two = load_dataset("digits", None), load_dataset("auto", None)
    assert np.array_equal(one.test.images, two.test.images)


@pytest.mark.parametrize("place", PLACES)
def test_mnist_is_found_where_torchvision_and_gymdash_put_it(tmp_path: Path, place: str) -> None:
    write_mnist(tmp_path / "datasets" / place)
    found = load_dataset("auto", str(tmp_path))
    assert (found.name, len(found.train), len(found.val), len(found.test)) == ("mnist", 50, 10, 12)
    assert found.test.labels.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    assert found.train.images.shape == (50, 1, 28, 28)
    assert found.train.images.max() == 1.0


def test_packed_files_hold_the_same(tmp_path: Path) -> None:
    write_mnist(tmp_path / "plain" / "datasets" / "mnist")
    write_mnist(tmp_path / "packed" / "datasets" / "mnist", end=".gz")
    plain, packed = (
        load_dataset("mnist", str(tmp_path / each)).test.images for each in ("plain", "packed")
    )
    assert np.array_equal(plain, packed)


def test_files_in_two_folders_as_gymdash_downloads_them_are_joined(tmp_path: Path) -> None:
    folder = tmp_path / "datasets"
    write_mnist(folder / "train/MNIST/raw")
    write_mnist(folder / "test/MNIST/raw")
    for path in (*folder.glob("train/**/t10k*"), *folder.glob("test/**/train*")):
        path.unlink()
    assert load_dataset("mnist", str(tmp_path)).name == "mnist"


def test_missing_files_are_named_with_the_folders_that_were_looked_in(tmp_path: Path) -> None:
    write_mnist(tmp_path / "datasets" / "mnist")
    (tmp_path / "datasets" / "mnist" / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(
        InvalidArgumentError, match="needs the file t10k-labels-idx1-ubyte"
    ) as told:
        load_dataset("mnist", str(tmp_path))
    assert str(tmp_path / "datasets") in str(told.value)
    assert "train/MNIST/raw" in str(told.value)


def test_half_of_the_files_are_not_taken_for_mnist(tmp_path: Path) -> None:
    write_mnist(tmp_path / "datasets" / "mnist")
    (tmp_path / "datasets" / "mnist" / "t10k-labels-idx1-ubyte").unlink()
    assert load_dataset("auto", str(tmp_path)).name == "digits"


def test_without_a_project_mnist_cannot_be_found() -> None:
    with pytest.raises(InvalidArgumentError, match="no project is open"):
        load_dataset("mnist", None)


def test_labels_that_are_no_digits_are_refused(tmp_path: Path) -> None:
    write_mnist(tmp_path / "datasets" / "mnist")
    labels = tmp_path / "datasets" / "mnist" / "t10k-labels-idx1-ubyte"
    labels.write_bytes(idx(np.full(12, 10)))
    with pytest.raises(InvalidArgumentError, match="holds the label 10"):
        load_dataset("mnist", str(tmp_path))


def test_pictures_without_labels_are_refused(tmp_path: Path) -> None:
    write_mnist(tmp_path / "datasets" / "mnist")
    (tmp_path / "datasets" / "mnist" / "t10k-labels-idx1-ubyte").write_bytes(idx(np.zeros(11)))
    with pytest.raises(InvalidArgumentError, match=r"has 12 pictures, and .* 11 labels"):
        load_dataset("mnist", str(tmp_path))


# The format

SHAPES = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4))


@given(SHAPES, st.booleans(), st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    shape: tuple[int, int, int],
    is_packed: bool,
    data: st.DataObject,
) -> None:
    content = data.draw(st.binary(min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    values = np.frombuffer(content, np.uint8).reshape(shape)
    path = tmp_path_factory.getbasetemp() / ("v.gz" if is_packed else "v")
    path.write_bytes(idx(values, is_packed=is_packed))
    assert np.array_equal(read_idx(path, 3), values)


@given(st.binary(max_size=40), st.booleans())
@settings(max_examples=100, deadline=None)
def test_any_other_bytes_are_read_or_refused_with_the_files_name(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, is_packed: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / ("any.gz" if is_packed else "any")
    path.write_bytes(content)
    said = str(path)
    try:
        read_idx(path, 1)
    except InvalidArgumentError as exc:
        said = str(exc)
    assert str(path) in said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda whole: whole[:-1], "holds 8 values, and has only 7"),
        (lambda whole: whole + b"x", "holds 8 values, and has more"),
        (lambda whole: whole[:6], "ends in its head"),
        (lambda whole: b"PK" + whole[2:], "does not begin as an IDX file"),
        (lambda whole: whole[:2] + b"\x0d" + whole[3:], "type 0x0d in 1 dimensions"),
        (lambda whole: whole[:4] + b"\xff" * 4 + whole[8:], "holds 4,294,967,295 values"),
    ],
)
def test_damaged_files_are_refused(tmp_path: Path, change, words: str) -> None:
    path = tmp_path / "labels"
    path.write_bytes(change(idx(np.arange(8))))
    with pytest.raises(InvalidArgumentError, match=words):
        read_idx(path, 1)


def test_a_packed_file_is_not_unpacked_beyond_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(idx(np.arange(8)) + bytes(50_000_000)))
    with pytest.raises(InvalidArgumentError, match="has more"):
        read_idx(path, 1)
