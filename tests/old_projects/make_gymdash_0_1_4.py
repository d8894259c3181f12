"""Make ``gymdash_0_1_4.db``: by hand from GymDash 0.1.4's schema, with what its rows hold in practice.

Run once as ``python -m tests.old_projects.make_gymdash_0_1_4``.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from gymdash_jupyter.states import SimState
from tests.store.gymdash_sql import add_simulation, connect

PATH = Path(__file__).with_name("gymdash_0_1_4.db")
_NULLS = '{"name": "null everywhere", "sim_key": "dqn", "sim_family": null, "sim_type": null, "kwargs": {}}'
_EMPTY = '{"name": "empty texts", "sim_key": "ppo", "sim_family": "", "sim_type": "", "kwargs": {"env": "A-v1"}}'

SIMULATIONS: tuple[dict[str, Any], ...] = (
    {
        "name": "succeeded",
        "state": SimState.SUCCEEDED,
        "is_done": 1,
        "ended": "2024-05-06 08:00:00.5",
    },
    {
        "name": "failed",
        "state": SimState.FAILED,
        "is_done": 1,
        "failed": 1,
        "ended": "2024-05-06 08:00:00.250000",
    },
    # 0.1.4 stores a cancel without counting it as failed.
    {
        "name": "cancelled",
        "state": SimState.CANCELLED,
        "is_done": 1,
        "cancelled": 1,
        "start_kwargs": None,
    },
    {"name": "killed", "state": SimState.LOST, "is_done": 1, "force_stopped": 1},
    {"name": "was running", "state": SimState.RUNNING},
    {
        "name": "null everywhere",
        "state": SimState.CREATED,
        "config": _NULLS,
        "start_kwargs": None,
        "started": None,
        "is_done": None,
        "cancelled": None,
        "failed": None,
        "force_stopped": None,
        "sim_type_name": None,
        "sim_module_name": None,
    },
    {
        "name": "empty texts",
        "state": SimState.CREATED,
        "config": _EMPTY,
        "started": None,
        "start_kwargs": "",
    },
    {
        "name": "whole second",
        "state": SimState.SUCCEEDED,
        "created": "2024-05-06 07:08:09",
        "is_done": 1,
    },
    {"name": None, "state": SimState.CREATED, "config": None, "created": None, "started": None},
)
"""One dict a row: what differs from ``gymdash_sql.add_simulation``'s defaults, and the state that should be read."""


def main() -> None:
    """Make the database anew."""
    PATH.unlink(missing_ok=True)
    with closing(connect(PATH)) as connection:
        for number, row in enumerate(SIMULATIONS):
            columns = {name: value for name, value in row.items() if name != "state"}
            sim_id = f"0c1a2b3c-0000-4000-8000-{number:012d}"
            add_simulation(connection, sim_id, **columns)
            statuses = [
                ("2024-05-06 07:08:10.000001", 2, 0, "first", ""),
                ("2024-05-06 07:08:11", 2, 0, "second", None),
            ]
            if row["name"] == "failed":
                statuses.append(
                    (
                        "2024-05-06 08:00:00.250000",
                        1,
                        1,
                        "boom",
                        "Traceback (most recent call last): ...",
                    )
                )
            connection.executemany(
                "INSERT INTO sim_status (sim_id, time, code, subcode, details, error_trace) VALUES (?, ?, ?, ?, ?, ?)",
                [(sim_id, *status) for status in statuses],
            )
        connection.executemany(
            "INSERT INTO api_calls (name, time, code, details) VALUES (?, ?, ?, ?)",
            [
                ("start-new-test", "2024-05-06 07:08:09.1", 0, "not JSON"),
                ("cancel", None, None, None),
            ],
        )
        connection.commit()


if __name__ == "__main__":
    main()
