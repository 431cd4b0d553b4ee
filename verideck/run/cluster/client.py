"""Sends runs to the workers of a Dask cluster, and takes their results."""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import logging
import os
import pickle
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from typing import Any

from verideck.core.errors import UsageError
from verideck.core.hashing import digest, file_digest
from verideck.core.run_model import STARTED_PROCESSES, Failure, Result, Run, is_outside, succeeded
from verideck.run.cluster import bundle, worker
from verideck.run.local import LocalExecutor
from verideck.run.recipe import Environment
from verideck.run.serialize import result_from_json
from verideck.run.store import changed_inputs

WAIT = 10
"""Seconds to wait for the scheduler's answer."""
_SHOWN = 3
"""Number of differences of a worker that are told."""


class ClusterFuture(Future[Result]):
    """The future result of a run on some worker; cancelling it ends the run, even after it began."""

    place = ""
    """Address of the worker that executed it."""

    def __init__(self, executor: ClusterExecutor, name: str) -> None:
        super().__init__()
        self.executor, self.name, self.abandoned = executor, name, False
        self.set_running_or_notify_cancel()

    def cancel(self) -> bool:
        """End the run; the future raises CancelledError a moment later."""
        if not self.done():
            self.abandoned = True
            self.executor.abandon(self)
        return False


