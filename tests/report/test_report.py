"""``gd.report``: what stands in the file, and that nothing in it reaches out."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING

import pytest

from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.project import Project
from gymdash_jupyter.records import Batch, MediaItem
from gymdash_jupyter.report import write_report
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode
from tests.report.projects import Page, file_of, listed, picture, trained
from tests.store.makers import later, series

if TYPE_CHECKING:
    from pathlib import Path

EVIL = "<script>alert('x')</script>\"onload=\"alert(1)\u202egnp.exe & \\u2028"
RTL = "\u05e9\u05dc\u05d5\u05dd"


def test_a_table_says_how_each_simulation_ended(project: Project, tmp_path: Path) -> None:
    trained(project, "first", {"lr": 0.1, "seed": 3}, values=[0, 0, 0, 10])
    trained(project, "second", {"lr": 0.25, "seed": 4}, state=SimState.CANCELLED, place=1)
    page = Page.read(write_report(project, None, tmp_path / "r.html"))
    assert "Report on 2 simulations 1 succeeded 1 cancelled Project mine/project" in page.words
    assert "simulation state lr seed steps time rollout/ep_rew_mean" in page.words
    assert "first Succeeded 0.1 3 400 1 min 10 s 10" in page.words
    assert "second Cancelled 0.25 4 400 1 min 10 s 4" in page.words


def test_seeds_of_a_configuration_are_one_line_with_a_band(
    project: Project, tmp_path: Path
) -> None:
    for seed, end in enumerate([2.0, 4.0, 9.0]):
        trained(project, f"s{seed}", {"lr": 0.1, "seed": seed}, values=[0, end], place=seed)
    trained(project, "other", {"lr": 0.9, "seed": 0}, values=[0, 1], place=4)
    html = write_report(project, None, tmp_path / "r.html").read_text()
    page = Page(html)
    # The bootstrap of three seeds ranges from the least to the greatest of them.
    assert "configuration seeds rollout/ep_rew_mean 95 % lr 0.1 3 5 2 to 9 other 1 1" in page.words
    assert html.count('class="gds-line"') == 2 + 2 * 4  # one chart by step, CPU and memory of each


def test_seeds_that_failed_are_not_counted_in_a_mean(project: Project, tmp_path: Path) -> None:
    trained(project, "s0", {"lr": 0.1, "seed": 0}, values=[0, 4])
    trained(project, "s1", {"lr": 0.1, "seed": 1}, values=[0, 100], state=SimState.FAILED, place=1)
    trained(project, "o", {"lr": 0.2, "seed": 0}, values=[0, 7], place=2)
    page = Page.read(write_report(project, None, tmp_path / "r.html"))
    assert "lr 0.1 1 of 2 4 o 1 7" in page.words


def test_seeds_without_a_number_at_their_end_are_not_counted_in_a_mean(
    project: Project, tmp_path: Path
) -> None:
    trained(project, "s0", {"lr": 0.1, "seed": 0}, values=[0, 4])
    trained(project, "s1", {"lr": 0.1, "seed": 1}, values=[0, math.nan], place=1)
    trained(project, "b", {"lr": 0.2, "seed": 0}, values=[0, 7], place=2, state=SimState.FAILED)
    page = Page.read(write_report(project, None, tmp_path / "r.html"))
    assert "lr 0.1 1 of 2 4 b 1 broken off 7" in page.words


def test_a_simulation_without_steps_leaves_no_empty_column(
    project: Project, tmp_path: Path
) -> None:
    trained(project, "first", {"seed": 0}, values=[])
    page = Page.read(write_report(project, None, tmp_path / "r.html"))
    assert "simulation state time" in page.words


def test_the_page_holds_everything_and_may_do_nothing(project: Project, tmp_path: Path) -> None:
    sim_id = trained(project, "first", {"lr": 0.1}, error="ValueError: no", state=SimState.FAILED)
    picture(project, sim_id, "frames", 1)
    project.store.set_environment(sim_id, {"python": "3.12.1", "git_commit": "abc123"})
    page = Page.read(write_report(project, None, tmp_path / "r.html"))
    names = {name for name, _ in page.tags}
    assert not names & {"script", "iframe", "object", "embed", "link", "form", "base", "use"}
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
    for _, attributes in page.tags:
        for name in ("src", "href", "poster", "srcset", "action", "data"):
            value = attributes.get(name) or "#"
            assert value.startswith(("data:image/", "#"))
            assert not value.startswith("#") or value == "#" or value[1:] in page.ids
    (policy,) = [each for each in page.named("meta") if each.get("http-equiv")]
    assert policy["content"] == (
        "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'"
    )


def test_what_people_and_simulations_wrote_is_text(project: Project, tmp_path: Path) -> None:
    sim_id = trained(
        project, EVIL, {EVIL: EVIL, "lr": RTL}, error=f"ValueError: {EVIL}", state=SimState.FAILED
    )
    trained(project, RTL, {"lr": 1}, place=1)
    project.store.write([Batch(sim_id, {EVIL: series([1.0, 2.0])})])
    project.store.add_statuses(sim_id, [SimStatus(SimStatusCode.INFO, later(5), details=EVIL)])
    project.store.set_environment(sim_id, {"command": EVIL, "packages": {EVIL: EVIL}})
    picture(project, sim_id, EVIL, 1)
    file_of(project, sim_id, "output.log").write_text(f"{EVIL}\n")
    path = write_report(project, None, tmp_path / "r.html", title=EVIL, keys=[EVIL])
    page = Page.read(path)
    assert {name for name, _ in page.tags}.isdisjoint({"script"})
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
    # Heading, table, legend, chart, error, trace, output, message, setting, environment, media.
    assert page.words.count("<script>alert('x')</script>") >= 10


def test_an_error_stands_with_its_trace_and_the_last_output(
    project: Project, tmp_path: Path
) -> None:
    sim_id = trained(project, "bad", error="ValueError: nan in the weights", state=SimState.FAILED)
    file_of(project, sim_id, "output.log").write_text("step 1\nstep 2\n")
    page = Page.read(write_report(project, sim_id, tmp_path / "r.html"))
    assert "Errors bad ValueError nan in the weights Trace, 3 lines a.py:3 in _run" in page.words
    assert "Output, the last 2 lines step 1 step 2" in page.words


def test_images_are_in_the_page_byte_for_byte(project: Project, tmp_path: Path) -> None:
    sim_id = trained(project, "first")
    item = picture(project, sim_id, "frames", 7)
    page = Page.read(write_report(project, None, tmp_path / "r.html"))
    (image,) = page.named("img")
    head, _, data = (image["src"] or "").partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(data) == (project.sim_folder(sim_id) / item.path).read_bytes()
    assert image["alt"] == "image frames, step 7"


def test_media_that_do_not_fit_are_counted_and_the_last_ones_come_first(
    project: Project, tmp_path: Path
) -> None:
    sim_id = trained(project, "first")
    for step in (1, 2, 3):
        picture(project, sim_id, "frames", step, size=100)  # 30 kB, 40 kB in the page
    path = write_report(project, None, tmp_path / "r.html", max_megabytes=0.09)
    page = Page.read(path)
    assert [image["alt"] for image in page.named("img")] == [
        "image frames, step 1",
        "image frames, step 3",
    ]
    assert "2 of 3 files are here. 1 more did not fit" in page.words
    assert path.stat().st_size < 200_000


def test_media_that_are_gone_or_lead_out_are_counted(project: Project, tmp_path: Path) -> None:
    sim_id = trained(project, "first")
    (tmp_path / "secret.png").write_bytes(b"secret")
    for path in ("media/gone.png", "../../../../secret.png"):
        listed(project, MediaItem(sim_id, "frames", 1, "image", path, later(1)))
    page = Page.read(write_report(project, None, tmp_path / "r.html"))
    assert page.named("img") == []
    assert "0 of 2 files are here. 2 files are missing or cannot be read." in page.words


def test_a_recorded_text_is_shown(project: Project, tmp_path: Path) -> None:
    sim_id = trained(project, "first")
    file_of(project, sim_id, "media/notes/1.txt").write_text("a < b & c")
    listed(project, MediaItem(sim_id, "notes", 1, "text", "media/notes/1.txt", later(1)))
    assert (
        "notes a < b & c first step 1"
        in Page.read(write_report(project, None, tmp_path / "r.html")).words
    )


def test_more_configurations_than_colours_are_drawn_best_first(
    project: Project, tmp_path: Path
) -> None:
    for i in range(11):
        trained(project, f"c{i}", {"lr": i}, values=[0, float(i)], place=i)
    html = write_report(project, None, tmp_path / "r.html").read_text()
    assert "The best 8 by rollout/ep_rew_mean have a colour" in html
    curves = html[html.index('id="curves"') : html.index('id="settings"')]
    assert curves.count('class="gds-line" style="--c:var(--gds-faint)"') == 3
    names = [name for name in ("c10", "c9", "c2") if f"</i> <bdi>{name}</bdi>" in curves]
    assert names == ["c10", "c9"]  # the legend names those with a colour


def test_settings_that_all_share_are_told_once(project: Project, tmp_path: Path) -> None:
    for i in range(2):
        kwargs = {"lr": i, "policy_kwargs": {"net_arch": [64, 64]}, "x": math.inf}
        trained(project, f"s{i}", kwargs, place=i)
    page = Page.read(write_report(project, None, tmp_path / "r.html"))
    assert "3 settings that all share" in page.words
    assert page.words.count("policy_kwargs.net_arch [64, 64] x inf") == 1


def test_the_environment_is_told_without_the_host(project: Project, tmp_path: Path) -> None:
    facts = {"python": "3.12.1", "git_commit": "0123456789abcdef", "command": "python train.py"}
    secret = {"host": "box17", "folder": "/home/me", "variables": {"CUDA_VISIBLE_DEVICES": "3"}}
    one, two = trained(project, "a"), trained(project, "b", place=1)
    project.store.set_environment(one, {**facts, **secret, "packages": {"torch": "2.13.0"}})
    project.store.set_environment(two, {**facts, **secret, "packages": {"torch": "2.12.0"}})
    page = Page.read(write_report(project, None, tmp_path / "r.html"))
    assert "Code, versions, machine, commit 0123456789" in page.words
    assert "simulation torch a 2.13.0 b 2.12.0" in page.words
    assert not [each for each in ("box17", "/home/me", "CUDA_VISIBLE") if each in page.words]


def test_resource_use_is_a_table_and_charts(project: Project, tmp_path: Path) -> None:
    trained(project, "first")
    page = Page.read(write_report(project, None, tmp_path / "r.html"))
    assert "simulation CPU, mean CPU, most memory, most first 1.25 1.25 300 MB" in page.words
    assert [label for each in page.named("svg") if (label := each.get("aria-label"))] == [
        "rollout/ep_rew_mean over steps. first ends at 4",
        "CPU, cores busy over time",
        "Memory, GB over time",
    ]


def test_a_simulation_that_runs_and_one_that_said_nothing_are_told(
    project: Project, tmp_path: Path
) -> None:
    sim_id = trained(project, "now", state=None)
    page = Page.read(write_report(project, sim_id, tmp_path / "r.html"))
    assert "now 1 running" in page.words
    assert "Errors" not in page.words


def test_keys_choose_what_is_drawn(project: Project, tmp_path: Path) -> None:
    sim_id = trained(project, "first")
    more = {key: series([1.0, 2.0]) for key in ("train/loss", "train/kl", "time/fps")}
    project.store.write([Batch(sim_id, more)])
    page = Page.read(write_report(project, None, tmp_path / "r.html", keys="train/*"))
    charts = [each["aria-label"] for each in page.named("svg") if "aria-label" in each][:2]
    assert [str(label).split()[0] for label in charts] == ["train/kl", "train/loss"]
    assert "rollout/ep_rew_mean" not in page.words
    page = Page.read(write_report(project, None, tmp_path / "r.html"))
    assert "1 other key is not drawn" in page.words  # the clock


@pytest.mark.parametrize(
    ("name", "written"),
    [("r.html", "r.html"), ("R.HTM", "R.HTM"), ("r", "r.html"), ("v1.2", "v1.2.html")],
)
def test_a_name_without_an_ending_gets_one(
    project: Project, tmp_path: Path, name: str, written: str
) -> None:
    trained(project, "first")
    path = write_report(project, None, str(tmp_path / name))
    assert path == tmp_path / written
    assert path.is_file()


def test_a_report_is_written_over_and_leaves_nothing_else(
    project: Project, tmp_path: Path
) -> None:
    trained(project, "first")
    path = tmp_path / "out" / "r.html"
    path.parent.mkdir()
    path.write_text("old")
    write_report(project, None, path)
    assert path.read_text().startswith("<!DOCTYPE html>")
    assert list(path.parent.iterdir()) == [path]


def test_half_a_surrogate_pair_spoils_nothing(project: Project, tmp_path: Path) -> None:
    trained(project, "a\ud800b", {"lr": "\udcff"})
    assert Page.read(write_report(project, None, tmp_path / "r.html")).words.startswith("a?b")


@pytest.mark.parametrize(
    ("sims", "name", "options", "words"),
    [
        ([], "r.html", {}, "sims names none"),
        (None, "none/r.html", {}, "There is no folder"),
        (None, "", {}, "is a folder"),
        (None, "r.pdf", {}, "HTML file"),
        (None, "r.html", {"keys": "loss"}, "recorded the key 'loss'"),
        (None, "r.html", {"title": 3}, "title is a text"),
        (None, "r.html", {"max_megabytes": -1}, "from 0 to 1,000"),
        (None, "r.html", {"max_megabytes": True}, "from 0 to 1,000"),
        (None, "r.html", {"max_megabytes": math.nan}, "from 0 to 1,000"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    project: Project, tmp_path: Path, sims: object, name: str, options: dict, words: str
) -> None:
    trained(project, "first")
    with pytest.raises(InvalidArgumentError, match=words):
        write_report(project, sims, tmp_path / name, **options)
    assert [each.name for each in tmp_path.iterdir()] == ["mine"]


def test_an_empty_project_and_an_unknown_simulation_are_refused(
    project: Project, tmp_path: Path
) -> None:
    with pytest.raises(InvalidArgumentError, match="the project has none"):
        write_report(project, None, tmp_path / "r.html")
    with pytest.raises(UnknownSimulationError):
        write_report(project, "abcdef", tmp_path / "r.html")


def test_a_report_of_a_project_that_may_only_be_read(project: Project, tmp_path: Path) -> None:
    trained(project, "first")
    read_only = Project.open(project.folder, read_only=True)
    assert write_report(read_only, None, tmp_path / "r.html").is_file()
    read_only.store.close()
