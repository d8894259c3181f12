"""A stand-in for a GymDash that works on a project right now: its SQL, and the writer that it uses."""

from __future__ import annotations

import os
import time
from contextlib import closing
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from torch.utils.tensorboard import SummaryWriter

from tests.store import gymdash_sql

if TYPE_CHECKING:
    from pathlib import Path


class GymDash:
    """Execute simulations in a project folder as GymDash does, as far as files and rows go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._database = folder / "db" / "simulations.db"
        self._database.parent.mkdir(parents=True, exist_ok=True)
        (folder / "sims").mkdir(exist_ok=True)
        gymdash_sql.connect(self._database).close()

    def start(self, name: str = "one", *, created: str = "2024-05-06 07:08:09") -> UUID:
        """Add the row of a simulation that runs."""
        sim_id = uuid4()
        with closing(gymdash_sql.connect(self._database)) as connection:
            gymdash_sql.add_simulation(connection, str(sim_id), name=name, created=created)
        return sim_id

    def end(self, sim_id: UUID) -> None:
        """Say that it is done, and let its files be old."""
        self.execute("UPDATE simulations SET is_done = 1 WHERE sim_id = ?", str(sim_id))
        for path in self.sim_folder(sim_id).rglob("*"):
            os.utime(path, (1.7e9, 1.7e9))

    def execute(self, statement: str, *values: str) -> None:
        """Do something to its tables."""
        with closing(gymdash_sql.connect(self._database)) as connection:
            connection.execute(statement, values)
            connection.commit()

    def delete(self, sim_id: UUID) -> None:
        """Delete a simulation's rows."""
        with closing(gymdash_sql.connect(self._database)) as connection:
            gymdash_sql.delete_simulations(connection, [str(sim_id)])

    def sim_folder(self, sim_id: UUID) -> Path:
        """Give the folder of a simulation."""
        return self.folder / "sims" / str(sim_id)

    def log(
        self, sim_id: UUID, *, folder: str = "tb/A_ppo/train", **points: list[tuple[int, float]]
    ) -> None:
        """Write points to event files; one more file each time."""
        where = self.sim_folder(sim_id) / folder
        with SummaryWriter(where, filename_suffix=f".{time.monotonic_ns():020d}") as writer:
            for key, series in points.items():
                for step, value in series:
                    writer.add_scalar(key, value, step)

    def write(self, sim_id: UUID, path: str, content: bytes) -> Path:
        """Write a file into a simulation's folder."""
        whole = self.sim_folder(sim_id) / path
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.write_bytes(content)
        return whole
