"""Results for runs: known ones that still hold, the others made now, all at once or bit by bit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, as_completed
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from verideck.core import run_model
from verideck.core.errors import DeckErrors, SnippetError
from verideck.core.hashing import file_digest
from verideck.core.progress import Progress
from verideck.core.run_model import STARTED_PROCESSES, Result, Results, Run, RunId
from verideck.run import changed_files
from verideck.run.executor import Executor
from verideck.run.failures import _intrusion, snippet_error
from verideck.run.local import imports, local_executor
from verideck.run.recipe import Recipe, make_recipe, recipe_key
from verideck.run.store import Store, is_fresh
from verideck.typeset.fonts import Fonts

Ticket = tuple[RunId, str]
"""A run as it is asked for now: its name, and the key of its recipe."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """Results by run, and which of them were made now."""

    results: Results
    ran: tuple[RunId, ...]


class Scheduler:
    """Tells which results of the wanted runs are known and hold, starts the other runs, keeps what they give.

    `want` says which runs are wanted; then `start` and `take` make the missing ones bit by bit, `finish` all of them.
    keep: whether the project's store is read and written. For one thread at a time.
    """

    def __init__(self, root: Path, executor: Executor, *, keep: bool) -> None:
        self.executor = executor
        self.results: dict[RunId, Result] = {}
        """Of the wanted runs that gave what they were meant to give."""
        self.failures: dict[RunId, SnippetError] = {}
        """Of the wanted runs that did not."""
        self.waiting: dict[RunId, Ticket] = {}
        """Wanted runs of which nothing is known yet."""
        self._root = root
        self._store = Store(root) if keep else None
        self._wanted: dict[Ticket, tuple[Run, Recipe]] = {}
        self._known: dict[Ticket, Result] = {}
        self._futures: dict[Ticket, Future[Result]] = {}

    def __contains__(self, run: RunId) -> bool:
        """Whether a run is wanted."""
        return any(run == name for name, _ in self._wanted)

    def want(self, runs: Iterable[Run]) -> tuple[Run, ...]:
        """Say which runs are wanted from now on and return those to be made; runs that nobody wants any more end."""
        environment = self.executor.environment()
        asked = ((run, make_recipe(run, environment)) for run in runs)
        self._wanted = {(run.id, recipe_key(recipe)): (run, recipe) for run, recipe in asked}
        for ticket in [ticket for ticket in self._futures if ticket not in self._wanted]:
            self._futures.pop(ticket).cancel()
        self.results, self.failures, self.waiting = {}, {}, {}
        digest_of = cache(lambda path: file_digest(self._root, path))
        for ticket, (run, _) in self._wanted.items():
            held = self._known.get(ticket) or (self._store.get(ticket[1]) if self._store else None)
            if held and is_fresh(held, digest_of):
                self._settle(ticket, held)
            else:
                self.waiting[run.id] = ticket
        return tuple(self._wanted[ticket][0] for ticket in self.waiting.values())

    def start(self) -> dict[Ticket, Future[Result]]:
        """Start what is missing and not under way; return that."""
        missing = [ticket for ticket in self.waiting.values() if ticket not in self._futures]
        started = {ticket: self.executor.submit(self._wanted[ticket][0]) for ticket in missing}
        self._futures |= started
        return started

    def take(self, ticket: Ticket, result: Result) -> None:
        """Keep what a run gave; what is no longer wanted is forgotten."""
        self._futures.pop(ticket, None)
        if ticket in self._wanted:
            self.waiting.pop(ticket[0], None)
            self._settle(ticket, result)
            if self._store:
                self._store.put(ticket[1], result, self._wanted[ticket][1])

    def wait(self, run: RunId) -> Result:
        """Return the result of a run that was started, once it is there; raises SnippetError where it failed."""
        if ticket := self.waiting.get(run):
            self.take(ticket, self._futures[ticket].result())
        if run in self.failures:
            raise self.failures[run]
        return self.results[run]

    def finish(self, progress: Progress) -> RunReport:
        """Make all that is missing; raises DeckErrors with every snippet that failed, the others being kept."""
        before = changed_files.take(self._root) if self.waiting else {}
        started = self.start()
        if started:
            progress("", 0, len(started))
        tickets = {future: ticket for ticket, future in started.items()}
        for done, future in enumerate(as_completed(tickets), 1):
            progress(str(tickets[future][0]), done, len(started))
            self.take(tickets[future], future.result())
        failures = [*self.failures.values(), *(self._intruded([*started], before) if started else ())]
        if failures:
            raise DeckErrors(failures)
        ordered = {run: self.results[run] for run, _ in self._wanted}
        return RunReport(ordered, tuple(run for run, _ in started))

    def move(self, executor: Executor) -> None:
        """Use another executor from now on; what the former still runs ends."""
        self.executor.close()
        self._futures.clear()
        self.executor = executor

    def _settle(self, ticket: Ticket, result: Result) -> None:
        """Note a result, and whether it is what was meant."""
        run = self._wanted[ticket][0]
        self._known[ticket] = result
        if run_model.succeeded(run.raises, result):
            self.results[run.id] = result
        elif result.error:
            self.failures[run.id] = snippet_error(run, result.error)

    def _intruded(self, tickets: Sequence[Ticket], before: changed_files.FileStates) -> list[SnippetError]:
        """Return an error for files that changed meanwhile; results of the runs made now cannot be trusted then."""
        runs = [self._wanted[ticket][0] for ticket in tickets]
        made = {run.id: dict(self.results[run.id].inputs) for run in runs if run.id in self.results}
        starters = [run for run in runs if STARTED_PROCESSES in made.get(run.id, ())]
        touched = changed_files.changed(before, changed_files.take(self._root), edited=bool(starters))
        if not touched:
            return []
        for _, key in tickets if self._store else ():
            self._store.remove(key)  # type: ignore[union-attr]
        return [_intrusion(starters or runs, touched)]


def schedule(
    root: Path,
    runs: Iterable[Run],
    fonts: Fonts,
    progress: Progress,
    *,
    fresh: bool = False,
    fork: bool = True,
    hash_seed: int = 0,
) -> RunReport:
    """Return a result for each run, in their order; raises DeckErrors with every snippet that failed.

    Stored results that hold are used again, and new ones stored. fresh: every run is made, in a cold interpreter, as a
    reader would run it, and nothing is stored. fork, hash_seed: as `LocalExecutor` says.
    """
    runs = tuple(runs)
    with closing(local_executor(root, runs, fonts, cold=fresh, fork=fork, hash_seed=hash_seed)) as executor:
        scheduler = Scheduler(root, executor, keep=not fresh)
        if missing := scheduler.want(runs):
            executor.warm(imports(missing))
        return scheduler.finish(progress)
