"""Executes runs as a reader would, in new interpreters, and saves imports: they take most of the time.

Runs that import the same modules are a group. Of a group the first run is executed in a new interpreter, and once more
in a fork of one that has imported just these modules. If both give the same, the others of the group are forked, too;
else they have new interpreters.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError, Future

from verideck.core.run_model import Result, Run
from verideck.run.local import LocalExecutor, imports
from verideck.run.recipe import Environment

FEWEST = 3
"""Runs of a group that is checked: two need two imports either way."""


class _Chosen(Future[Result]):
    """The future result of a run whose executor is not chosen yet; cancelling it ends the run."""

    def __init__(self) -> None:
        super().__init__()
        self._inner: Future[Result] | None = None
        self._ended = False
        self._guard = threading.Lock()

    def follow(self, start: Callable[[], Future[Result]]) -> None:
        """Start the run, unless it was ended, and take its result."""
        with self._guard:
            if self._ended:
                self._take_error(CancelledError("the run was ended"))
                return
            self._inner = start()
        self._inner.add_done_callback(self._take)

    def cancel(self) -> bool:
        """End the run; return False. The future raises CancelledError a moment later."""
        with self._guard:
            self._ended = True
            if self._inner:
                self._inner.cancel()
            else:
                self._take_error(CancelledError("the run was ended"))
        return False

    def _take(self, done: Future[Result]) -> None:
        try:
            result = done.result()
        except BaseException as error:
            self._take_error(error)
        else:
            with contextlib.suppress(Exception):
                self.set_result(result)

    def _take_error(self, error: BaseException) -> None:
        with contextlib.suppress(Exception):
            self.set_exception(error)


class CheckedExecutor:
    """Executes runs in new interpreters, or in forks of interpreters that were checked to give the same.

    cold: executes runs in new interpreters. fork: makes an executor that forks, with the same settings.
    runs: all runs that are to come.
    """

    notes: Sequence[str] = ()

    def __init__(self, cold: LocalExecutor, fork: Callable[[], LocalExecutor], runs: Iterable[Run]) -> None:
        self._cold, self._fork = cold, fork
        self._sizes = Counter(map(self._modules, runs))
        self._forking: dict[frozenset[str], LocalExecutor] = {}
        self._trusted: dict[frozenset[str], Future[bool]] = {}

    def environment(self) -> Environment:
        """Return what every run depends on."""
        return self._cold.environment()

    def warm(self, preload: Iterable[str] = ()) -> None:
        """Make ready for runs in new interpreters."""
        self._cold.warm(preload)

    def submit(self, run: Run) -> Future[Result]:
        """Execute a run in the background; see `Executor`."""
        modules = self._modules(run)
        if not modules or self._sizes[modules] < FEWEST:
            return self._cold.submit(run)
        if modules not in self._trusted:
            return self._check(run, modules)
        future = _Chosen()

        def choose(checked: Future[bool]) -> None:
            executor = self._forking[modules] if checked.result() else self._cold
            try:
                future.follow(lambda: executor.submit(run))
            except RuntimeError:  # closed
                future.cancel()

        self._trusted[modules].add_done_callback(choose)
        return future

    def close(self) -> None:
        """End all runs and free their resources."""
        self._cold.close()
        for one in self._forking.values():
            one.close()

    def _check(self, run: Run, modules: frozenset[str]) -> Future[Result]:
        """Execute the first run of a group both ways; the result is that of the new interpreter."""
        trusted: Future[bool] = Future()
        self._trusted[modules] = trusted
        self._forking[modules] = self._fork()
        self._forking[modules].warm(modules)
        both = [self._cold.submit(run), self._forking[modules].submit(run)]

        def compare(_: Future[Result]) -> None:
            if all(one.done() for one in both):
                with contextlib.suppress(Exception):  # the other one compared
                    trusted.set_result(_same(*both))

        for one in both:
            one.add_done_callback(compare)
        return both[0]

    def _modules(self, run: Run) -> frozenset[str]:
        return self._cold.preloadable(imports([run]))


def _same(one: Future[Result], other: Future[Result]) -> bool:
    try:
        return one.result() == other.result()
    except BaseException:
        return False
