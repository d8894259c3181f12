"""Make room on the disk: remove recorded media that nobody needs any more, files and rows together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from gymdash_jupyter.calls import Call
from gymdash_jupyter.current import current_project
from gymdash_jupyter.errors import MediaError, ReadOnlyProjectError
from gymdash_jupyter.media.choosing import (
    FIRST_LAST_BEST,
    checked_keep,
    moment_before,
    to_remove,
)
from gymdash_jupyter.media.pruned import note_pruned
from gymdash_jupyter.media.removing import Removal, settle_left_behind
from gymdash_jupyter.selection import resolve_media_keys, resolve_sims

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta
    from uuid import UUID

    from gymdash_jupyter.project import Project
    from gymdash_jupyter.records import MediaItem
    from gymdash_jupyter.selection import Keys, Sims


@dataclass(frozen=True)
class PruneReport:
    """What was removed, or with ``is_dry_run`` would be.

    Attributes:
        removed: The media, by simulation, key and order of recording.
        n_kept: How many media of these simulations and keys stay.
        freed_bytes: Size of the removed files, their small pictures included.
        bytes_by_simulation: The same by simulation, largest first.
        refused: Media that should have gone and stay all the same, each with the reason.
        is_dry_run: Whether nothing was changed.
    """

    removed: tuple[MediaItem, ...]
    n_kept: int
    freed_bytes: int
    bytes_by_simulation: Mapping[UUID, int]
    refused: tuple[tuple[MediaItem, str], ...]
    is_dry_run: bool

    def __repr__(self) -> str:
        n = len(self.removed)
        verb = "would remove" if self.is_dry_run else "removed"
        refused = f", {len(self.refused)} could not be removed" if self.refused else ""
        return f"<PruneReport: {verb} {n:,} of {n + self.n_kept:,} media, {self.freed_bytes / 1e6:,.1f} MB{refused}>"


def prune_media(
    sims: Sims = None,
    *,
    keep: int | str = FIRST_LAST_BEST,
    older_than: float | timedelta | datetime | None = None,
    keys: Keys = None,
    dry_run: bool = False,
    project: Project | None = None,
) -> PruneReport:
    """Remove old media of simulations: their files and what the project knows of them, together.

    Numbers, statuses, models and logs stay; what was imported from a log does not come back with the log's next import.
    Of a simulation that has not ended, the newest of each key stays in any
    case, and what was recorded in the last minute.

    Args:
        sims: Which simulations; None for all of the project. See ``selection.resolve_sims``.
        keep: What stays of each simulation and key: ``"first_last_best"``, where the best one is the one with the
            highest ``return``, as videos of episodes have it; or how many of the newest.
        older_than: Only what is older goes: seconds, a timedelta, or the moment itself; None for any age.
        keys: Only these keys, or patterns with ``*``; None for all.
        dry_run: Whether to change nothing and only tell what would go.
        project: The project; None for the current one.

    Returns:
        What went.

    Raises:
        UnknownSimulationError: The project has no such simulation.
        InvalidArgumentError: An argument makes no sense; nothing was removed.
        ReadOnlyProjectError: The project may not be changed.
        StoreBusyError: The project's database was busy; nothing was removed.
    """
    project = current_project() if project is None else project
    keep, before = checked_keep(keep), moment_before(older_than)
    if dry_run:
        return _prune(project, sims, keep, before, keys, is_dry_run=True)
    if project.is_read_only:
        msg = f"The project at {project.folder} is open for reading only, so its media stay. Open it without read_only."
        raise ReadOnlyProjectError(msg, path=project.folder)
    asked = {
        "what": "media",
        "keep": keep,
        "before": None if before is None else before.isoformat(),
    }
    with Call(project.store, "delete", asked) as call:
        report = _prune(project, sims, keep, before, keys, is_dry_run=False)
        call.details |= {
            "n_media": len(report.removed),
            "bytes": report.freed_bytes,
            "sim_ids": [str(sim_id) for sim_id in report.bytes_by_simulation],
        }
    return report


def _prune(
    project: Project,
    sims: Sims,
    keep: int | str,
    before: datetime | None,
    keys: Keys,
    *,
    is_dry_run: bool,
) -> PruneReport:
    store = project.store
    sim_ids = resolve_sims(store, sims)
    wanted = None if keys is None else resolve_media_keys(store, keys, sim_ids)
    everything = store.media(sim_ids)
    items = everything if wanted is None else [each for each in everything if each.key in wanted]
    live = {sim_id for sim_id, state in store.states(sim_ids).items() if not state.is_terminal}
    chosen = to_remove(items, keep=keep, before=before, live=live)
    gone = _without_shared(everything, chosen)
    if not is_dry_run:
        for sim_id, own in groupby(everything, key=lambda each: each.sim_id):
            settle_left_behind(project, sim_id, list(own))
    removed, sizes, refused = _remove(project, gone, is_dry_run=is_dry_run)
    by_size = sorted(sizes.items(), key=lambda each: -each[1])
    return PruneReport(
        removed=tuple(removed),
        n_kept=len(items) - len(removed),
        freed_bytes=sum(sizes.values()),
        bytes_by_simulation=dict(by_size),
        refused=tuple(refused),
        is_dry_run=is_dry_run,
    )


def _without_shared(
    everything: Sequence[MediaItem], chosen: Sequence[MediaItem]
) -> list[MediaItem]:
    """Leave out those whose file somebody who stays has, too."""
    going = {id(item) for item in chosen}
    kept = {(item.sim_id, item.path) for item in everything if id(item) not in going}
    return [item for item in chosen if (item.sim_id, item.path) not in kept]


def _remove(
    project: Project, gone: Sequence[MediaItem], *, is_dry_run: bool
) -> tuple[list[MediaItem], dict[UUID, int], list[tuple[MediaItem, str]]]:
    removal = Removal(project)
    removed: list[MediaItem] = []
    refused: list[tuple[MediaItem, str]] = []
    sizes: dict[UUID, int] = {}
    try:
        for item in gone:
            try:
                size = removal.size(item)
                if not is_dry_run:
                    removal.take(item)
            except MediaError as exc:
                refused.append((item, str(exc)))
                continue
            removed.append(item)
            sizes[item.sim_id] = sizes.get(item.sim_id, 0) + size
        if removed and not is_dry_run:
            for sim_id, own in groupby(removed, key=lambda each: each.sim_id):
                note_pruned(project.sim_folder(sim_id), own)
            project.store.delete_media(removed)
    except BaseException:  # an interrupt, too: rows and files stay together
        removal.undo()
        raise
    removal.finish()
    return removed, sizes, refused
