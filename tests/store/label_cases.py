"""What every store must do about labels, presets and settings; a part of the suite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from uuid import uuid4

import pytest

from gymdash_jupyter.errors import UnknownSimulationError
from gymdash_jupyter.records import SimulationRecord
from gymdash_jupyter.store import Preset, ProjectStore
from tests.store.makers import NOON, created, ended, later, running

ODD = ["", "ends\nin two lines", "nul\x00inside", "🤖 naïve — λ", "<b>bold</b>", "a" * 20_000]


class LabelCases:
    """The part; see the module's docstring."""

    # Numbers

    def test_simulations_are_numbered_by_creation(self, store: ProjectStore) -> None:
        ids = [created(store, created=later(-place)) for place in range(3)]
        assert [store.simulation(sim_id).number for sim_id in ids] == [1, 2, 3]

    def test_a_number_is_never_given_again(self, store: ProjectStore) -> None:
        first, last = created(store), created(store)
        store.delete([last])
        assert store.simulation(created(store)).number == 3
        assert store.simulation(first).number == 1
        store.delete([record.sim_id for record in store.simulations()])
        assert store.simulation(created(store)).number == 4

    # Labels

    def test_a_new_simulation_has_no_labels(self, store: ProjectStore) -> None:
        record = store.simulation(created(store))
        assert (record.tags, record.note, record.colour) == ((), "", None)

    def test_a_new_name_leaves_the_config_alone(self, store: ProjectStore) -> None:
        sim_id = created(store)
        config = store.simulation(sim_id).config
        store.rename(sim_id, "die beste")
        record = store.simulation(sim_id)
        assert (record.name, record.config) == ("die beste", config)

    def test_tags_are_added_behind_those_that_stay(self, store: ProjectStore) -> None:
        one, other = created(store), ended(store)
        store.change_tags([one], add=["a", "b", "c"])
        store.change_tags([one, other], add=["d", "a"], remove=["b", "never there"])
        assert store.simulation(one).tags == ("a", "c", "d")
        assert store.simulation(other).tags == ("d", "a")

    @pytest.mark.parametrize("text", ODD, ids=lambda text: repr(text[:10]))
    def test_notes_and_tags_come_back_as_they_were(self, store: ProjectStore, text: str) -> None:
        sim_id = created(store)
        store.set_note(sim_id, "another")
        store.set_note(sim_id, text)
        store.change_tags([sim_id], add=[text])
        record = store.simulation(sim_id)
        assert (record.note, record.tags) == (text, (text,))

    def test_a_colour_is_given_and_taken_back(self, store: ProjectStore) -> None:
        ids = [created(store), created(store)]
        store.set_colour(ids, 7)
        store.set_colour(ids[:1], None)
        assert [store.simulation(sim_id).colour for sim_id in ids] == [None, 7]

    def test_labels_of_an_unknown_simulation_raise_and_change_nothing(
        self, store: ProjectStore
    ) -> None:
        known, unknown = created(store), uuid4()
        before = store.tick()
        for refused in (
            lambda: store.rename(unknown, "new"),
            lambda: store.set_note(unknown, "new"),
            lambda: store.set_colour([known, unknown], 1),
            lambda: store.change_tags([known, unknown], add=["new"]),
        ):
            with pytest.raises(UnknownSimulationError, match=str(unknown)):
                refused()
        record = store.simulation(known)
        assert (record.colour, record.tags, store.tick()) == (None, (), before)

    def test_viewers_hear_of_every_label(
        self, store: ProjectStore, open_again: Callable[[], ProjectStore]
    ) -> None:
        viewer, sim_id = open_again(), running(store)
        created(store)
        for label in (
            lambda: store.rename(sim_id, "new"),
            lambda: store.change_tags([sim_id], add=["new"]),
            lambda: store.set_note(sim_id, "new"),
            lambda: store.set_colour([sim_id], 0),
        ):
            before = viewer.tick()
            label()
            assert viewer.changes(before).simulations == [store.simulation(sim_id)]

    def test_a_label_that_is_there_already_is_no_change(self, store: ProjectStore) -> None:
        sim_id = created(store)
        store.change_tags([sim_id], add=["a"])
        store.set_colour([sim_id], 3)
        before = store.tick()
        store.change_tags([sim_id], add=["a"], remove=["b"])
        store.set_note(sim_id, "")
        store.set_colour([sim_id], 3)
        assert store.tick() == before

    def test_labels_go_with_their_simulation(self, store: ProjectStore) -> None:
        sim_id = created(store)
        store.change_tags([sim_id], add=["old"])
        store.set_note(sim_id, "old")
        store.delete([sim_id])
        record = store.simulation(created(store, sim_id=sim_id))
        assert (record.tags, record.note, record.number) == ((), "", 2)

    def test_a_record_holds_all_that_one_made_by_hand_holds(self, store: ProjectStore) -> None:
        record = store.simulation(running(store))
        by_hand = SimulationRecord(**{f.name: getattr(record, f.name) for f in fields(record)})
        assert record == by_hand
        assert vars(record).keys() == vars(by_hand).keys()

    # Presets

    def test_presets_are_listed_by_name_within_their_kind(self, store: ProjectStore) -> None:
        kept = [Preset("start:ppo", name, {"n": [1, None, 0.5]}, NOON) for name in "bAc"]
        for preset in (*kept, Preset("start:dqn", "other", 1, NOON)):
            assert store.save_preset(preset)
        assert store.presets("start:ppo") == [kept[1], kept[0], kept[2]]
        assert store.presets("start:a2c") == []

    def test_a_preset_is_replaced_only_when_it_may(self, store: ProjectStore) -> None:
        old, new = Preset("k", "n", "old", NOON), Preset("k", "n", "new", later(5))
        assert store.save_preset(old, replace=False)
        assert not store.save_preset(new, replace=False)
        assert store.presets("k") == [old]
        assert store.save_preset(new)
        assert store.presets("k") == [new]

    def test_a_preset_is_not_renamed_to_one_that_is_there(self, store: ProjectStore) -> None:
        for name in ("one", "two"):
            store.save_preset(Preset("k", name, name, NOON))
        assert not store.rename_preset("k", "one", "two")
        assert not store.rename_preset("k", "three", "four")
        assert store.rename_preset("k", "one", "four")
        assert [(preset.name, preset.value) for preset in store.presets("k")] == [
            ("four", "one"),
            ("two", "two"),
        ]

    def test_a_preset_is_deleted_once(self, store: ProjectStore) -> None:
        store.save_preset(Preset("k", "n", 1, NOON))
        assert store.delete_preset("k", "n")
        assert not store.delete_preset("k", "n")
        assert store.presets("k") == []

    # Settings

    def test_a_setting_holds_for_everybody(
        self, store: ProjectStore, open_again: Callable[[], ProjectStore]
    ) -> None:
        value = {"columns": ["name", "état"], "width": 0.5, "is_open": False}
        assert store.setting("list") is None
        store.set_setting("list", value)
        assert open_again().setting("list") == value
        store.set_setting("list", None)
        assert open_again().setting("list") is None
