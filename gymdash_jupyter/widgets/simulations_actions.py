"""What the list of simulations does when somebody asks: each is a call of the tracker that anybody may make."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from gymdash_jupyter.errors import GymDashError, InvalidArgumentError
from gymdash_jupyter.json_values import is_described
from gymdash_jupyter.widgets.panel import Panel
from gymdash_jupyter.widgets.simulations_rows import value_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from gymdash_jupyter.records import SimulationRecord

_MEASURE_S: Final = 3.0
_END_WITHIN_S: Final = 15.0
_MOST_NAMED: Final = 5
_MOST_VALUES: Final = 4


class SimulationsActions(Panel):
    """Answer what the browser asks for some simulations. Each method runs in a helper thread."""

    def _do_stop(self, content: dict[str, Any]) -> dict[str, Any]:
        is_forced = bool(content.get("is_forced"))
        return self._each(content, lambda sim_id: self.tracker.cancel(sim_id, force=is_forced))

    def _do_restart(self, content: dict[str, Any]) -> dict[str, Any]:
        kwargs = content.get("kwargs") or {}
        if not isinstance(kwargs, dict):
            msg = f"Changed values are names and values, such as {{'seed': 2}}; got {kwargs!r}."
            raise InvalidArgumentError(msg)
        new: list[str] = []

        def restart(sim_id: UUID) -> None:
            new.append(str(self.tracker.restart_sim(sim_id, **kwargs)[0]))

        return {**self._each(content, restart), "ids": new}

    def _do_kwargs(self, content: dict[str, Any]) -> list[dict[str, Any]]:
        """Say what simulations were made with, to be edited."""
        all_kwargs = [self.store.simulation(sim_id).config.kwargs for sim_id in _ids(content)]
        names = dict.fromkeys(str(name) for kwargs in all_kwargs for name in kwargs)
        return [_field(name, [kwargs.get(name) for kwargs in all_kwargs]) for name in names]

    def _do_measure(self, content: dict[str, Any]) -> dict[str, Any]:
        """Say what would be deleted: how many, how many bytes, which still go on."""
        records = [self.store.simulation(sim_id) for sim_id in _ids(content)]
        active = [record for record in records if not record.state.is_terminal]
        folders = (self.project.sim_folder(record.sim_id) for record in records)
        size, is_all = _size_bytes(folders, time.monotonic() + _MEASURE_S)
        return {"bytes": size, "is_all": is_all, "active": _names(active), "n_active": len(active)}

    def _do_delete(self, content: dict[str, Any]) -> dict[str, Any]:
        ids = _ids(content)
        if content.get("stop_first"):
            self._stop_and_wait(ids)
        records = [self.store.simulation(sim_id) for sim_id in ids]
        active = [record for record in records if not record.state.is_terminal]
        if not active and content.get("is_all") and len(ids) == len(self.store.simulations()):
            self.tracker.delete_all()
        else:
            self.tracker.delete([r.sim_id for r in records if r.state.is_terminal])
        n_deleted = len(records) - len(active)
        return {"n_deleted": n_deleted, "active": _names(active), "n_active": len(active)}

    def _do_tag(self, content: dict[str, Any]) -> bool:
        add, remove = content.get("add") or (), content.get("remove") or ()
        self.tracker.tag(_ids(content), add=add, remove=remove)
        return True

    def _do_note(self, content: dict[str, Any]) -> dict[str, Any]:
        text = str(content.get("text") or "")
        return self._each(content, lambda sim_id: self.tracker.set_note(sim_id, text))

    def _do_rename(self, content: dict[str, Any]) -> bool:
        (sim_id,) = _ids(content)
        self.tracker.rename(sim_id, str(content.get("name") or ""))
        return True

    def _do_colour(self, content: dict[str, Any]) -> bool:
        index = content.get("index")
        self.tracker.set_colour(_ids(content), None if index is None else int(index))
        return True

    def _do_first(self, content: dict[str, Any]) -> bool:
        self.tracker.reorder_queue(_ids(content))
        return True

    def _each(self, content: dict[str, Any], act: Callable[[UUID], object]) -> dict[str, Any]:
        """Do something to each; what goes wrong with one does not keep it from the others."""
        failed: list[str] = []
        ids = _ids(content)
        for sim_id in ids:
            try:
                act(sim_id)
            except GymDashError as exc:
                if len(ids) == 1:
                    raise
                failed.append(str(exc))
        if failed and len(failed) == len(ids):
            raise InvalidArgumentError(" ".join(dict.fromkeys(failed)))
        return {"n_done": len(ids) - len(failed), "failed": list(dict.fromkeys(failed))}

    def _stop_and_wait(self, ids: Sequence[UUID]) -> None:
        states = self.store.states(ids)
        going_on = [sim_id for sim_id, state in states.items() if not state.is_terminal]
        for sim_id in going_on:
            self.tracker.cancel(sim_id)
        self.tracker.wait(going_on, timeout_s=_END_WITHIN_S)


def _ids(content: dict[str, Any]) -> list[UUID]:
    given = content.get("ids")
    if not isinstance(given, list) or not given:
        msg = f"Nothing was chosen; ids holds the ids of simulations as text, got {given!r}."
        raise InvalidArgumentError(msg)
    try:
        return [UUID(each) for each in dict.fromkeys(given)]
    except (ValueError, AttributeError, TypeError) as exc:
        msg = f"ids holds the ids of simulations as text; got {given!r}."
        raise InvalidArgumentError(msg) from exc


def _field(name: str, values: Sequence[Any]) -> dict[str, Any]:
    texts = list(dict.fromkeys(value_text(value) for value in values))
    described = any(is_described(value) for value in values)
    return {
        "name": name,
        "values": texts[:_MOST_VALUES],
        "n_values": len(texts),
        "is_text": all(isinstance(value, str) for value in values),
        "is_described": described,
    }


def _names(records: Sequence[SimulationRecord]) -> list[str]:
    return [record.name or str(record.sim_id)[:8] for record in records[:_MOST_NAMED]]


def _size_bytes(folders: Iterable[Path], deadline: float) -> tuple[int, bool]:
    """Add up the sizes of all files, as far as there is time; and say whether there was."""
    size = 0
    waiting = [str(folder) for folder in folders]
    while waiting:
        if time.monotonic() > deadline:
            return size, False
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        size += entry.stat(follow_symlinks=False).st_size
        except OSError:  # many simulations have no folder, and files come and go
            continue
    return size, True
