"""The runs of a deck that is presented, by executors that are told what runs give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.run.test_scheduler import FAILED, Told, script
from verideck.core.project import Sources
from verideck.core.run_model import Result, Run
from verideck.present import runs as module
from verideck.present.runs import DeckRuns
from verideck.run import record_writes
from verideck.typeset.fonts import Fonts


class Warm(Told):
    """One that notes what it imports ahead; it gives nothing before a test does."""

    def __init__(self) -> None:
        super().__init__()
        self.imports: frozenset[str] = frozenset()

    def warm(self, preload: Iterable[str] = ()) -> None:
        self.imports = frozenset(preload)


@pytest.fixture
def executors(monkeypatch: pytest.MonkeyPatch) -> list[Warm]:
    """Return the executors that were made, in order."""
    made: list[Warm] = []

    def make(*_: object, **__: object) -> Warm:
        made.append(Warm())
        return made[-1]

    monkeypatch.setattr(module, "local_executor", make)
    return made


def shown(root: Path, *runs: Run) -> DeckRuns:
    """Return the runs of a deck that was just read."""
    deck = DeckRuns(root, Fonts(root))
    deck.plan(runs, Sources(root))
    return deck


def test_what_is_recorded_is_shown_until_a_run_gives_more(tmp_path: Path, executors: list[Warm]) -> None:
    run = script("a")
    for write in record_writes({run.id: Result("recorded")}, [run], {}, Sources(tmp_path)):
        (tmp_path / write.path).parent.mkdir(exist_ok=True)
        (tmp_path / write.path).write_bytes(write.data)
    deck = shown(tmp_path, run)
    assert (deck.good[run.id].stdout, deck.waiting) == ("recorded", {run.id})
    (ticket,) = deck.start()
    assert deck.waiting == {run.id}
    deck.take(ticket, Result("fresh"))
    assert (deck.good[run.id].stdout, deck.recorded(run).stdout, deck.waiting) == ("fresh", "recorded", set())
    assert not any(executor.closed for executor in executors)


def test_the_last_good_result_stays_beside_a_failure(tmp_path: Path, executors: list[Warm]) -> None:
    run = script("a")
    deck = shown(tmp_path, run)
    for source, result in (("x = 1", Result("good")), ("x = 2", FAILED)):
        edited = replace(run, snippet=replace(run.snippet, source=source))
        deck.plan((edited,), Sources(tmp_path))
        (ticket,) = deck.start()
        deck.take(ticket, result)
    assert deck.good[run.id].stdout == deck.recorded(run).stdout == "good"
    assert "ValueError: no" in str(deck.failures[run.id])
    assert executors[0].submitted == ["a.py", "a.py"]
    assert executors[1].submitted == []  # an edit needs no other interpreter


def test_another_import_starts_an_interpreter_anew_and_runs_again_what_was_under_way(
    tmp_path: Path, executors: list[Warm]
) -> None:
    slow = script("slow")
    deck = shown(tmp_path, slow)
    deck.start()
    deck.plan((slow, script("a", "import csv")), Sources(tmp_path))
    assert len(deck.start()) == 2
    first, second = executors
    assert (first.closed, second.closed, second.imports) == (True, False, frozenset({"csv"}))
    assert sorted(second.submitted) == ["a.py", "slow.py"]
    deck.close()
    assert second.closed


def test_a_run_is_made_again_by_its_name(tmp_path: Path, executors: list[Warm]) -> None:
    deck = shown(tmp_path, script("a"))
    assert deck.again("a.py") is None  # nothing has begun
    deck.start()
    assert deck.again("b.py") is None
    again = deck.again("a.py")
    assert again
    assert again[0].id == script("a").id
    assert executors[0].submitted == ["a.py", "a.py"]
