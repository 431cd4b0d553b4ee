"""The interface of executors, modelled on `concurrent.futures`.

`local.LocalExecutor` runs on this machine, `cluster.ClusterExecutor` on the workers of a Dask cluster.
"""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol

from verideck.core.run_model import Result, Run
from verideck.run.recipe import Environment


class Executor(Protocol):
    """Executes runs, several at a time."""

    def submit(self, run: Run) -> Future[Result]:
        """Execute a run in the background. A failed run gives a result with an error.

        Cancelling the future ends the run, even after it began; the future then raises CancelledError only.
        """

    def environment(self) -> Environment:
        """Return what every run depends on; it stays the same while the executor exists."""

    def close(self) -> None:
        """End all runs and free their resources; `submit` may not be called afterwards."""
