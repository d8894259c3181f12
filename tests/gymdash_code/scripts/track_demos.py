"""Run demos by hand, two at once, nine with callbacks, ten as a group; 21 are tracked."""

import argparse
import functools
import time

from demo import DEFAULT_CONFIG, OTHER_CONFIG, DemoSimulation
from gymdash.backend.core.simulation.base import Simulation
from gymdash.backend.core.simulation.manage import SimulationRegistry, SimulationTracker
from gymdash.backend.project import ProjectManager
from gymdash.start import add_gymdash_arguments


def run_by_hand():
    sim = DemoSimulation(OTHER_CONFIG)
    began = time.monotonic()
    sim.setup()
    sim.run()
    print("by hand:", sim.result)
    print("took long enough:", time.monotonic() - began >= 0.2)


def make_without_running():
    print("made:", SimulationRegistry.make("demo").config.name)
    print("made:", SimulationRegistry.make("demo", OTHER_CONFIG).config.name)
    print("other kwargs:", sorted(SimulationRegistry.make("demo", OTHER_CONFIG).config.kwargs))


def run_two_at_once(tracker):
    first, second = DemoSimulation(OTHER_CONFIG), SimulationRegistry.make("demo")
    id1, _ = tracker.start_sim(first)
    id2, same = tracker.start_sim(second)
    print("same object:", same is second)
    while tracker.any_running(id1) or tracker.any_running(id2):
        pass
    print("all done:", tracker.all_done([id1, id2]))
    print("two:", first.result)
    print("two:", second.result)


def run_nine_with_callbacks(tracker):
    ids, sims = [], []
    for _ in range(9):
        sim = SimulationRegistry.make("demo")
        sim_id, _ = tracker.start_sim(sim)
        sim.add_callback(
            Simulation.END_RUN,
            functools.partial(lambda sim: print(f"one of nine: {sim.result}"), sim=sim),
        )
        sim.show_timer = False
        ids.append(sim_id)
        sims.append(sim)
    callback_id = tracker.on_all_done(
        ids,
        functools.partial(
            lambda simulations: [print(f"again: {sim.result}") for sim in simulations],
            simulations=sims,
        ),
    )
    tracker.add_on_all_done(callback_id, lambda: print("hooray, all nine"))
    while tracker.any_running(ids):
        pass


def run_ten_as_a_group(tracker):
    group = tracker.create_simulations(["demo"] * 10)
    group.add_on_all_run_start(lambda: print("all ten started"))
    last = group.sims[-1]
    last.add_callback(
        Simulation.END_RUN,
        functools.partial(lambda sim: print(f"last of ten: {sim.result}"), sim=last),
    )
    group.add_on_all_run_end(lambda: print("all ten ended"))
    tracker.start_sims(group)
    while group.any_running:
        pass
    print("group done:", group.all_done)


if __name__ == "__main__":
    args = add_gymdash_arguments(argparse.ArgumentParser()).parse_args()
    ProjectManager.setup_from_args(args)
    SimulationRegistry.register("demo", DemoSimulation, DEFAULT_CONFIG)
    tracker = SimulationTracker()
    run_by_hand()
    make_without_running()
    run_two_at_once(tracker)
    run_nine_with_callbacks(tracker)
    run_ten_as_a_group(tracker)
    print("end of script")
