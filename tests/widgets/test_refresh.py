from __future__ import annotations

from gymdash_jupyter.states import SimState
from gymdash_jupyter.widgets.refresh import News, RefreshLoop
from tests.waiting import wait_until


class Reader:
    """A panel that reads the loop's list of simulations."""

    def __init__(self, loop: RefreshLoop) -> None:
        self.loop = loop
        self.names: list[str] = []

    def refresh(self, _news: News) -> bool:
        self.names = [f"{r.name} {r.state}" for r in self.loop.records().values()]
        return True

    def show_problem(self, problem: str) -> None:
        raise AssertionError(problem)


def test_the_list_of_simulations_is_kept_up_to_date(store, write):
    first, second = write("one"), write("two")
    loop = RefreshLoop.of(store)
    reader = Reader(loop)
    loop.subscribe(reader)
    wait_until(lambda: reader.names == ["one running", "two running"], what="both")
    first.end(SimState.SUCCEEDED)
    third = write("three", SimState.CREATED)
    store.delete([second.sim_id])
    wait_until(lambda: reader.names == ["one succeeded", "three created"], what="the changes")
    loop.unsubscribe(reader)
    assert third.sim_id in loop.records()


def test_what_changed_while_nobody_looked_is_there_when_somebody_does(store, write):
    sim = write("one")
    loop = RefreshLoop.of(store)
    reader = Reader(loop)
    loop.subscribe(reader)
    wait_until(lambda: reader.names == ["one running"], what="it")
    loop.unsubscribe(reader)
    wait_until(lambda: not loop.is_running, what="rest")
    sim.end(SimState.SUCCEEDED)
    loop.subscribe(reader)
    wait_until(lambda: reader.names == ["one succeeded"], what="its end")
    loop.unsubscribe(reader)