class ClusterExecutor:
    """Executes runs on the workers of a cluster; those that need files outside of the project, or fail there, here.

    local: executes runs here, and has the settings. address: `tcp://…`, `tls://…`, or `local` for new workers here.

    The first call of `warm` or `submit` connects and sends the project, once a worker. Both raise UsageError for a
    cluster that cannot be reached, and for one without a worker that has the same Python, packages, style and fonts.
    """

    def __init__(self, local: LocalExecutor, address: str) -> None:
        self.notes: list[str] = []
        self._local, self._address, self._root = local, address, local.root
        self._settings = local.settings()
        self._client: Any = None
        self._cluster: Any = None
        self._fit: list[str] = []
        self._names = map(str, itertools.count())
        self._pending: dict[ClusterFuture, Any] = {}
        self._lock = threading.RLock()
        self._closed = False

    def environment(self) -> Environment:
        """Return what every run depends on: as here, because workers that differ are left out."""
        return self._local.environment()

    def warm(self, preload: Iterable[str] = ()) -> None:
        """Connect, and send the project to all workers. Only the first call has an effect."""
        if self._client is None:
            self._settings["preload"] = sorted(preload)
            self._connect()
            self._prepare()

    def submit(self, run: Run) -> Future[Result]:
        """Execute a run on some worker; see `Executor`."""
        self.warm()
        future = ClusterFuture(self, f"{os.getpid()}-{id(self)}-{next(self._names)}")
        with self._lock:
            task = self._client.submit(
                worker.perform, self._key, future.name, pickle.dumps(run), key=f"verideck-{future.name}",
                pure=False, workers=self._fit,
            )  # fmt: skip
            self._pending[future] = task
        task.add_done_callback(functools.partial(self._done, run, future))
        return future

    def abandon(self, future: ClusterFuture) -> None:
        """End a run whose future was cancelled."""
        with self._lock:
            task = self._pending.pop(future, None)
        if task is None:
            return
        future.set_exception(CancelledError("the run was ended"))
        self._end([task], future.name)

    def close(self) -> None:
        """End all runs, here and on the workers, and leave the cluster."""
        self._closed = True
        with self._lock:
            pending = dict(self._pending)
            self._pending.clear()
        for future in pending:
            future.set_exception(CancelledError("the runs were ended"))
        if self._client is not None:
            if pending:
                self._end(list(pending.values()), "")
            for one in filter(None, (self._client, self._cluster)):
                with contextlib.suppress(Exception):
                    one.close(timeout=1)
        self._local.close()

    def _connect(self) -> None:
        try:
            from distributed import Client, LocalCluster
        except ImportError:
            raise UsageError("--cluster needs Dask", None, "pip install 'verideck[cluster]'") from None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            if self._address == "local":
                self._cluster = LocalCluster(threads_per_worker=1, dashboard_address="127.0.0.1:0")  # type: ignore[no-untyped-call]
            self._client = Client(self._cluster or self._address, timeout=WAIT, name="verideck")  # type: ignore[no-untyped-call]
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            hint = "start one with 'dask scheduler' and 'dask worker', or write --cluster local"
            raise UsageError(f"no cluster answers at '{self._address}': {error}", None, hint) from None

    def _prepare(self) -> None:
        """Send the project to all workers, and keep those that are as this machine."""
        data = bundle.pack(self._root, self._local.fonts)
        sent = digest(data)
        self._key = sent + repr(sorted(self._settings.items()))
        with self._located():
            found = self._client.run(worker.prepare, data, sent, self._settings, on_error="return")
        here = self.environment()
        told = []
        for address, there in sorted(found.items()):
            if differences := _differences(here, there):
                told.append(f"the worker {address} is left out: {differences}")
            else:
                self._fit.append(address)
        if not self._fit:
            reason = "; ".join(told) or "it has none"
            hint = "give the workers the Python and the packages of this machine: requirements.lock"
            raise UsageError(f"no worker of the cluster '{self._address}' fits: {reason}", None, hint)
        self.notes += told

    def _done(self, run: Run, future: ClusterFuture, task: Any) -> None:
        """Take a result from a worker; Dask calls it."""
        with self._lock:
            if self._pending.pop(future, None) is None:
                return
        try:
            with self._located():
                future.place, data = task.result(timeout=WAIT)
            result = result_from_json(json.loads(data))
        except UsageError as error:
            future.set_exception(error)
        except Exception as error:
            if type(error).__name__ == "KilledWorker":
                message = "its worker ended, and so did those that tried it again; they may be out of memory"
                future.set_result(Result(error=Failure("lost", message)))
            else:
                self._repeat(run, future, f"{type(error).__name__} on the worker")
        else:
            if not succeeded(run.raises, result):
                self._repeat(run, future, f"it failed on {future.place}")
            elif not self._had_our_files(result):
                self._repeat(run, future, f"it uses files that {future.place} does not have")
            else:
                future.set_result(result)

    def _had_our_files(self, result: Result) -> bool:
        seen = tuple(pair for pair in result.inputs if pair[0] != STARTED_PROCESSES)
        if any(is_outside(path) for path, _ in seen):
            return False
        return not any(changed_inputs(replace(result, inputs=seen), lambda path: file_digest(self._root, path)))

    def _repeat(self, run: Run, future: ClusterFuture, reason: str) -> None:
        """Execute a run here; tell so if it succeeds, so that the cluster is to blame."""

        def finish(done: Future[Result]) -> None:
            try:
                result = done.result()
            except BaseException as error:
                future.set_exception(error)
                return
            if succeeded(run.raises, result):
                away = [
                    f"it uses '{path}', which is outside of the project"
                    for path, _ in result.inputs
                    if is_outside(path)
                ]
                self.notes.append(f"{run.id} ran on this machine: {(*away, reason)[0]}")
            future.place = ""
            future.set_result(result)

        if self._closed:
            future.set_exception(CancelledError("the runs were ended"))
        else:
            self._local.submit(run).add_done_callback(finish)

    def _end(self, tasks: list[Any], name: str) -> None:
        with contextlib.suppress(Exception):
            self._client.cancel(tasks, force=True)
        with contextlib.suppress(Exception):
            self._client.run(worker.end, self._key, name, workers=self._fit, on_error="ignore")

    @contextlib.contextmanager
    def _located(self) -> Iterator[None]:
        """Turn the loss of the scheduler into an error that names it."""
        from distributed.comm.core import CommClosedError

        try:
            yield
        except (CancelledError, TimeoutError, CommClosedError, OSError) as error:
            hint = "start it again; results that had come are stored"
            raise UsageError(f"the cluster at '{self._address}' is gone", None, hint) from error


def _differences(here: Environment, there: Any) -> str:
    """Return in what a worker differs from this machine; "" if it does not."""
    if not isinstance(there, dict):
        return f"{type(there).__name__}: {there}"
    names = sorted(name for name in here.keys() | there.keys() if here.get(name) != there.get(name))
    differ = [name for name in names if name != "package verideck"]  # the engine travels
    told = [f"{name} {there.get(name, 'missing')[:20]} (here {here.get(name, 'missing')[:20]})" for name in differ]
    return ", ".join(told[:_SHOWN]) + (f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else "")
