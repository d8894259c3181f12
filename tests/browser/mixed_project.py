"""A project with simulations in every state, with curves, media and questions, for looking at panels.

from tests.browser.mixed_project import begin
sims = begin()          # in a notebook's kernel; those that go on are threads of it
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import numpy as np

import gymdash_jupyter as gd
from gymdash_jupyter.records import Batch, ProcessIdentity, Progress, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode, SimStatusSubcode
from gymdash_jupyter.store import Move, NewSimulation, ProjectStore

POINTS = 220


@dataclass(frozen=True)
class Plan:
    """How a simulation goes: how far, how high, and what then."""

    reach: float = 1.0
    top: float = 460.0
    end: str = "succeed"


PLANS = {
    "arm-reach": Plan(0.1, end="cancel"),
    "sac-pendulum-lr1e-2": Plan(0.31, 90.0, "fail"),
    "sac-lunar-s2": Plan(top=250.0),
    "a2c-baseline": Plan(0.4, 165.0, "ask"),
    "ppo-lr1e-3-s0": Plan(top=310.0),
    "ppo-lr1e-3-s1": Plan(0.76, 300.0, "wait"),
    "ppo-lr1e-3-s2": Plan(0.71, 330.0, "wait"),
    "ppo-lr3e-4-s0": Plan(),
    "ppo-lr3e-4-s1": Plan(0.83, 430.0, "wait"),
    "ppo-lr3e-4-s2": Plan(0.76, 480.0, "wait"),
    "dqn-setting-up": Plan(0.0, end="setup"),
}


class Learning(gd.Simulation):
    """Pretend to learn: curves that rise, losses that fall, a pole that stays up longer."""

    def create_kwarg_defaults(self) -> dict[str, Any]:
        return {
            "algorithm": "ppo",
            "learning_rate": 3e-4,
            "seed": 0,
            "num_steps": 100_000,
            "gamma": 0.99,
            "n_envs": 1,
            "env": "CartPole-v1",
        }

    def _setup(self, **kwargs: Any) -> None:
        while PLANS[self.name].end == "setup":
            self._look_for_stop()

    def _run(self, **kwargs: Any) -> None:
        given = {**self.create_kwarg_defaults(), **self.config.kwargs}
        plan = PLANS[self.name]
        rng = np.random.default_rng(given["seed"] + int(given["learning_rate"] * 1e6))
        total, reach = given["num_steps"], plan.reach
        steps = np.linspace(0, total * reach, int(POINTS * reach) + 2).astype(int)
        for number, step in enumerate(steps):
            self._record(int(step), total, plan.top, rng)
            if plan.end != "fail" and number % 40 == 20:
                self._film(int(step), number, rng)
            self.recorder.progress(float(step), float(total))
        self.recorder.text("notes", "Pole stays within 2 degrees; the cart drifts left.", total)
        self._finish_as(plan.end)

    def _record(self, step: int, total: int, top: float, rng: np.random.Generator) -> None:
        share = step / total
        rise = top / (1 + np.exp(-10 * (share - 0.42)))
        scalar = self.recorder.scalar
        scalar("rollout/ep_rew_mean", rise + rng.normal(0, 14), step)
        scalar("rollout/ep_len_mean", rise + rng.normal(0, 9), step)
        scalar("train/value_loss", 80 * np.exp(-5 * share) + 6 + rng.normal(0, 3), step)
        scalar("train/approx_kl", 0.009 + rng.normal(0, 0.0025), step)
        scalar("train/entropy_loss", -0.6 * np.exp(-2 * share) + rng.normal(0, 0.01), step)
        scalar("eval/mean_reward", rise * 1.05 + rng.normal(0, 20), step)
        scalar("time/fps", 1900 + rng.normal(0, 40), step)

    def _film(self, step: int, number: int, rng: np.random.Generator) -> None:
        frames = np.full((24, 120, 180, 3), 255, np.uint8)
        for t, frame in enumerate(frames):
            lean = int(18 * np.sin(t / 4) * (1 - number / POINTS)) + int(rng.normal(0, 1))
            frame[90:92] = 40
            frame[82:90, 78:102] = 0
            for height in range(52):
                at = 90 + lean * height // 52
                frame[82 - height, at - 1 : at + 2] = (204, 153, 102)
        self.recorder.video(
            "episode_video", frames, step, fps=12, episode=number * 8, **{"return": 380.0 + number}
        )
        visits = rng.random((24, 36)) * np.hanning(24)[:, None] * np.hanning(36)
        image = (np.stack([visits * 80, visits * 255, 120 - visits * 60], -1)).astype(np.uint8)
        self.recorder.image("state_visits", image.repeat(5, 0).repeat(5, 1), step)
        self.recorder.audio("motor_sound", np.sin(np.arange(8000) / 12) * 0.3, step, 8000)

    def _finish_as(self, how: str) -> None:
        if how == "fail":
            msg = "observation contains NaN at step 31,000"
            raise ValueError(msg)
        if how == "cancel":
            raise gd.StopSimException
        if how == "ask":
            question = (
                "The return has not improved for 10,000 steps. Change any of these, or none."
            )
            self.interactor.add_control_request(
                "custom_query", question, "learning_rate", "extra_steps", "stop_if_worse"
            )
        while how in ("wait", "ask"):
            self._look_for_stop()

    def _look_for_stop(self) -> None:
        time.sleep(0.05)
        if self.interactor.set_out_if_in("stop_simulation", True):
            self.set_cancelled()
            raise gd.StopSimException

    @gd.action
    def evaluate(self, episodes: int = 5) -> str:
        """Play some episodes without learning."""
        return f"mean {440 + episodes}.0, std 31.4"


def begin(folder: str = "./.gymdash-projects") -> dict[str, gd.Simulation]:
    """Make the project and wait until everything is there that ends by itself; give the simulations by name."""
    project = gd.open_project(folder)
    gd.SimulationRegistry.register("stable_baselines_like", Learning, replace=True)
    _lose(project, "walker-overnight")
    tracker = gd.tracker()
    sims = {}
    for name in PLANS:
        algorithm, *rest = name.split("-")
        kwargs: dict[str, Any] = {
            "algorithm": algorithm,
            "num_steps": 100_000,
            "env": "CartPole-v1",
        }
        if algorithm == "ppo":
            lr = 1e-3 if rest[0] == "lr1e" and rest[1] == "3" else 3e-4
            kwargs |= {"learning_rate": lr, "seed": int(name[-1])}
        config = gd.SimulationStartConfig(
            name=name, sim_key="stable_baselines_like", kwargs=kwargs
        )
        sims[name] = tracker.start_sim(config, launcher="thread")[1]
    _wait_for(sims)
    tracker.tag([sims["sac-lunar-s2"].sim_id], add=["best"])
    tracker.tag([sims["arm-reach"].sim_id], add=["demo"])
    return sims


def end(sims: dict[str, gd.Simulation]) -> None:
    """Stop what still goes on."""
    for sim in sims.values():
        if not sim.is_done:
            gd.tracker().cancel(sim.sim_id)
    gd.tracker().wait([sim.sim_id for sim in sims.values()], 20)


def _wait_for(sims: dict[str, gd.Simulation]) -> None:
    goes_on = ("wait", "ask", "setup")
    store = gd.tracker().project.store
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if all(
            sim.is_done or (PLANS[sim.name].end in goes_on and _has_come(store, sim))
            for sim in sims.values()
        ):
            return
        time.sleep(0.1)


def _has_come(store: ProjectStore, sim: gd.Simulation) -> bool:
    """Tell whether one that goes on has reported all that it will."""
    wanted = PLANS[sim.name].reach
    progress = store.simulation(sim.sim_id).progress
    return wanted == 0 or ((progress and progress.fraction) or 0) >= wanted - 0.02


def _lose(project: gd.Project, name: str) -> None:
    sim_id, owner = uuid4(), ProcessIdentity("another boot", os.getpid(), "1", "there")
    config = gd.SimulationStartConfig(
        name=name, sim_key="stable_baselines_like", kwargs={"seed": 9}
    )
    store = project.store
    store.create(NewSimulation(sim_id, config, now_utc(), config.sim_key, "Learning", __name__))
    for state in (SimState.SETTING_UP, SimState.RUNNING):
        store.move(Move(sim_id, state, now_utc(), owner=owner, launcher="process"))
    progress = Progress(61_000.0, 100_000.0, "", time.time())
    store.write([Batch(sim_id, progress=progress)], owner=owner)
    words = "Its process is gone: killed by signal 9 (out of memory?)"
    lost = SimStatus(SimStatusCode.FAIL, now_utc(), SimStatusSubcode.ERROR, words)
    store.settle(sim_id, owner, lost)
