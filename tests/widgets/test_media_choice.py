from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest

from gymdash_jupyter.records import MediaItem, now_utc
from gymdash_jupyter.widgets.media_choice import Choice, chosen, value_of

GIVEN = json.loads(Path(__file__).with_name("media_choice_cases.json").read_text())
IDS = {sim["id"]: UUID(int=place) for place, sim in enumerate(GIVEN["sims"])}
NAMES = {IDS[sim["id"]]: sim["name"] for sim in GIVEN["sims"]}


def item(kind: str = "video", **info: object) -> MediaItem:
    return MediaItem(UUID(int=0), "film", 1, kind, "media/a.mp4", now_utc(), info)


@pytest.mark.parametrize("case", GIVEN["cases"], ids=lambda case: case["name"])
def test_shown_as_in_the_browser(case):
    items = [
        MediaItem(
            IDS[given["sim"]],
            given["key"],
            given["step"],
            given["kind"],
            f"media/{number}",
            now_utc(),
            {} if given["value"] is None else {"return": given["value"]},
        )
        for number, given in enumerate(GIVEN["items"])
    ]
    wish = dict(case["choice"])
    sims = {IDS[each] for each in wish.pop("sims", IDS)}
    keys = frozenset(wish.pop("keys", ()))
    names = {sim_id: name for sim_id, name in NAMES.items() if sim_id in sims}
    found = chosen(items, Choice(keys=keys, **wish), names)
    assert [int(each.path.removeprefix("media/")) for each in found] == case["shown"]


def test_return_is_the_value_before_others():
    assert value_of(item(loss=3.0, **{"return": 24})) == ("return", 24.0)


def test_other_numbers_are_values_when_there_is_no_return():
    assert value_of(item(width=640, episode=3, accuracy=0.5)) == ("accuracy", 0.5)


@pytest.mark.parametrize("value", [True, "high", float("nan"), None])
def test_what_is_no_number_is_no_value(value):
    assert value_of(item(**{"return": value})) is None
