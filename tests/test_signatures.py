"""Signatures of files: only what this user's own process wrote, byte for byte, is taken for its own."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from gymdash_jupyter import signatures
from gymdash_jupyter.signatures import is_signed, key_path, sign


@pytest.fixture(autouse=True)
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "home" / "key"
    monkeypatch.setenv(signatures.KEY_VARIABLE, str(path))
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sim" / "model.zip"
    path.parent.mkdir()
    path.write_bytes(b"weights")
    return path


def test_what_was_signed_is_known_again(file: Path) -> None:
    assert not is_signed(file)
    assert sign(file)
    assert is_signed(file)


def test_several_files_are_signed_side_by_side(file: Path) -> None:
    other = file.with_name("vec_normalize.pkl")
    other.write_bytes(b"statistics")
    sign(file)
    sign(other)
    assert is_signed(file)
    assert is_signed(other)


def test_a_changed_file_is_not(file: Path) -> None:
    sign(file)
    file.write_bytes(b"weights!")
    assert not is_signed(file)


def test_a_copied_project_keeps_its_signatures(file: Path, tmp_path: Path) -> None:
    sign(file)
    moved = file.parent.rename(tmp_path / "elsewhere")
    assert is_signed(moved / "model.zip")


def test_what_another_user_signed_is_not(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(file)
    monkeypatch.setenv(signatures.KEY_VARIABLE, str(tmp_path / "another key"))
    assert not is_signed(file)
    sign(file.with_name("model.zip"))
    assert is_signed(file)


def test_looking_makes_no_key(file: Path, key: Path) -> None:
    is_signed(file)
    assert not key.parent.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="has no such permissions")
def test_the_key_is_for_its_user_only(file: Path, key: Path) -> None:
    sign(file)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert [p.name for p in key.parent.iterdir()] == ["key"]


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", '{"model.zip": 3}', '{"model.zip": "é"}', "[" * 100_000]
)
def test_signatures_that_are_damaged_are_none(file: Path, text: str) -> None:
    sign(file)
    (file.parent / signatures.FILE).write_text(text, "utf-8")
    assert not is_signed(file)


def test_an_empty_key_signs_nothing(file: Path, key: Path) -> None:
    key.parent.mkdir()
    key.write_bytes(b"")
    assert not sign(file)
    forged = {"model.zip": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    (file.parent / signatures.FILE).write_text(json.dumps(forged))
    assert not is_signed(file)


def test_where_no_key_can_be_kept_nothing_is_signed(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv(signatures.KEY_VARIABLE, str(tmp_path / "a file" / "key"))
    assert not sign(file)
    assert not is_signed(file)


@pytest.mark.skipif(sys.platform == "win32", reason="keeps it elsewhere")
def test_the_key_lies_with_the_data_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(signatures.KEY_VARIABLE)
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert key_path() == Path("/data/gymdash-jupyter/signing_key")
