"""Groups, and who is called or woken when simulations end, wherever they run."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.errors import InvalidArgumentError, UnknownSimulationError
from gymdash_jupyter.groups import SimulationGroup
from gymdash_jupyter.project import Project
from gymdash_jupyter.states import SimState
from gymdash_jupyter.store import ProjectStore
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.dying import RUNNING
from tests.launch.other_process import OtherProcess
from tests.launch.samples import FailingRun, FailingSetup, Gated, Polite, Quick, made
from tests.tracker.conftest import done
from tests.waiting import wait_until


def counted() -> tuple[list[int], Any]:
    """Give a list and a callback that appends to it."""
    calls: list[int] = []
    return calls, lambda: calls.append(1)


# Groups


def test_a_group_knows_its_simulations(tracker: SimulationTracker) -> None:
    group = tracker.create_simulations([made(Quick), made(Quick)])
    assert isinstance(group, gd.SimulationGroup)
    assert isinstance(group.id, UUID)
    assert group.ids == [sim.sim_id for sim in group.sims]
    assert group.infos == list(zip(group.ids, group.sims, strict=True))
    assert len(group) == 2
    assert list(group) == group.sims


def test_a_group_is_created_whole_or_not_at_all(
    tracker: SimulationTracker, store: ProjectStore
) -> None:
    with pytest.raises(KeyError):
        tracker.create_simulations([made(Quick), "no such key"])
    assert store.simulations() == []


def test_all_done_and_any_running_are_properties_of_a_group(tracker: SimulationTracker) -> None:
    group = tracker.create_simulations([made(Quick), made(Quick)])
    assert (group.all_done, group.any_running) == (False, True)
    tracker.start_sims(group)
    wait_until(lambda: group.all_done)
    assert group.any_running is False


def test_an_empty_group_is_done() -> None:
    assert (SimulationGroup([]).all_done, SimulationGroup([]).any_running) == (True, False)


def test_starting_a_group_gives_all_of_them_the_same_kwargs(tracker: SimulationTracker) -> None:
    group = tracker.start_sims([made(Quick), made(Quick)], n=4)
    done(*group.sims)
    assert [sim.result for sim in group] == [{"n": 4}] * 2


def test_starting_a_group_that_was_created_starts_that_one(
    tracker: SimulationTracker, store: ProjectStore
) -> None:
    group = tracker.create_simulations([made(Quick)])
    assert tracker.start_sims(group) is group
    done(*group.sims)
    assert len(store.simulations()) == 1


def test_a_group_may_name_a_launcher(tracker: SimulationTracker) -> None:
    group = tracker.start_sims([made(Quick)], launcher="thread")
    done(*group.sims)
    assert tracker.project.store.simulation(group.ids[0]).launcher == "thread"


def test_all_are_checked_before_one_is_started(tracker: SimulationTracker) -> None:
    class Narrow(Quick):
        def _run(self) -> None:  # type: ignore[override]
            pass

    group = tracker.create_simulations([made(Quick), made(Narrow)])
    with pytest.raises(InvalidArgumentError, match=r"Narrow._run\(\) was given n"):
        tracker.start_sims(group, n=4)
    assert [sim.state for sim in group] == [SimState.CREATED] * 2


def test_the_end_of_all_calls_once_without_arguments(tracker: SimulationTracker) -> None:
    group = tracker.create_simulations([made(Quick) for _ in range(5)])
    calls, callback = counted()
    group.add_on_all_run_end(callback)
    tracker.start_sims(group)
    done(*group.sims)
    assert calls == [1]


def test_the_start_of_all_calls_once(tracker: SimulationTracker) -> None:
    group = tracker.create_simulations([made(Quick) for _ in range(5)])
    calls, callback = counted()
    group.add_on_all_run_start(callback)
    tracker.start_sims(group)
    done(*group.sims)
    assert calls == [1]


def test_each_start_and_end_calls_with_its_simulation(tracker: SimulationTracker) -> None:
    group = tracker.create_simulations([made(Quick) for _ in range(3)])
    starts: list[Any] = []
    ends: list[Any] = []
    group.add_on_each_run_start(starts.append)
    group.add_on_each_run_end(ends.append)
    tracker.start_sims(group)
    done(*group.sims)
    assert set(starts) == set(ends) == set(group.sims)
    assert len(starts) == len(ends) == 3


def test_failed_setups_and_cancels_in_the_queue_count_as_ends(
    tracker: SimulationTracker, gate: Path
) -> None:
    sims = [
        made(FailingSetup),
        made(FailingRun),
        made(Gated, gate=str(gate)),
        made(Quick),
        made(Quick),
    ]
    group = tracker.create_simulations(sims)
    calls, callback = counted()
    group.add_on_all_run_end(callback)
    for sim in sims[:4]:
        tracker.queue_sim(sim)
    done(*sims[:2])
    tracker.cancel(sims[3])  # waits in the queue
    tracker.cancel(sims[4])  # was never started
    gate.touch()
    done(*sims)
    assert calls == [1]


def test_a_callback_that_comes_late_is_called_at_once(tracker: SimulationTracker) -> None:
    group = tracker.start_sims([made(Quick), made(Quick)])
    done(*group.sims)
    calls, callback = counted()
    for add in (
        group.add_on_all_run_end,
        group.add_on_all_run_start,
        group.add_on_each_run_end,
        group.add_on_each_run_start,
    ):
        add(callback)
    assert len(calls) == 1 + 1 + 2 + 2


def test_callbacks_of_a_group_come_after_those_of_its_simulations(
    tracker: SimulationTracker,
) -> None:
    group = tracker.create_simulations([made(Quick)])
    order: list[str] = []
    group.add_on_all_run_end(lambda: order.append("all"))
    group.sims[0].add_callback("end_run", lambda: order.append("one"))
    tracker.start_sims(group)
    done(*group.sims)
    assert order == ["one", "all"]


def test_an_error_in_a_callback_of_a_group_becomes_a_status(
    tracker: SimulationTracker, store: ProjectStore
) -> None:
    group = tracker.create_simulations([made(Quick)])
    calls, callback = counted()
    group.add_on_all_run_end(lambda: 1 / 0)
    group.add_on_all_run_end(callback)
    tracker.start_sims(group)
    done(*group.sims)
    assert calls == [1]
    assert "ZeroDivisionError" in store.statuses(group.ids)[-1].status.details


def test_stopping_a_group_stops_all(tracker: SimulationTracker) -> None:
    group = tracker.start_sims([made(Polite), made(Polite)])
    group.cancel()
    done(*group.sims)
    assert [sim.state for sim in group] == [SimState.CANCELLED] * 2


# all_done and any_running


def test_none_at_all_are_all_done(tracker: SimulationTracker) -> None:
    assert tracker.all_done([]) is True
    assert tracker.any_running([]) is False


@pytest.mark.parametrize(
    "form", [lambda i: i, str, lambda i: [i], lambda i: (str(i), i), lambda i: {i}]
)
def test_ids_in_any_form(tracker: SimulationTracker, form: Any) -> None:
    sim_id, sim = tracker.start_sim(made(Quick))
    done(sim)
    assert tracker.all_done(form(sim_id)) is True
    assert tracker.any_running(form(sim_id)) is False


def test_a_simulation_or_a_group_stands_for_its_ids(tracker: SimulationTracker) -> None:
    group = tracker.start_sims([made(Quick), made(Quick)])
    tracker.wait(group)
    assert tracker.all_done(group)
    assert tracker.all_done(group.sims[0])
    assert tracker.all_done(group.sims)


def test_created_and_queued_ones_are_not_done(tracker: SimulationTracker, gate: Path) -> None:
    created = tracker.create_simulation(made(Quick))[0]
    tracker.queue_sim(made(Gated, gate=str(gate)))
    queued = tracker.queue_sim(made(Quick))[0]
    for sim_id in (created, queued):
        assert tracker.all_done(sim_id) is False
        assert tracker.any_running(sim_id) is True


def test_one_that_runs_is_enough(tracker: SimulationTracker) -> None:
    quick, polite = tracker.start_sim(made(Quick))[1], tracker.start_sim(made(Polite))[1]
    done(quick)
    assert tracker.all_done([quick.sim_id, polite.sim_id]) is False
    assert tracker.any_running([quick.sim_id, polite.sim_id]) is True


@pytest.mark.parametrize("method", ["all_done", "any_running", "wait"])
def test_an_unknown_id_raises_also_beside_known_ones(
    tracker: SimulationTracker, method: str
) -> None:
    polite = tracker.start_sim(made(Polite))[0]
    unknown = uuid4()
    with pytest.raises(
        UnknownSimulationError, match=f"No simulation has the id {unknown} in the project at"
    ):
        getattr(tracker, method)([polite, unknown], *([0] if method == "wait" else []))


def test_what_another_tracker_runs_is_known(
    tracker: SimulationTracker, other: SimulationTracker
) -> None:
    sim_id, sim = tracker.start_sim(made(Polite))
    assert other.any_running(sim_id)
    tracker.cancel(sim)
    done(sim)
    assert other.all_done(sim_id)


# Waiting


def test_waiting_gives_the_states(tracker: SimulationTracker) -> None:
    ids = [tracker.start_sim(made(kind))[0] for kind in (Quick, FailingRun)]
    assert tracker.wait(ids) == {ids[0]: SimState.SUCCEEDED, ids[1]: SimState.FAILED}


def test_waiting_no_longer_than_asked(tracker: SimulationTracker) -> None:
    sim_id = tracker.start_sim(made(Polite))[0]
    assert not tracker.wait(str(sim_id), timeout_s=0.05)[sim_id].is_terminal


def test_waiting_for_what_another_tracker_runs(
    tracker: SimulationTracker, other: SimulationTracker
) -> None:
    sim_id, _ = tracker.start_sim(made(Quick))
    assert other.wait(sim_id, timeout_s=60) == {sim_id: SimState.SUCCEEDED}


def test_waiting_for_a_process_that_dies_ends_with_lost(
    tracker: SimulationTracker, project: Project
) -> None:
    with OtherProcess(RUNNING, project.folder) as running:
        sim_id = UUID(running.line())
        assert tracker.wait(sim_id, timeout_s=0) == {sim_id: SimState.RUNNING}
        killer = threading.Timer(0.2, running.kill)
        killer.start()
        assert tracker.wait(sim_id, timeout_s=60) == {sim_id: SimState.LOST}
        killer.join()


# on_all_done and on_any_done


def test_on_all_done_calls_once_when_the_last_has_ended(
    tracker: SimulationTracker, gate: Path
) -> None:
    first = tracker.start_sim(made(Quick))[1]
    last = tracker.start_sim(made(Gated, gate=str(gate)))[1]
    calls, callback = counted()
    assert isinstance(tracker.on_all_done([first.sim_id, str(last.sim_id)], callback), UUID)
    done(first)
    assert calls == []
    gate.touch()
    done(last)
    assert calls == [1]


def test_on_all_done_of_a_single_id(tracker: SimulationTracker) -> None:
    sim_id, sim = tracker.create_simulation(made(Quick))
    calls, callback = counted()
    tracker.on_all_done(sim_id, callback)
    tracker.start_sim(sim)
    done(sim)
    assert calls == [1]


def test_on_all_done_of_what_is_done_calls_at_once(tracker: SimulationTracker) -> None:
    sim_id, sim = tracker.start_sim(made(Quick))
    done(sim)
    calls, callback = counted()
    tracker.on_all_done([sim_id, sim_id], callback)
    tracker.on_all_done([], callback)
    assert calls == [1, 1]


def test_more_callbacks_can_be_added_early_and_late(
    tracker: SimulationTracker, gate: Path
) -> None:
    sim_id, sim = tracker.start_sim(made(Gated, gate=str(gate)))
    calls, callback = counted()
    callback_id = tracker.on_all_done(sim_id, callback)
    tracker.add_on_all_done(callback_id, callback)
    gate.touch()
    done(sim)
    assert calls == [1, 1]
    tracker.add_on_all_done(str(callback_id), callback)
    assert calls == [1, 1, 1]


def test_an_unknown_callback_id_is_refused(tracker: SimulationTracker) -> None:
    with pytest.raises(InvalidArgumentError, match="has not returned the callback id"):
        tracker.add_on_all_done(uuid4(), print)


def test_on_any_done_calls_at_the_first_end_only(tracker: SimulationTracker) -> None:
    group = tracker.create_simulations([made(Quick) for _ in range(4)])
    calls, callback = counted()
    tracker.on_any_done(group.ids, callback)
    tracker.start_sims(group)
    done(*group.sims)
    assert calls == [1]


def test_on_any_done_calls_every_time_on_wish(tracker: SimulationTracker) -> None:
    group = tracker.create_simulations(
        [made(kind) for kind in (Quick, FailingSetup, FailingRun, Quick)]
    )
    calls, callback = counted()
    tracker.on_any_done(group.ids, callback, every_time=True)
    tracker.start_sims(group)
    done(*group.sims)
    assert calls == [1] * 4


def test_callbacks_without_arguments_only(tracker: SimulationTracker) -> None:
    sim_id, sim = tracker.create_simulation(made(Quick))
    got: list[Any] = []
    tracker.on_all_done(sim_id, lambda *args: got.append(args))
    tracker.on_any_done(sim_id, lambda i=1: got.append(i))
    tracker.start_sim(sim)
    done(sim)
    assert got == [(), 1]


def test_a_callback_that_fails_is_a_status_and_harms_nobody(
    tracker: SimulationTracker, store: ProjectStore
) -> None:
    sim_id, sim = tracker.create_simulation(made(Quick))
    calls, callback = counted()
    tracker.on_all_done(sim_id, lambda: 1 / 0)
    tracker.on_all_done(sim_id, callback)
    tracker.start_sim(sim)
    done(sim)
    assert calls == [1]
    assert "ZeroDivisionError" in store.statuses([sim_id])[-1].status.details


def test_state_is_final_and_is_done_false_inside_the_callback(tracker: SimulationTracker) -> None:
    sim_id, sim = tracker.create_simulation(made(Quick))
    seen: list[Any] = []
    tracker.on_all_done(sim_id, lambda: seen.append((sim.state, sim.is_done)))
    tracker.start_sim(sim)
    done(sim)
    assert seen == [(SimState.SUCCEEDED, False)]


def test_ends_of_what_another_tracker_runs_are_noticed(
    tracker: SimulationTracker, other: SimulationTracker
) -> None:
    sim_id, sim = tracker.start_sim(made(Polite))
    calls, callback = counted()
    other.on_all_done(sim_id, callback)
    other.on_any_done(sim_id, callback)
    tracker.cancel(sim)
    wait_until(lambda: calls == [1, 1])


def test_the_death_of_a_process_is_noticed(tracker: SimulationTracker, project: Project) -> None:
    with OtherProcess(RUNNING, project.folder) as running:
        sim_id = running.line()
        calls, callback = counted()
        tracker.on_all_done(sim_id, callback)
        running.kill()
        wait_until(lambda: calls == [1])
    assert tracker.get_sim(sim_id).state is SimState.LOST


def test_an_unknown_id_is_refused_and_nothing_is_called(tracker: SimulationTracker) -> None:
    calls, callback = counted()
    for method in (tracker.on_all_done, tracker.on_any_done):
        with pytest.raises(UnknownSimulationError):
            method([uuid4()], callback)
    assert calls == []
