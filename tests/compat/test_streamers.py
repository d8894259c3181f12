"""Streamers give what files hold, each what is new to itself, as GymDash documents it."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.streams import stat_tags
from gymdash_jupyter.streams.media_link import MediaFileStatLinker, MediaLinkStreamableStat
from gymdash_jupyter.streams.registered import SimulationStreamer
from gymdash_jupyter.streams.stats import StreamableStat, Streamer, StreamerRegistry
from gymdash_jupyter.streams.tensorboard_streamer import (
    TensorboardStreamableStat,
    TensorboardStreamer,
)
from tests.compat.event_log import EventLog, png


@pytest.fixture
def log(tmp_path: Path) -> EventLog:
    return EventLog(tmp_path / "tb")


def test_each_reader_gets_what_is_new_to_itself(log: EventLog) -> None:
    one, other = (TensorboardStreamer(log.folder, {"scalars": ["a"]}) for _ in range(2))
    log.write("a", (1, 10.0, 0.5))
    assert one.get_all_recent() == {"a": [(10.0, 1, 0.5)]}
    log.write("a", (2, 11.0, 0.25))
    (event,) = one.get_recent_from_key("a")
    assert (event.wall_time, event.step, event.value) == (11.0, 2, 0.25)
    assert one.get_recent_from_key("a") == []
    assert [event.step for event in other.get_recent_from_key("a")] == [1, 2]
    assert [event.step for event in one.get_all_from_tag("scalars")["a"]] == [1, 2]


def test_of_several_at_one_step_the_latest_is_recent_and_all_are_there(log: EventLog) -> None:
    streamer = TensorboardStreamer(log.folder, {"scalars": ["a"]})
    log.write("a", (2, 3.0, 1.0), (1, 1.0, 2.0), (1, 2.0, 3.0))
    assert streamer.get_recent_from_key("a") == [(2.0, 1, 3.0), (3.0, 2, 1.0)]
    assert len(streamer.get_all_from_tag("scalars")["a"]) == 3


def test_only_keys_that_it_was_told_of_are_given(log: EventLog) -> None:
    streamer = TensorboardStreamer(log.folder, {"scalars": ["a"], "any": ["later"]})
    log.write("a", (1, 1.0, 1.0))
    log.write("b", (1, 1.0, 1.0))
    assert list(streamer.get_all_recent()) == ["a", "later"]
    assert streamer.get_recent_from_key("b") == []
    streamer.add_tag_keys({"scalars": ["b"]})
    assert streamer.get_recent_from_key("b") == [(1.0, 1, 1.0)]
    assert streamer.get_recent_from_key("a") == []


def test_keys_have_whole_words_as_tags() -> None:
    streamer = TensorboardStreamer("nowhere", {"scalars": ["a"]})
    streamer.add_tag_keys({"images": ["b"]})
    assert streamer.get_stat_keys() == [("a", "scalars"), ("b", "images")]
    assert streamer.streamer_name == "nowhere"
    assert streamer.get_all_recent() == {"a": [], "b": []}


def test_a_key_under_any_is_what_is_found(log: EventLog) -> None:
    streamer = TensorboardStreamer(log.folder, {"any": ["a", "pic"]})
    log.write("a", (1, 1.0, 1.0))
    log.write_image("pic", 7, png())
    assert list(streamer.get_all_from_tag("scalars")) == ["a"]
    (image,) = streamer.get_recent_from_tag("images")["pic"]
    assert (image.step, image.width, image.height) == (7, 3, 2)
    assert image.encoded_image_string == png()


def test_resetting_and_another_folder_begin_again(log: EventLog, tmp_path: Path) -> None:
    streamer = TensorboardStreamer(log.folder, {"scalars": ["a"]})
    log.write("a", (1, 1.0, 1.0))
    assert len(streamer.get_recent_from_key("a")) == 1
    streamer.reset_streamer()
    assert len(streamer.get_recent_from_key("a")) == 1
    other = EventLog(tmp_path / "other")
    other.write("a", (5, 5.0, 5.0))
    streamer.set_log_path(str(other.folder))
    assert streamer.get_recent_from_key("a") == [(5.0, 5, 5.0)]
    assert streamer.streamer_name == str(other.folder)


def test_a_stat_alone_reads_a_folder(log: EventLog) -> None:
    log.write("a", (1, 1.0, 1.0))
    stat = TensorboardStreamableStat(str(log.folder), "a", {"scalars"})
    assert not stat.key_exists
    streamer = TensorboardStreamer(log.folder, {"scalars": ["a"]})
    streamer.Reload()
    assert streamer.streamed["a"].found_key_tag == "scalars"
    with pytest.raises(
        InvalidArgumentError, match="needs the folder of its event files; got None"
    ):
        TensorboardStreamableStat(None, "a")


def test_one_key_instead_of_a_list_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match=r"got 'scalars': 'loss'\. Write \['loss'\]"):
        TensorboardStreamer("tb", {"scalars": "loss"})


def test_a_streamer_travels_to_another_process_with_its_keys(log: EventLog) -> None:
    streamer = TensorboardStreamer(log.folder, {"scalars": ["a"]})
    log.write("a", (1, 1.0, 1.0))
    streamer.Reload()
    assert pickle.loads(pickle.dumps(streamer)).get_recent_from_key("a") == [(1.0, 1, 1.0)]  # noqa: S301


# Media files


def linked(folder: Path, regex: str = r"-[0-9]+_[0-9]+\.png$") -> MediaLinkStreamableStat:
    return MediaLinkStreamableStat(
        "pic",
        stat_tags.IMAGES,
        str(folder),
        regex,
        MediaLinkStreamableStat.final_split_step_extractor,
    )


def put(path: Path, content: bytes, changed: int) -> None:
    path.write_bytes(content)
    os.utime(path, (changed, changed))


def test_files_are_events_with_the_step_of_their_names(tmp_path: Path) -> None:
    stat = linked(tmp_path)
    put(tmp_path / "a-1_20.png", b"second", 200)
    put(tmp_path / "a-0_3.png", b"first", 100)
    put(tmp_path / "a-0_3.txt", b"other", 100)
    events = stat.get_recent()
    assert [(e.step, e.encoded_string, e.src_name, e.tag, e.wall_time) for e in events] == [
        (3, b"first", "a-0_3.png", "images", 100.0),
        (20, b"second", "a-1_20.png", "images", 200.0),
    ]
    assert stat.get_recent() == []
    assert len(stat.get_values()) == 2


def test_a_changed_file_is_new_and_two_of_one_step_are_two(tmp_path: Path) -> None:
    stat = linked(tmp_path)
    put(tmp_path / "a-0_3.png", b"one", 100)
    put(tmp_path / "b-0_3.png", b"two", 101)
    assert [event.encoded_string for event in stat.get_recent()] == [b"one", b"two"]
    put(tmp_path / "a-0_3.png", b"new", 300)
    assert [event.encoded_string for event in stat.get_recent()] == [b"new"]
    stat.reset()
    assert len(stat.get_recent()) == 2


def test_a_name_without_a_step_is_left_out_and_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stat = linked(tmp_path, r"\.png$")
    put(tmp_path / "final.png", b"x", 1)
    assert (stat.get_recent(), stat.get_recent()) == ([], [])
    assert caplog.text.count("final.png of 'pic' is left out: its step cannot be read") == 1


def test_folders_and_half_written_files_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a-0_3.png").mkdir()
    put(tmp_path / ".partial-1-0_4.png", b"x", 1)
    put(tmp_path / "a-0_5.png", b"x", 1)
    assert [event.step for event in linked(tmp_path, "").get_recent()] == [5]


def test_a_linker_gives_its_stats_by_key_and_tag(tmp_path: Path) -> None:
    linker = MediaFileStatLinker("media", [linked(tmp_path), linked(tmp_path / "not there")])
    put(tmp_path / "a-0_3.png", b"x", 1)
    assert linker.get_stat_keys() == [("pic", "images")] * 2
    assert linker.get_all_from_tag("videos") == {}
    assert len(linker.get_recent_from_key("pic")) == 1
    assert linker.get_recent_from_key("nothing") == []
    linker.reset_streamer()
    assert len(linker.get_recent_from_key("pic")) == 1


# Registering


class Plain:
    """A streamer of somebody's own."""

    streamer_name = "plain"

    def __init__(self, *keys: tuple[str, str]) -> None:
        self.keys = list(keys)

    def get_stat_keys(self) -> list[tuple[str, str]]:
        return self.keys


