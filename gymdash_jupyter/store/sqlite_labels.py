"""Labels, presets and settings in one SQLite file. What the methods promise stands in ``contract``."""

# ruff: noqa: D102 - the contract says what the methods promise
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gymdash_jupyter.json_values import to_json
from gymdash_jupyter.store import labels, presets, settings
from gymdash_jupyter.store.contract import LabelStore, Preset
from gymdash_jupyter.store.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID


class SqliteLabels(Turns, LabelStore):
    """Keep in a SQLite file what people write for their own eyes."""

    def rename(self, sim_id: UUID, name: str) -> None:
        self._write(labels.rename, sim_id, name)

    def change_tags(
        self, sim_ids: Collection[UUID], *, add: Sequence[str] = (), remove: Collection[str] = ()
    ) -> None:
        self._write(labels.change_tags, sim_ids, add, remove)

    def set_note(self, sim_id: UUID, text: str) -> None:
        self._write(labels.set_note, sim_id, text)

    def set_colour(self, sim_ids: Collection[UUID], index: int | None) -> None:
        self._write(labels.set_colour, sim_ids, index)

    def presets(self, kind: str) -> list[Preset]:
        return self._read(presets.presets, kind)

    def save_preset(self, preset: Preset, *, replace: bool = True) -> bool:
        return self._write(presets.save, preset, to_json(preset.value), replace=replace)

    def rename_preset(self, kind: str, old: str, new: str) -> bool:
        return self._write(presets.rename, kind, old, new)

    def delete_preset(self, kind: str, name: str) -> bool:
        return self._write(presets.delete, kind, name)

    def setting(self, name: str) -> Any:
        return self._read(settings.setting, name)

    def set_setting(self, name: str, value: Any) -> None:
        self._write(settings.set_setting, name, None if value is None else to_json(value))
