"""A warm start changes nothing but the time: forked simulations behave as those in fresh processes."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

import gymdash_jupyter as gd
from gymdash_jupyter.launch.warm_start import forking, warm
from gymdash_jupyter.launch.warm_start.warm import Warmth
from gymdash_jupyter.project import Project
from gymdash_jupyter.simulation import Simulation
from gymdash_jupyter.simulations import StableBaselinesSimulation
from gymdash_jupyter.states import SimState
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch import samples, warm_samples
from tests.launch.launcher_cases import LauncherCases
from tests.launch.other_process import OtherProcess
from tests.launch.samples import made
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux")

PATIENCE_S = 60.0


@pytest.fixture(autouse=True)
def _give_forks_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start nothing cold only because the machine is busy."""
    monkeypatch.setattr(forking, "_ANSWER_S", PATIENCE_S)


@pytest.fixture(scope="module")
def shared() -> Iterator[Warmth]:
    """Give a template in which the samples are warm."""
    warmth = Warmth()
    warmth.warm_up(samples.Noting, wait=True)
    warmth.warm_up(warm_samples.Looking, wait=True)
    yield warmth
    warmth.end()


@pytest.fixture
def warmth(shared: Warmth, monkeypatch: pytest.MonkeyPatch) -> Warmth:
    """Let this process use it."""
    monkeypatch.setattr(warm, "warmth", shared)
    return shared


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Warmth]:
    """Give an empty one that a test may spoil."""
    warmth = Warmth()
    monkeypatch.setattr(warm, "warmth", warmth)
    yield warmth
    warmth.end()


@pytest.fixture
def tracker(project: Project) -> SimulationTracker:
    return SimulationTracker("process", project=project)


def template_of(warmth: Warmth) -> psutil.Process:
    assert warmth._template is not None
    return psutil.Process(warmth._template.pid)


def ended(tracker: SimulationTracker, simulation_type: type[Simulation], **kwargs: Any) -> Any:
    sim = tracker.start_sim(made(simulation_type, **kwargs))[1]
    wait_until(lambda: sim.is_done, PATIENCE_S, what=f"{sim} to be done")
    assert sim.state is SimState.SUCCEEDED, sim.statuses
    return sim.result


def started(tracker: SimulationTracker, **kwargs: Any) -> Simulation:
    sim = tracker.start_sim(made(samples.Polite, **kwargs))[1]
    wait_until(lambda: sim.state is SimState.RUNNING, PATIENCE_S, what=f"{sim} to run")
    return sim


def worker_of(tracker: SimulationTracker, sim: Simulation) -> psutil.Process:
    owner = tracker.project.store.simulation(sim.sim_id).owner
    assert owner is not None
    return psutil.Process(owner.pid)


def end(tracker: SimulationTracker, sim: Simulation) -> None:
    tracker.cancel(sim.sim_id)
    wait_until(lambda: sim.is_done, PATIENCE_S)


def details(tracker: SimulationTracker, sim: Simulation) -> str:
    return tracker.project.store.statuses([sim.sim_id])[-1].status.details


class TestWarm(LauncherCases):
    patience_s = PATIENCE_S

    @pytest.fixture
    def launcher(self, warmth: Warmth) -> str:
        self.warmth = warmth
        return "process"

    def running(
        self, tracker: SimulationTracker, simulation_type: type[Simulation], **kwargs: Any
    ) -> Simulation:
        sim = super().running(tracker, simulation_type, **kwargs)
        assert worker_of(tracker, sim).ppid() == template_of(self.warmth).pid
        return sim


# What a forked simulation finds


def test_a_forked_simulation_leads_a_session_of_its_own(
    tracker: SimulationTracker, warmth: Warmth
) -> None:
    result = ended(tracker, warm_samples.Looking)
    assert result["parent"] == template_of(warmth).pid
    assert result["leader"] == [result["pid"], result["pid"]]


def test_a_forked_simulation_finds_what_one_in_a_fresh_process_finds(
    tracker: SimulationTracker,
    warmth: Warmth,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "later")
    monkeypatch.setenv("SOMETHING_NEW", "1")
    monkeypatch.setattr(sys, "argv", ["mine", "--fast"])
    forked = ended(tracker, warm_samples.Looking)
    monkeypatch.setattr(warm, "warmth", Warmth())
    fresh = ended(tracker, warm_samples.Looking)
    assert [forked["parent"], fresh["parent"]] == [template_of(warmth).pid, os.getpid()]
    variables = forked["process"]["variables"]
    assert variables["SOMETHING_NEW"] == "1"
    assert variables.pop("CUDA_VISIBLE_DEVICES") == ""
    fresh["process"]["variables"].pop("CUDA_VISIBLE_DEVICES", None)
    assert forked["process"] == fresh["process"]


