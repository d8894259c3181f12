"""Two processes that want the same thing at the same moment: exactly one gets it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

from gymdash_jupyter.store import ProjectStore
from tests.launch.other_process import OtherProcess
from tests.store.makers import OWNER, queued

N_ROUNDS = 60

_BEGIN = """
import json, sys
from pathlib import Path
from uuid import UUID
from gymdash_jupyter.records import Keeper, ProcessIdentity, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import Move, open_store
from tests.store.makers import OWNER, created

store, number = open_store(Path(sys.argv[1])), int(sys.argv[2])
me = ProcessIdentity("race", number, "1", "box")
ids = [UUID(text) for text in json.loads(sys.argv[3])]
print("ready")
input()
"""

_TAKE = """
won = [
    str(sim_id) for sim_id in ids
    if store.move(Move(sim_id, SimState.SETTING_UP, now_utc(), owner=me, taken_from=OWNER))
]
print(json.dumps(won))
"""

_SETTLE = """
from tests.store.makers import status
won = [str(sim_id) for sim_id in ids if store.settle(sim_id, OWNER, status())]
print(json.dumps(won))
"""

# Everybody replaces the keeper of round n by the keeper of round n + 1.
_REPLACE = f"""
def keeper(n):
    return Keeper(ProcessIdentity("race", n, "1", "box"), str(number))
won = [
    n for n in range({N_ROUNDS})
    if store.become_keeper(keeper(n + 1), replaced=keeper(n).identity if n else None)
]
print(json.dumps(won))
"""

_COME_AND_GO = """
n_resigned = 0
while store.max_running() is None:
    store.become_keeper(Keeper(me), replaced=None)
    n_resigned += store.resign_keeper(me)
print(n_resigned)
"""


def race(database: Path, code: str, *arguments: object) -> list[list[object]]:
    """Let two processes run the same code at once and give what each of them won."""
    with ExitStack() as stack:
        racers = [
            stack.enter_context(OtherProcess(_BEGIN + code, database, number, *arguments))
            for number in (1, 2)
        ]
        for racer in racers:
            assert racer.line() == "ready"
        for racer in racers:
            racer.say()
        return [json.loads(racer.line()) for racer in racers]


def test_a_queued_simulation_is_taken_once(database: Path, store: ProjectStore) -> None:
    ids = [queued(store, owner=OWNER) for _ in range(N_ROUNDS)]
    one, two = race(database, _TAKE, json.dumps([str(sim_id) for sim_id in ids]))
    assert sorted([*one, *two]) == sorted(str(sim_id) for sim_id in ids)
    owners = {str(sim_id): store.simulation(sim_id).owner for sim_id in ids}
    assert {owner.pid for owner in map(owners.get, one) if owner is not None} <= {1}
    assert {owner.pid for owner in map(owners.get, two) if owner is not None} <= {2}
    assert store.queue() == []


def test_a_dead_process_is_settled_once(database: Path, store: ProjectStore) -> None:
    ids = [queued(store, owner=OWNER) for _ in range(N_ROUNDS)]
    one, two = race(database, _SETTLE, json.dumps([str(sim_id) for sim_id in ids]))
    assert sorted([*one, *two]) == sorted(str(sim_id) for sim_id in ids)
    assert len(store.statuses()) == N_ROUNDS


def test_one_of_two_becomes_keeper(database: Path, store: ProjectStore) -> None:
    one, two = race(database, _REPLACE, "[]")
    assert sorted([*one, *two], key=str) == sorted(range(N_ROUNDS), key=str)
    keeper = store.keeper()
    assert keeper is not None
    assert (keeper.identity.pid, keeper.address) == (N_ROUNDS, "1" if N_ROUNDS - 1 in one else "2")


def test_a_keeper_that_was_seen_stays_until_the_queue_is_empty(
    database: Path, store: ProjectStore
) -> None:
    with OtherProcess(_BEGIN + _COME_AND_GO, database, 1, "[]") as other:
        assert other.line() == "ready"
        other.say()
        n_seen = 0
        while n_seen < N_ROUNDS:
            sim_id = queued(store)
            seen = store.keeper()
            later_seen = [store.keeper() for _ in range(3)]
            n_seen += seen is not None
            assert seen is None or later_seen == [seen] * 3
            store.delete([sim_id])
        store.set_max_running(1)
        assert int(other.line()) > 0
