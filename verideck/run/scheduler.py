"""The scheduler: takes valid results from the store and executes the other runs."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, as_completed
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from verideck.core import run_model
from verideck.core.errors import DeckErrors, SnippetError
from verideck.core.hashing import file_digest
from verideck.core.interpreter import interpreter
from verideck.core.progress import Progress
from verideck.core.run_model import STARTED_PROCESSES, Result, Results, Run, RunId
from verideck.run import changed_files
from verideck.run.checked import CheckedExecutor
from verideck.run.executor import Executor
from verideck.run.failures import changed_files_error, shadowing_error, snippet_error
from verideck.run.local import LocalExecutor, imports, local_executor
from verideck.run.recipe import Recipe, make_recipe, recipe_key
from verideck.run.store import Store, changed_inputs
from verideck.typeset.fonts import Fonts

if TYPE_CHECKING:
    from verideck.run.cluster import ClusterExecutor

Ticket = tuple[RunId, str]
"""A run's id and the key of its current recipe."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """Results by run, the runs that were executed, and the errors of those that failed."""

    results: Results
    ran: tuple[RunId, ...]
    failures: Mapping[RunId, SnippetError] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """What the user is to know of where runs were executed."""


class Scheduler:
    """Provides the results of the wanted runs: valid ones from memory or the store, the others by execution.

    `want` sets the wanted runs. Then `finish` executes all missing runs, or `start` and `take` execute them one by one.
    keep: whether to use the project's store. Not safe for several threads.
    """

    def __init__(self, root: Path, executor: Executor, *, keep: bool) -> None:
        self.executor = executor
        self.results: dict[RunId, Result] = {}
        """Results of the wanted runs that succeeded."""
        self.failures: dict[RunId, SnippetError] = {}
        """Errors of the wanted runs that failed."""
        self.waiting: dict[RunId, Ticket] = {}
        """Wanted runs without a valid result."""
        self._root = root
        self._store = Store(root) if keep else None
        self._wanted: dict[Ticket, tuple[Run, Recipe]] = {}
        self._known: dict[Ticket, Result] = {}
        self._futures: dict[Ticket, Future[Result]] = {}

    def __contains__(self, run: RunId) -> bool:
        """Tell whether a run is wanted."""
        return any(run == name for name, _ in self._wanted)

    def want(self, runs: Iterable[Run]) -> tuple[Run, ...]:
        """Set the wanted runs and return those to be executed; end the runs that are no longer wanted."""
        environment = self.executor.environment()
        asked = ((run, make_recipe(run, environment)) for run in runs)
        self._wanted = {(run.id, recipe_key(recipe)): (run, recipe) for run, recipe in asked}
        for ticket in [ticket for ticket in self._futures if ticket not in self._wanted]:
            self._futures.pop(ticket).cancel()
        self.results, self.failures, self.waiting = {}, {}, {}
        digest_of = cache(lambda path: file_digest(self._root, path))
        for ticket, (run, _) in self._wanted.items():
            if run.kept:
                self.results[run.id] = run.kept
                continue
            held = self._known.get(ticket) or (self._store.get(ticket[1]) if self._store else None)
            if held and not any(changed_inputs(held, digest_of)):
                self._settle(ticket, held)
            else:
                self.waiting[run.id] = ticket
        return tuple(self._wanted[ticket][0] for ticket in self.waiting.values())

    def start(self) -> dict[Ticket, Future[Result]]:
        """Start the missing runs that were not started yet, and return their futures."""
        missing = [ticket for ticket in self.waiting.values() if ticket not in self._futures]
        started = {ticket: self.executor.submit(self._wanted[ticket][0]) for ticket in missing}
        self._futures |= started
        return started

    def take(self, ticket: Ticket, result: Result) -> None:
        """Take the result of a run, and store it; ignore it if the run is no longer wanted."""
        self._futures.pop(ticket, None)
        if ticket in self._wanted:
            self.waiting.pop(ticket[0], None)
            self._settle(ticket, result)
            if self._store:
                self._store.put(ticket[1], result, self._wanted[ticket][1])

    def wait(self, run: RunId) -> Result:
        """Wait for a started run and return its result; raises SnippetError if it failed."""
        if ticket := self.waiting.get(run):
            self.take(ticket, self._futures[ticket].result())
        if run in self.failures:
            raise self.failures[run]
        return self.results[run]

    def finish(self, progress: Progress) -> RunReport:
        """Execute all missing runs; raises DeckErrors if files of the project changed meanwhile."""
        before = changed_files.take(self._root) if self.waiting else {}
        started = self.start()
        if started:
            progress("", 0, len(started))
        tickets = {future: ticket for ticket, future in started.items()}
        for done, future in enumerate(as_completed(tickets), 1):
            place = getattr(future, "place", "")
            progress(f"{tickets[future][0]} on {place}" if place else str(tickets[future][0]), done, len(started))
            self.take(tickets[future], future.result())
        if intruded := self._intruded([*started], before) if started else ():
            raise DeckErrors([*self.failures.values(), *intruded])
        ordered = {run: self.results[run] for run, _ in self._wanted if run in self.results}
        failures = {run: self.failures[run] for run, _ in self._wanted if run in self.failures}
        return RunReport(ordered, tuple(run for run, _ in started), failures)

    def move(self, executor: Executor) -> None:
        """Replace the executor; end the runs of the old one."""
        self.executor.close()
        self._futures.clear()
        self.executor = executor

    def _settle(self, ticket: Ticket, result: Result) -> None:
        """Put a result into `results` or `failures`."""
        run = self._wanted[ticket][0]
        self._known[ticket] = result
        if run_model.succeeded(run.raises, result):
            self.results[run.id] = result
        elif result.error:
            shadowed = shadowing_error(run, result.error, self._root)
            python = interpreter(self._root).path
            self.failures[run.id] = shadowed or snippet_error(run, result.error, python)

    def _intruded(self, tickets: Sequence[Ticket], before: changed_files.FileStates) -> list[SnippetError]:
        """Return an error if files of the project changed; then remove the results of these runs from the store."""
        runs = [self._wanted[ticket][0] for ticket in tickets]
        made = {run.id: dict(self.results[run.id].inputs) for run in runs if run.id in self.results}
        starters = [run for run in runs if STARTED_PROCESSES in made.get(run.id, ())]
        touched = changed_files.changed(before, changed_files.take(self._root), edited=bool(starters))
        if not touched:
            return []
        for _, key in tickets if self._store else ():
            self._store.remove(key)  # type: ignore[union-attr]
        return [changed_files_error(starters or runs, touched)]