def test_two_forked_simulations_draw_other_random_numbers(
    tracker: SimulationTracker, warmth: Warmth
) -> None:
    first, second = (ended(tracker, warm_samples.Looking)["random"] for _ in range(2))
    assert not set(first) & set(second)


@pytest.mark.slow
def test_a_seeded_training_records_the_same_warm_and_cold(
    tracker: SimulationTracker, own: Warmth
) -> None:
    kwargs = {"num_steps": 1024, "seed": 3, "eval_every": 512, "eval_episodes": 2}
    kwargs["algorithm_kwargs"] = {"n_steps": 256, "device": "cpu"}
    cold = tracker.start_sim(made(StableBaselinesSimulation, **kwargs))[1]
    assert cold.wait(60)
    own.warm_up(StableBaselinesSimulation, wait=True)
    hot = tracker.start_sim(made(StableBaselinesSimulation, **kwargs))[1]
    assert worker_of(tracker, hot).ppid() == template_of(own).pid
    assert hot.wait(60)
    assert _points(tracker, hot) == _points(tracker, cold)
    assert len(_points(tracker, hot)) > 10


def _points(tracker: SimulationTracker, sim: Simulation) -> dict[str, list[list[float]]]:
    store = tracker.project.store
    keys = [row.key for row in store.series([sim.sim_id]) if "time" not in row.key]
    series = {key: store.read_scalars(sim.sim_id, key)[0] for key in keys}
    return {key: [s.steps.tolist(), s.values.tolist()] for key, s in series.items()}


# Its end


def test_the_signal_that_killed_a_forked_simulation_is_known(
    tracker: SimulationTracker, warmth: Warmth
) -> None:
    sim = started(tracker)
    worker_of(tracker, sim).kill()
    wait_until(lambda: sim.is_done, PATIENCE_S)
    assert sim.state is SimState.LOST
    assert "was killed by SIGKILL" in details(tracker, sim)


def test_simulations_go_on_without_their_template_and_their_end_is_seen(
    tracker: SimulationTracker, own: Warmth
) -> None:
    own.warm_up(samples.Noting, wait=True)
    going, dying = started(tracker), started(tracker)
    template = template_of(own)
    template.kill()
    wait_until(lambda: not template.is_running(), PATIENCE_S)
    worker_of(tracker, dying).kill()
    wait_until(lambda: dying.is_done, PATIENCE_S)
    assert dying.state is SimState.LOST
    assert going.state is SimState.RUNNING
    end(tracker, going)
    assert going.state is SimState.CANCELLED
    assert tracker.start_sim(made(samples.Quick))[1].wait(PATIENCE_S)  # cold


def test_a_death_is_seen_while_the_template_is_busy(
    tracker: SimulationTracker, own: Warmth
) -> None:
    own.warm_up(samples.Noting, wait=True)
    sim = started(tracker)
    template = template_of(own)
    template.suspend()
    try:
        worker_of(tracker, sim).kill()
        wait_until(lambda: sim.is_done, PATIENCE_S)
    finally:
        template.resume()
    assert sim.state is SimState.LOST


_KERNEL = """
import sys
from gymdash_jupyter.launch.warm_start import forking, warm
from gymdash_jupyter.project import Project
from gymdash_jupyter.tracker import SimulationTracker
from tests.launch.samples import Noting, Polite, made
from tests.waiting import wait_until
forking._ANSWER_S = 60
warm.warmth.warm_up(Noting, wait=True)
tracker = SimulationTracker("process", project=Project.open(sys.argv[1]))
sim_id, sim = tracker.start_sim(made(Polite))
store = tracker.project.store
wait_until(lambda: len(store.read_scalars(sim_id, "score")[0]) > 5)
print(warm.warmth._template.pid)
print(sim_id)
input()
"""


