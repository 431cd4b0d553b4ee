"""Where runs are executed, as the scheduler sees it: the shape of `concurrent.futures`.

`local.LocalExecutor` runs on this machine; the seam stands so that another machine can take its place.
"""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol

from verideck.core.run_model import Result, Run
from verideck.run.recipe import Environment


class Executor(Protocol):
    """Executes runs, several at once."""

    def submit(self, run: Run) -> Future[Result]:
        """Have `run` executed; a failed one is a result with an error.

        Cancelling the future ends the run, also one that has begun: it then raises CancelledError, and nothing else.
        """

    def environment(self) -> Environment:
        """Return what every run depends on beside itself; the same as long as the executor lives."""

    def close(self) -> None:
        """End all runs that are under way and free what they took; `submit` cannot be called any more."""