def schedule(
    root: Path,
    runs: Iterable[Run],
    fonts: Fonts,
    progress: Progress,
    *,
    fresh: bool = False,
    fork: bool = True,
    hash_seed: int = 0,
    cluster: str = "",
) -> RunReport:
    """Return a result for each run, in the same order, and an error for each that failed.

    Raises DeckErrors if files of the project changed meanwhile.

    Valid results are taken from the store, new results are stored. fresh: execute every run as in a new interpreter, as
    a reader would (see `CheckedExecutor`), and do not use the store. fork, hash_seed: see `LocalExecutor`.
    cluster: see `ClusterExecutor`; "" for this machine.
    """
    runs = tuple(runs)
    local = local_executor(root, runs, fonts, cold=fresh, fork=fork, hash_seed=hash_seed)
    executor: LocalExecutor | ClusterExecutor | CheckedExecutor = local
    if cluster:
        executor = _on_cluster(local, cluster)
    elif fresh and local.can_fork:
        forking = functools.partial(local_executor, root, runs, fonts, cold=False, hash_seed=hash_seed)
        executor = CheckedExecutor(local, forking, [run for run in runs if not run.kept])
    with closing(executor):
        scheduler = Scheduler(root, executor, keep=not fresh)
        if missing := scheduler.want(runs):
            executor.warm(imports(missing))
        return replace(scheduler.finish(progress), notes=tuple(executor.notes))


def _on_cluster(local: LocalExecutor, address: str) -> ClusterExecutor:
    from verideck.run.cluster import ClusterExecutor

    return ClusterExecutor(local, address)