def test_the_template_ends_with_its_kernel_and_the_simulations_go_on(project: Project) -> None:
    with OtherProcess(_KERNEL, project.folder) as kernel:
        template = psutil.Process(int(kernel.line()))
        tracker = SimulationTracker("process", project=project)
        sim = tracker.get_sim(kernel.line())
        assert worker_of(tracker, sim).ppid() == template.pid
        kernel.kill()
    wait_until(lambda: not template.is_running(), PATIENCE_S, what="the template to end")
    n_points = len(project.store.read_scalars(sim.sim_id, "score")[0])
    wait_until(lambda: len(project.store.read_scalars(sim.sim_id, "score")[0]) > n_points)
    tracker.cancel(sim.sim_id)
    wait_until(lambda: project.store.simulation(sim.sim_id).state is SimState.CANCELLED)


def test_an_idle_template_ends_but_not_before_its_simulations(
    tracker: SimulationTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmth = Warmth(idle_s=1.0)
    monkeypatch.setattr(warm, "warmth", warmth)

    def forked() -> Simulation | None:
        warmth.warm_up(samples.Noting, wait=True)
        sim = started(tracker)
        if worker_of(tracker, sim).ppid() != os.getpid():
            return sim
        end(tracker, sim)  # on a busy machine, the template ended before it was asked
        return None

    sim = wait_until(forked, what="one that was forked")
    template = template_of(warmth)
    with pytest.raises(psutil.TimeoutExpired):
        template.wait(1.5)
    assert worker_of(tracker, sim).ppid() == template.pid
    end(tracker, sim)
    wait_until(lambda: not template.is_running(), PATIENCE_S)


def test_warming_up_again_starts_a_template_that_has_ended(
    tracker: SimulationTracker, own: Warmth
) -> None:
    own.warm_up(warm_samples.Looking, wait=True)
    template_of(own).send_signal(signal.SIGKILL)
    wait_until(lambda: not own._template.is_open)  # type: ignore[union-attr]
    own.warm_up(warm_samples.Looking, wait=True)
    assert ended(tracker, warm_samples.Looking)["parent"] == template_of(own).pid


# When simulations start cold


def parent_of(tracker: SimulationTracker, **kwargs: Any) -> int:
    return ended(tracker, warm_samples.Looking, **kwargs)["parent"]


def test_a_type_that_is_not_warm_starts_cold(tracker: SimulationTracker, own: Warmth) -> None:
    own.warm_up(samples.Noting, wait=True)
    assert parent_of(tracker) == os.getpid()


def test_what_inherits_from_a_warm_type_starts_warm(
    tracker: SimulationTracker, warmth: Warmth
) -> None:
    sim = tracker.start_sim(made(warm_samples.Child))[1]
    assert worker_of(tracker, sim).ppid() == template_of(warmth).pid
    end(tracker, sim)


def test_a_busy_template_means_cold_but_is_used_again(
    tracker: SimulationTracker, own: Warmth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GYMDASH_TEST_GATE", str(tmp_path / "gate"))
    own.warm_up(samples.Noting, wait=True)
    template = template_of(own)
    own.warm_up(warm_samples.Waiting)
    sim = started(tracker)
    assert worker_of(tracker, sim).ppid() == os.getpid()
    (tmp_path / "gate").touch()
    own.warm_up(warm_samples.Waiting, wait=True)
    assert template_of(own) == template
    end(tracker, sim)


def test_a_changed_variable_that_libraries_read_means_cold(
    tracker: SimulationTracker, warmth: Warmth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert parent_of(tracker) == os.getpid()


def test_what_torch_sets_when_it_is_imported_here_means_no_cold_start(
    tracker: SimulationTracker, warmth: Warmth, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "cache"))
    assert parent_of(tracker) == template_of(warmth).pid


@pytest.mark.parametrize(
    "kwargs", [{"device": "cuda"}, {"algorithm_kwargs": {"device": "cuda:1"}}], ids=str
)
def test_who_asks_for_a_gpu_starts_cold(
    tracker: SimulationTracker, warmth: Warmth, kwargs: dict[str, Any]
) -> None:
    assert parent_of(tracker, **kwargs) == os.getpid()


def test_where_there_is_a_gpu_only_who_does_not_want_it_starts_warm(
    tracker: SimulationTracker, warmth: Warmth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm, "_GPU_DEVICES", ("null",))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    template = template_of(warmth).pid
    assert parent_of(tracker) == os.getpid()
    assert parent_of(tracker, algorithm_kwargs={"device": "cpu"}) == template


_EDITED = """
import os
from gymdash_jupyter.simulation import Simulation

class Edited(Simulation):
    def _run(self, **kwargs):
        self.result = {{"version": {}, "parent": os.getppid()}}
"""


def test_an_edited_file_means_cold_until_it_is_warmed_up_again(
    tracker: SimulationTracker,
    own: Warmth,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="gymdash_jupyter")
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / "edited_sample.py"
    file.write_text(_EDITED.format(1))
    from edited_sample import Edited  # type: ignore[import-not-found]

    own.warm_up(Edited, wait=True)
    assert ended(tracker, Edited) == {"version": 1, "parent": template_of(own).pid}
    file.write_text(_EDITED.format(22))
    assert ended(tracker, Edited) == {"version": 22, "parent": os.getpid()}
    assert f"starts cold: {file} has changed" in caplog.text
    own.warm_up(Edited, wait=True)
    assert ended(tracker, Edited) == {"version": 22, "parent": template_of(own).pid}


def test_another_module_of_the_same_name_means_cold(
    tracker: SimulationTracker, warmth: Warmth, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "psutil.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    assert _doubt(tracker, warmth) == f"there is another psutil in {tmp_path / 'psutil.py'}"


def _doubt(tracker: SimulationTracker, warmth: Warmth) -> object:
    """Give what the template says to a wish, whose simulation could not even start."""
    return warm._forked(warmth._template, tracker.project, made(samples.Quick))  # type: ignore[arg-type]


# Warming up


def test_the_door_warms_up_by_key_and_returns_at_once(
    own: Warmth, tracker: SimulationTracker
) -> None:
    gd.SimulationRegistry.register("looking", warm_samples.Looking)
    gd.warm_up("looking")
    gd.warm_up("looking", wait=True)
    assert parent_of(tracker) == template_of(own).pid


def test_the_door_takes_a_class_of_a_notebook_and_warms_up_what_it_inherits_from(
    own: Warmth, tracker: SimulationTracker
) -> None:
    class Looking(warm_samples.Looking):
        pass

    gd.warm_up(Looking, wait=True)
    assert ended(tracker, Looking)["parent"] == template_of(own).pid


def test_the_door_refuses_what_is_no_type(own: Warmth) -> None:
    gd.SimulationRegistry.register("function", lambda config: made(samples.Quick))
    with pytest.raises(gd.InvalidArgumentError, match="takes a Simulation subclass"):
        gd.warm_up("function")
    with pytest.raises(gd.UnknownSimulationTypeError, match="No simulation type"):
        gd.warm_up("nothing")
    assert own._template is None


def test_who_waits_hears_why_a_type_cannot_be_warmed_up(own: Warmth) -> None:
    with pytest.raises(OSError, match=r"(?s)Failing could not be warmed up.*it stays cold"):
        gd.warm_up(warm_samples.Failing, wait=True)


def test_who_does_not_wait_reads_it_in_the_log(
    own: Warmth, caplog: pytest.LogCaptureFixture
) -> None:
    gd.warm_up(warm_samples.Failing)
    wait_until(lambda: "it stays cold" in caplog.text, PATIENCE_S)


def test_nothing_is_forked_from_a_template_with_threads(
    own: Warmth, tracker: SimulationTracker
) -> None:
    own.warm_up(warm_samples.Looking, wait=True)
    with pytest.raises(OSError, match="the template has 2 threads"):
        own.warm_up(warm_samples.Leaving, wait=True)
    assert parent_of(tracker) == os.getpid()


def test_a_template_knows_no_project_and_has_one_thread(
    tracker: SimulationTracker, warmth: Warmth
) -> None:
    ended(tracker, warm_samples.Looking)
    template = template_of(warmth)
    assert template.num_threads() == 1
    assert [file.path for file in template.open_files()] == []
    assert "GYMDASH_PROJECT" not in " ".join(template.environ())


def test_twenty_wishes_at_once_are_all_fulfilled(
    tracker: SimulationTracker, warmth: Warmth
) -> None:
    results: list[Any] = []
    threads = [
        threading.Thread(target=lambda: results.append(ended(tracker, warm_samples.Looking)))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    parents = [result["parent"] for result in results]
    assert parents == [template_of(warmth).pid] * 20