def test_a_simulation_s_streamers_know_their_keys_and_tags() -> None:
    streamer = SimulationStreamer()
    one, two = Plain(("a", "scalars"), ("b", "images")), Plain(("a", "images"))
    assert streamer.get_or_register(one) is one
    assert streamer.get_or_register(two) is one
    assert streamer.register("another", two)
    assert not streamer.register("another", one)
    assert streamer.get_key_tag_map() == {"a": {"scalars", "images"}, "b": {"images"}}
    assert streamer.get_tag_key_map() == {"scalars": {"a"}, "images": {"a", "b"}}
    assert streamer.key_has_tag("a", "images")
    assert not streamer.tag_has_key("scalars", "b")
    assert streamer.get_streamer_for_key("b") is one
    assert streamer.get_streamer_for_key("a") is two
    assert streamer.get_streamer_for_key("c") is None
    streamer.clear()
    assert (streamer.items(), streamer.get_all_keys()) == ([], [])


def test_what_a_run_registers_takes_the_place_of_what_was_there_early() -> None:
    streamer, early, wrapper = SimulationStreamer(), Plain(), Plain()
    with streamer.early():
        assert streamer.get_or_register(early) is early
        assert streamer.get_or_register(Plain()) is early
    assert streamer.get_or_register(wrapper) is wrapper
    assert streamer.get_or_register(Plain()) is wrapper
    assert streamer.streamers() == [wrapper]


# One's own, over GymDash's bases


class Counted(StreamableStat):
    def __init__(self) -> None:
        self.values: list[int] = []
        super().__init__()

    def get_values(self) -> list[int]:
        return self.values

    def clear_values(self) -> None:
        self.values = []


class Source:
    def __init__(self) -> None:
        self.n_reloads = 0

    def Reload(self) -> None:  # noqa: N802
        self.n_reloads += 1


class OwnStreamer(Streamer):
    def check_source(self) -> bool:
        return True


def test_a_streamer_over_gymdash_s_base_reloads_and_gives_what_is_new() -> None:
    StreamerRegistry.clear()
    source, stat = Source(), Counted()
    streamer = OwnStreamer("own", source)
    streamer.keys, streamer.streamed = ["n"], {"n": stat}
    stat.values = [1, 2]
    assert streamer.get_all_recent() == {"n": [1, 2]}
    stat.values.append(3)
    assert streamer.get_recent_from_key("n") == [3]
    assert (source.n_reloads, stat[0]) == (2, 1)
    assert StreamerRegistry.get_or_register(streamer) is streamer
    with pytest.raises(InvalidArgumentError, match="There is a streamer 'own' already"):
        OwnStreamer("own")
    StreamerRegistry.clear()
    assert StreamerRegistry.get_streamer("own") is None


def test_videos_are_media() -> None:
    assert stat_tags.VIDEOS in stat_tags.MEDIA_TAG_SET
