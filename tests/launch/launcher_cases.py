"""What every launcher promises. A test module gives the fixture ``launcher`` and inherits the cases.

Looks only at what a tracker shows and at what the project's store holds when ``is_done`` is true, so that it fits
launchers in other processes as well.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from gymdash_jupyter.errors import InvalidArgumentError, SimulationStateError
from gymdash_jupyter.launch import relay
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch import samples
from tests.launch.samples import made
from tests.waiting import wait_until

FAIL, SUCCESS = SimStatusCode.FAIL, SimStatusCode.SUCCESS
NONE, ERROR, STOPPED = SimStatusSubcode.NONE, SimStatusSubcode.ERROR, SimStatusSubcode.STOPPED


class LauncherCases:
    """Inherit this and give a fixture ``launcher``: its name. ``patience_s`` is what a start may take.

    ``many`` is how many simulations begin at once, ``rounds`` how often two starts race.
    """

    patience_s = 60.0
    many = 20
    rounds = 5

    @pytest.fixture
    def tracker(self, project: Project, launcher: str) -> SimulationTracker:
        return SimulationTracker(launcher, project=project)

    @pytest.fixture
    def log(self, tmp_path: Path) -> Path:
        """Give the file where simulations note what is called."""
        return tmp_path / "log"

    @pytest.fixture
    def gate(self, tmp_path: Path) -> Path:
        """Give a file that simulations wait for."""
        return tmp_path / "gate"

    def ended(
        self, tracker: SimulationTracker, simulation_type: type[Simulation], **kwargs: Any
    ) -> Simulation:
        """Start one and wait until it is done."""
        sim = tracker.start_sim(made(simulation_type, **kwargs))[1]
        wait_until(lambda: sim.is_done, self.patience_s, what=f"{sim} to be done")
        return sim

    def running(
        self, tracker: SimulationTracker, simulation_type: type[Simulation], **kwargs: Any
    ) -> Simulation:
        """Start one and wait until it runs, in the project too."""
        sim = tracker.start_sim(made(simulation_type, **kwargs))[1]
        store = tracker.project.store
        wait_until(
            lambda: (
                sim.state is SimState.RUNNING
                and store.simulation(sim.sim_id).state is SimState.RUNNING
            ),
            self.patience_s,
            what=f"{sim} to run",
        )
        return sim

    def wait(self, sim: Simulation) -> None:
        wait_until(lambda: sim.is_done, self.patience_s, what=f"{sim} to be done")

    def stored(self, tracker: SimulationTracker, sim: Simulation) -> list[SimStatus]:
        """Give the stored statuses."""
        return [row.status for row in tracker.project.store.statuses([sim.sim_id])]

    # Being set up, run and ended exactly once

    def test_starting_returns_at_once(self, tracker: SimulationTracker, gate: Path) -> None:
        sim = tracker.start_sim(made(samples.SlowSetup, gate=str(gate)))[1]
        assert not sim.is_done  # and never will be, before the gate is there
        gate.touch()
        self.wait(sim)

    def test_it_is_set_up_and_run_once_in_this_order(
        self, tracker: SimulationTracker, log: Path
    ) -> None:
        self.ended(tracker, samples.Quick, log=str(log))
        assert log.read_text().split() == ["setup", "run"]

    def test_it_is_known_as_running_while_it_runs(self, tracker: SimulationTracker) -> None:
        sim = self.running(tracker, samples.Polite)
        record = tracker.project.store.simulation(sim.sim_id)
        assert (record.state, record.is_done, record.launcher) == (
            SimState.RUNNING,
            False,
            tracker._launcher.name,
        )
        assert record.owner is not None
        tracker.cancel(sim.sim_id)
        self.wait(sim)

    def test_what_its_process_used_is_known_when_it_is_done(
        self, tracker: SimulationTracker
    ) -> None:
        sim = self.ended(tracker, samples.Quick)
        used = tracker.project.store.resources([sim.sim_id])[sim.sim_id]
        record = tracker.project.store.simulation(sim.sim_id)
        assert record.ended is not None
        assert used[-1].time == pytest.approx(
            record.ended.timestamp(), abs=30
        )  # on a busy machine
        assert 10_000_000 < used[-1].memory_bytes < 100_000_000_000
        assert all(each.cpu >= 0 for each in used)

    def test_start_kwargs_reach_the_run_and_the_project(self, tracker: SimulationTracker) -> None:
        sim = tracker.start_sim(made(samples.Quick), n=5)[1]
        self.wait(sim)
        assert sim.start_kwargs == {"n": 5}
        assert sim.result == {"n": 5}
        assert tracker.project.store.simulation(sim.sim_id).start_kwargs == {"n": 5}

    def test_start_kwargs_that_it_does_not_take_are_refused_and_nothing_starts(
        self, tracker: SimulationTracker, log: Path
    ) -> None:
        class Narrow(samples.Quick):
            def _run(self, n: int = 3) -> None:  # type: ignore[override]
                pass

        with pytest.raises(InvalidArgumentError, match="Did you mean 'n'"):
            tracker.start_sim(made(Narrow, log=str(log)), nn=5)
        assert not log.exists()

    def test_it_cannot_be_started_twice(self, tracker: SimulationTracker, log: Path) -> None:
        sim = self.ended(tracker, samples.Quick, log=str(log))
        with pytest.raises(SimulationStateError, match="cannot be started again"):
            tracker.start_sim(sim)
        assert log.read_text().split() == ["setup", "run"]

    def test_of_two_starts_at_once_one_wins(self, tracker: SimulationTracker, log: Path) -> None:
        for n in range(self.rounds):
            sim = made(samples.Quick, log=f"{log}{n}")
            tracker.create_simulation(sim)
            refused: list[Exception] = []
            begin = threading.Barrier(2)

            def start(
                sim: Simulation = sim, begin: threading.Barrier = begin, refused: Any = refused
            ) -> None:
                begin.wait()
                try:
                    tracker.start_sim(sim)
                except SimulationStateError as exc:
                    refused.append(exc)

            threads = [threading.Thread(target=start) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.wait(sim)
            assert len(refused) == 1
            assert Path(f"{log}{n}").read_text().split() == ["setup", "run"]
            assert sim.state is SimState.SUCCEEDED

    # What is in the store when it is done

    def test_everything_it_said_is_stored_when_it_is_done(
        self, tracker: SimulationTracker
    ) -> None:
        sim = self.ended(tracker, samples.Quick)
        store = tracker.project.store
        record = store.simulation(sim.sim_id)
        assert (record.state, record.is_done, record.result) == (
            SimState.SUCCEEDED,
            True,
            {"n": 3},
        )
        points, _ = store.read_scalars(sim.sim_id, "score")
        assert (points.steps.tolist(), points.values.tolist()) == ([0, 1, 2], [0.0, 0.5, 1.0])
        assert record.progress is not None
        assert (record.progress.current, record.progress.total, record.progress.status) == (
            3,
            3,
            "counting",
        )
        assert record.started is not None
        assert record.ended is not None
        assert record.created is not None
        assert record.created <= record.started <= record.ended
        (closing,) = self.stored(tracker, sim)
        assert (closing.code, closing.subcode) == (SUCCESS, NONE)

    def test_what_it_asked_is_stored_and_closed_when_it_is_done(
        self, tracker: SimulationTracker
    ) -> None:
        sim = self.ended(tracker, samples.Quick)
        (request,) = tracker.project.store.control_requests([sim.sim_id], open_only=False)
        assert (request.sim_id, request.details, request.is_open) == (sim.sim_id, "Well?", False)

    def test_many_points_are_all_stored_when_it_is_done(self, tracker: SimulationTracker) -> None:
        sim = tracker.start_sim(made(samples.Quick), n=250_000)[1]
        self.wait(sim)
        points, _ = tracker.project.store.read_scalars(sim.sim_id, "score")
        assert points.steps.tolist() == list(range(250_000))

    def test_points_are_seen_while_it_runs(self, tracker: SimulationTracker) -> None:
        sim = self.running(tracker, samples.Polite)
        store = tracker.project.store
        wait_until(lambda: len(store.read_scalars(sim.sim_id, "score")[0]) >= 3, self.patience_s)
        tracker.cancel(sim.sim_id)
        self.wait(sim)

    def test_what_no_store_could_hold_harms_nobody(
        self, tracker: SimulationTracker, caplog: pytest.LogCaptureFixture
    ) -> None:
        poisonous = tracker.start_sim(made(samples.Poisonous))[1]
        sim = self.ended(tracker, samples.Quick)
        self.wait(poisonous)
        store = tracker.project.store
        assert store.simulation(poisonous.sim_id).is_done
        assert len(store.read_scalars(sim.sim_id, "score")[0]) == 3
        assert len(store.read_scalars(poisonous.sim_id, "values")[0]) == 3
        said = [message for message in caplog.messages if str(store.path) in message]
        assert not [message for message in said if "cannot be written" in message]

    # How it ends

    @pytest.mark.parametrize(
        ("simulation_type", "state", "code", "subcode", "details", "called"),
        [
            (samples.FailingSetup, "failed", FAIL, ERROR, "no such environment", ["setup"]),
            (samples.FailingRun, "failed", FAIL, ERROR, "the loss is gone", ["setup", "run"]),
            (samples.Exits, "failed", FAIL, ERROR, "SystemExit: 3", ["setup", "run"]),
            (samples.ExitsInSetup, "failed", FAIL, ERROR, "SystemExit", ["setup"]),
            (
                samples.Interrupts,
                "cancelled",
                FAIL,
                STOPPED,
                "Simulation stopped.",
                ["setup", "run"],
            ),
            (
                samples.StopsItself,
                "cancelled",
                FAIL,
                STOPPED,
                "enough for today",
                ["setup", "run"],
            ),
            (samples.GymDashFailing, "failed", FAIL, ERROR, "could not count", ["setup", "run"]),
        ],
    )
    def test_how_it_ends_is_stored_with_its_reason(
        self,
        tracker: SimulationTracker,
        log: Path,
        simulation_type: type[Simulation],
        state: str,
        code: SimStatusCode,
        subcode: SimStatusSubcode,
        details: str,
        called: list[str],
    ) -> None:
        sim = self.ended(tracker, simulation_type, log=str(log))
        record = tracker.project.store.simulation(sim.sim_id)
        assert (record.state, sim.state) == (SimState(state), SimState(state))
        (closing,) = self.stored(tracker, sim)
        assert (closing.code, closing.subcode, closing.details) == (code, subcode, details)
        assert log.read_text().split() == called

    def test_an_error_is_stored_with_its_whole_trace(self, tracker: SimulationTracker) -> None:
        sim = self.ended(tracker, samples.FailingRun)
        (closing,) = self.stored(tracker, sim)
        assert 'raise ValueError("the loss is gone")' in closing.error_trace

    def test_points_before_an_error_are_stored(self, tracker: SimulationTracker) -> None:
        sim = self.ended(tracker, samples.FailingRun)
        assert len(tracker.project.store.read_scalars(sim.sim_id, "score")[0]) == 1

    def test_one_that_fails_harms_no_other(self, tracker: SimulationTracker) -> None:
        polite = self.running(tracker, samples.Polite)
        for simulation_type in (
            samples.FailingRun,
            samples.FailingSetup,
            samples.Exits,
            samples.Interrupts,
        ):
            self.ended(tracker, simulation_type)
        assert polite.state is SimState.RUNNING
        assert self.ended(tracker, samples.Quick).state is SimState.SUCCEEDED
        tracker.cancel(polite.sim_id)
        self.wait(polite)

    # Callbacks

    def test_callbacks_come_in_order_and_before_it_is_done(
        self, tracker: SimulationTracker
    ) -> None:
        sim = made(samples.Quick)
        seen: list[Any] = []
        for event in ("start_setup", "end_setup", "start_run"):
            sim.add_callback(event, lambda event=event: seen.append(event))
        sim.add_callback("end_run", lambda s: seen.append((s.state, s.result, s.is_done)))
        tracker.start_sim(sim)
        self.wait(sim)
        assert seen == [
            "start_setup",
            "end_setup",
            "start_run",
            (SimState.SUCCEEDED, {"n": 3}, False),
        ]

    def test_the_end_is_stored_before_callbacks_hear_of_it(
        self, tracker: SimulationTracker
    ) -> None:
        sim = made(samples.Quick)
        seen: list[Any] = []

        def look() -> None:
            store = tracker.project.store
            seen.append(
                (
                    store.simulation(sim.sim_id).state,
                    len(store.read_scalars(sim.sim_id, "score")[0]),
                )
            )

        sim.add_callback("end_run", look)
        tracker.start_sim(sim)
        self.wait(sim)
        assert seen == [(SimState.SUCCEEDED, 3)]

    def test_a_callback_that_fails_becomes_a_stored_status(
        self, tracker: SimulationTracker
    ) -> None:
        sim = made(samples.Quick)
        sim.add_callback("end_run", lambda: 1 / 0)
        tracker.start_sim(sim)
        self.wait(sim)
        last = self.stored(tracker, sim)[-1]
        assert "ZeroDivisionError" in last.details
        assert tracker.project.store.simulation(sim.sim_id).state is SimState.SUCCEEDED

    # Being stopped

    def test_stopping_one_that_looks(self, tracker: SimulationTracker) -> None:
        sim = self.running(tracker, samples.Polite)
        tracker.cancel(sim.sim_id)
        self.wait(sim)
        record = tracker.project.store.simulation(sim.sim_id)
        assert (
            record.state,
            record.cancelled,
            record.failed,
            record.force_stopped,
            record.result,
        ) == (
            SimState.CANCELLED,
            True,
            True,
            False,
            "stopped",
        )
        assert record.stop_asked is not None

    def test_a_stop_before_it_runs_means_that_run_is_not_entered(
        self, tracker: SimulationTracker, log: Path, gate: Path
    ) -> None:
        sim = tracker.start_sim(made(samples.SlowSetup, log=str(log), gate=str(gate)))[1]
        wait_until(log.exists, self.patience_s)
        tracker.cancel(sim.sim_id)
        gate.touch()
        self.wait(sim)
        assert (sim.state, log.read_text().split()) == (SimState.CANCELLED, ["setup"])

    def test_force_stops_one_that_never_looks(self, tracker: SimulationTracker) -> None:
        sim = self.running(tracker, samples.Deaf)
        tracker.cancel(sim.sim_id, force=True)
        self.wait(sim)
        record = tracker.project.store.simulation(sim.sim_id)
        assert (record.state, record.cancelled, record.failed, record.force_stopped) == (
            SimState.CANCELLED,
            True,
            True,
            True,
        )

    def test_without_force_one_that_never_looks_goes_on(self, tracker: SimulationTracker) -> None:
        sim = self.running(tracker, samples.Deaf)
        tracker.cancel(sim.sim_id)
        assert not sim.wait(0.3)
        assert tracker.project.store.simulation(sim.sim_id).stop_asked is not None
        tracker.cancel(sim.sim_id, force=True)
        self.wait(sim)

    def test_force_is_used_again_on_one_that_swallows_errors(
        self, tracker: SimulationTracker, log: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(relay, "_FORCE_AGAIN_S", 0.1)
        sim = self.running(tracker, samples.Stubborn, log=str(log))
        tracker.cancel(sim.sim_id, force=True)
        self.wait(sim)
        assert sim.state is SimState.CANCELLED

    def test_stopping_twice_or_after_the_end_is_harmless(self, tracker: SimulationTracker) -> None:
        sim = self.running(tracker, samples.Polite)
        for force in (False, False, True, True):
            tracker.cancel(sim.sim_id, force=force)
        self.wait(sim)
        tracker.cancel(sim.sim_id, force=True)
        assert sim.state is SimState.CANCELLED
        assert len([s for s in self.stored(tracker, sim) if s.code is FAIL]) == 1

    def test_another_tracker_can_stop_it(
        self, tracker: SimulationTracker, project: Project
    ) -> None:
        sim = self.running(tracker, samples.Polite)
        other = SimulationTracker(project=Project.open(project.folder))
        other.cancel(sim.sim_id)
        self.wait(sim)
        assert other.get_sim(sim.sim_id).state is SimState.CANCELLED

    def test_another_tracker_can_stop_it_with_force(
        self, tracker: SimulationTracker, project: Project
    ) -> None:
        sim = self.running(tracker, samples.Deaf)
        SimulationTracker(project=Project.open(project.folder)).cancel(sim.sim_id, force=True)
        self.wait(sim)
        assert tracker.project.store.simulation(sim.sim_id).force_stopped

    # Being asked

    def test_it_answers_what_it_is_asked(self, tracker: SimulationTracker) -> None:
        sim = self.running(tracker, samples.Polite)
        assert tracker.query(sim.sim_id, custom_query=[1, "a"]) == {
            "custom_query": {"you said": [1, "a"]}
        }
        tracker.cancel(sim.sim_id)
        self.wait(sim)

    def test_a_reply_to_its_question_reaches_it(self, tracker: SimulationTracker) -> None:
        sim = self.running(tracker, samples.Asking)
        wait_until(lambda: tracker.project.store.control_requests([sim.sim_id]), self.patience_s)
        assert tracker.query(sim.sim_id, custom_query={"number": 7}) == {"custom_query": "thanks"}
        self.wait(sim)
        assert sim.result == {"number": 7}

    # Many

    def test_many_at_once_all_end_with_all_they_said(self, tracker: SimulationTracker) -> None:
        ends: list[Any] = []
        sims = [made(samples.Quick) for _ in range(self.many)]
        for sim in sims:
            sim.add_callback("end_run", lambda s: ends.append(s.sim_id))
            tracker.start_sim(sim, n=100)
        for sim in sims:
            self.wait(sim)
        assert sorted(map(str, ends)) == sorted(str(sim.sim_id) for sim in sims)
        store = tracker.project.store
        assert {len(store.read_scalars(sim.sim_id, "score")[0]) for sim in sims} == {100}
        assert {record.state for record in store.simulations()} == {SimState.SUCCEEDED}
