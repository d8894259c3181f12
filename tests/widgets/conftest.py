from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from gymdash_jupyter.config import SimulationStartConfig
from gymdash_jupyter.records import Batch, ProcessIdentity, Progress, ScalarSeries, now_utc
from gymdash_jupyter.states import SimState
from gymdash_jupyter.statuses import SimStatus, SimStatusCode
from gymdash_jupyter.store import Move, NewSimulation, ProjectStore, open_store
from gymdash_jupyter.widgets import card_traits, live_card
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

OWNER = ProcessIdentity("tests", os.getpid(), "1", "here")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProjectStore]:
    opened = open_store(tmp_path / "simulations.db")
    yield opened
    opened.close()


class Written:
    """A simulation whose rows a test writes by hand."""

    def __init__(self, store: ProjectStore, name: str, state: SimState) -> None:
        self.store = store
        self.sim_id: UUID = uuid4()
        config = SimulationStartConfig(name=name, sim_key="ppo", kwargs={"env": "CartPole-v1"})
        store.create(NewSimulation(self.sim_id, config, now_utc(), "ppo", "Ppo", "here"))
        if state is not SimState.CREATED:
            self.move(SimState.SETTING_UP)
        if state not in (SimState.CREATED, SimState.SETTING_UP):
            self.move(SimState.RUNNING)

    def move(self, state: SimState) -> None:
        self.store.move(Move(self.sim_id, state, now_utc(), owner=OWNER, launcher="process"))

    def record(
        self, key: str, values: Sequence[float], steps: Sequence[int] | None = None
    ) -> None:
        n = len(values)
        x = np.arange(n) if steps is None else np.asarray(steps)
        points = ScalarSeries(x.astype(np.int64), np.full(n, 1e9), np.asarray(values, np.float64))
        self.store.write([Batch(self.sim_id, scalars={key: points})], owner=OWNER)

    def progress(self, current: float, total: float, time: float = 1e9) -> None:
        batch = Batch(self.sim_id, progress=Progress(current, total, "", time))
        self.store.write([batch], owner=OWNER)

    def say(self, details: str, code: SimStatusCode = SimStatusCode.INFO, trace: str = "") -> None:
        subcode = 1 if code is SimStatusCode.FAIL else 0
        self.store.add_statuses(
            self.sim_id, [SimStatus(code, now_utc(), subcode, details, error_trace=trace)]
        )

    def end(self, state: SimState) -> None:
        self.store.finish(Batch(self.sim_id), Move(self.sim_id, state, now_utc(), owner=OWNER))


@pytest.fixture
def write(store: ProjectStore) -> Callable[..., Written]:
    def written(name: str = "one", state: SimState = SimState.RUNNING) -> Written:
        return Written(store, name, state)

    return written


class Browser:
    """The other side of a card: sends what the browser would, keeps what the card sends."""

    def __init__(self, card: live_card.LiveCard) -> None:
        self.card = card
        self.got: list[tuple[dict[str, Any], list[bytes]]] = []
        card.send = lambda content, buffers=None: self.got.append((content, list(buffers or [])))

    def say(self, kind: str, **content: Any) -> None:
        self.card._on_message(self.card, {"id": 0, "kind": kind, "view": "v", **content}, [])

    def show(self, key: str, **more: Any) -> None:
        self.say("show", **{"key": key, "width": 400, "smoothing": 0, "tabs": [], **more})

    def kinds(self) -> list[str]:
        return [content["kind"] for content, _ in self.got]

    def wait_for(self, kind: str, count: int = 1) -> tuple[dict[str, Any], list[bytes]]:
        wait_until(
            lambda: self.kinds().count(kind) >= count, what=f"message {kind} number {count}"
        )
        return [each for each in self.got if each[0]["kind"] == kind][count - 1]

    def points(self, row: int = 1) -> np.ndarray:
        """All values of one row (0 x, 1 y, 2 time, 3 smoothed) as the browser has them now."""
        have = np.empty(0)
        for content, buffers in self.got:
            if content["kind"] == "series" and content["parts"]:
                new = np.frombuffer(buffers[row])
                have = new if content["parts"][0]["is_all"] else np.concatenate([have, new])
        return have


@pytest.fixture
def make_card(
    store: ProjectStore, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., live_card.LiveCard]]:
    # These tests are about the kernel's side; whether bundles are built is tested elsewhere.
    monkeypatch.setattr(card_traits, "bundle_text", lambda stem: "export default {}")
    made: list[live_card.LiveCard] = []

    def make(*sims: Written, **more: Any) -> live_card.LiveCard:
        made.append(live_card.LiveCard(store, [sim.sim_id for sim in sims], **more))
        return made[-1]

    yield make
    for card in made:
        card.close()
        wait_until(lambda card=card: not card._loop.is_running, what="end of the refresh loop")
