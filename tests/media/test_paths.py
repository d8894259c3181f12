"""What the database says about a path is not believed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gymdash_jupyter.errors import UnsafeMediaPathError
from gymdash_jupyter.media import media_path, media_paths, thumbnail_path
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import MediaItem, now_utc

ITEM = MediaItem(uuid4(), "frame", 3, "image", "media/frame/3_0.png", now_utc())


def at(path: str) -> MediaItem:
    return replace(ITEM, path=path)


def test_a_recorded_file_is_found_inside_its_simulation(project: Project) -> None:
    folder = project.sim_folder(ITEM.sim_id)
    assert media_path(project, ITEM) == folder / "media" / "frame" / "3_0.png"


@pytest.mark.parametrize(
    "path",
    [
        *(
            "",
            ".",
            "./.",
            "/etc/passwd",
            "//host/share",
            "..",
            "../x",
            "media/../../x",
            "media/..",
        ),
        *("C:/x", "C:x", "\\x", "\\\\host\\share\\x", "media\\..\\..\\..\\x", "a\0b"),
    ],
)
def test_a_path_that_leads_out_is_refused(project: Project, path: str) -> None:
    with pytest.raises(UnsafeMediaPathError, match="refused") as caught:
        media_path(project, at(path))
    assert caught.value.path == path
    assert media_paths(project, [at(path), ITEM])[0] is None
    with pytest.raises(UnsafeMediaPathError):
        thumbnail_path(project, replace(ITEM, info={"thumbnail": path}))


@given(st.text(alphabet="a./\\: ", max_size=12))
def test_what_is_not_refused_is_inside(path: str) -> None:
    class Folder:
        sims_folder = Path("/nowhere/sims")

    try:
        found = media_path(Folder(), at(path))
    except UnsafeMediaPathError:
        return
    inside = Folder.sims_folder / str(ITEM.sim_id)
    assert found.resolve().is_relative_to(inside)
    assert found.resolve() != inside


@pytest.mark.parametrize("what", ["file", "folder", "simulation"])
def test_a_link_that_leads_out_is_refused(project: Project, tmp_path: Path, what: str) -> None:
    outside = tmp_path / "outside" / "media" / "frame"
    outside.mkdir(parents=True)
    (outside / "3_0.png").write_bytes(b"secret")
    folder = project.sim_folder(ITEM.sim_id)
    link = {
        "file": folder / "media" / "frame" / "3_0.png",
        "folder": folder / "media",
        "simulation": folder,
    }[what]
    target = {
        "file": outside / "3_0.png",
        "folder": outside.parent,
        "simulation": outside.parent.parent,
    }
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target[what])
    with pytest.raises(UnsafeMediaPathError, match="link"):
        media_path(project, ITEM)


def test_links_inside_and_a_project_behind_a_link_are_fine(
    project: Project, tmp_path: Path
) -> None:
    folder = project.sim_folder(ITEM.sim_id) / "media" / "frame"
    folder.mkdir(parents=True)
    (folder / "other.png").write_bytes(b"x")
    (folder / "3_0.png").symlink_to("other.png")
    assert media_path(project, ITEM).read_bytes() == b"x"
    (tmp_path / "link").symlink_to(project.folder)
    linked = Project(tmp_path / "link", project.store)
    assert media_path(linked, ITEM).read_bytes() == b"x"


def test_links_in_a_circle_open_nothing(project: Project) -> None:
    folder = project.sim_folder(ITEM.sim_id) / "media" / "frame"
    folder.mkdir(parents=True)
    (folder / "3_0.png").symlink_to("3_0.png")
    with pytest.raises((UnsafeMediaPathError, OSError)):  # newer Pythons find out on opening
        media_path(project, ITEM).read_bytes()


def test_a_file_without_a_small_picture_has_none(project: Project) -> None:
    assert thumbnail_path(project, ITEM) is None
    assert thumbnail_path(project, replace(ITEM, info={"thumbnail": 3})) is None
    small = {"thumbnail": "media/frame/.thumbs/3_0.png.png"}
    assert thumbnail_path(project, replace(ITEM, info=small)) is not None
