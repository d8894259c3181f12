"""Small pictures and unpacked files of a folder that is not changed: where they lie, and until when."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.media import found, paths
from gymdash_jupyter.media.found import FoundItem, TemporaryFolder
from gymdash_jupyter.pruning import prune_media
from gymdash_jupyter.records import now_utc
from tests.foreign.conftest import ORIGINAL, content_of, id_of

pytestmark = pytest.mark.usefixtures("_apart")


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[TemporaryFolder]:
    own = TemporaryFolder()
    monkeypatch.setattr(paths, "temporary_folder", own)
    yield own
    own.remove()


def items(project: gd.Project) -> list[FoundItem]:
    return [item for item in project.store.media() if isinstance(item, FoundItem)]


def test_every_picture_and_video_gets_a_small_picture_outside_the_project(
    folder: Path, pictures: TemporaryFolder
) -> None:
    project = gd.open_project(folder, read_only=True)
    small = [paths.thumbnail_path(project, item) for item in items(project)]
    assert len(small) == 10
    assert all(path is not None and path.parent == pictures.path() for path in small)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in small if path)


def test_a_small_picture_is_made_once(folder: Path, pictures: TemporaryFolder) -> None:
    project = gd.open_project(folder, read_only=True)
    item = items(project)[0]
    first = paths.thumbnail_path(project, item)
    assert first is not None
    first.write_bytes(b"kept")
    assert paths.thumbnail_path(project, item) == first
    assert first.read_bytes() == b"kept"


def test_a_file_that_is_gone_has_none(folder: Path, pictures: TemporaryFolder) -> None:
    project = gd.open_project(folder, read_only=True)
    item = next(item for item in items(project) if item.kind == "video")
    paths.media_path(project, item).unlink()
    assert paths.thumbnail_path(project, item) is None


def test_only_so_many_small_pictures_are_kept(
    folder: Path, pictures: TemporaryFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "_MOST_PICTURES", 3)
    project = gd.open_project(folder, read_only=True)
    for item in items(project):
        paths.thumbnail_path(project, item)
    assert len(list(pictures.path().iterdir())) == 3


def test_where_a_file_of_a_database_lies_is_still_checked(folder: Path) -> None:
    project = gd.open_project(folder, read_only=True)
    item = FoundItem(
        id_of(folder, "digits"), "k", 0, "image", "../../../etc/passwd", now_utc(), {}
    )
    with pytest.raises(gd.UnsafeMediaPathError):
        paths.media_path(project, item)


def test_pruning_leaves_what_gymdash_recorded(folder: Path) -> None:
    project = gd.open_project(folder)
    before = content_of(project.sims_folder)
    report = prune_media(keep=0, project=project)
    assert (len(report.removed), len(report.refused)) == (0, 10)
    assert "not recorded here but found" in report.refused[0][1]
    assert content_of(project.sims_folder) == before


def test_nothing_is_left_of_a_process_that_ends_nor_taken_by_its_children(tmp_path: Path) -> None:
    program = f"""
import os, sys
import gymdash_jupyter as gd
project = gd.open_project({str(ORIGINAL)!r}, read_only=True)
path = [path for path in gd.media()["path"] if path.endswith(".gif")][0]
pid = os.fork()
if not pid:
    sys.exit(0)  # runs what is to be done at the end, too
os.waitpid(pid, 0)
assert os.path.exists(path)
print(path)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert done.stdout.strip().startswith(str(tmp_path))
    assert not list(tmp_path.glob("gymdash-jupyter-*"))


def test_what_a_killed_process_left_is_removed_when_it_is_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    names = [f"gymdash-jupyter-{pid}-{n}" for pid in (process.pid, os.getpid()) for n in "ab"]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "small.png").write_bytes(b"png")
    for name in names[::2]:
        os.utime(tmp_path / name, (1.7e9, 1.7e9))
    own = TemporaryFolder()
    kept = own.path().name
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names[1:], kept])
    own.remove()
