"""Executes runs on a worker, in the project that came with the archive."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from verideck.core.folders import STYLE, engine_file
from verideck.core.hashing import to_json
from verideck.core.run_model import Failure, Result
from verideck.run import changed_files
from verideck.run.local import LocalExecutor
from verideck.run.recipe import Environment
from verideck.run.serialize import result_to_json


class Remote:
    """The executor of an archive with some settings.

    settings: style (path in the project; "" for ours, None for none), fonts (names), cold, fork, hash_seed, preload.
    """

    def __init__(self, root: Path, settings: Mapping[str, Any], jobs: int) -> None:
        self._root = root
        self._states = changed_files.take(root)
        fonts = [root / ".cache/fonts" / name for name in settings["fonts"]]
        named = settings["style"]
        style = None if named is None else root / named if named else engine_file(STYLE)
        options = {name: settings[name] for name in ("cold", "fork", "hash_seed")}
        self._executor = LocalExecutor(root, style=style, fonts=fonts, jobs=jobs, **options)
        self._preload = settings["preload"]
        self._runs: dict[str, Future[Result]] = {}
        self._lock = threading.Lock()

    def environment(self) -> Environment:
        """Return what every run depends on here."""
        return self._executor.environment()

    def perform(self, name: str, run: bytes) -> bytes:
        """Execute a pickled run and return its result as JSON; `end` knows it by its name."""
        self._executor.warm(self._preload)
        future = self._executor.submit(pickle.loads(run))
        with self._lock:
            self._runs[name] = future
        try:
            result = future.result()
        finally:
            with self._lock:
                self._runs.pop(name, None)
        touched = changed_files.changed(self._states, changed_files.take(self._root), edited=True)
        if touched:
            result = Result(error=Failure("wrote", f"{touched[0]} changed on the worker"))
        return to_json(result_to_json(result))

    def end(self, name: str) -> None:
        """End a run, or all runs if there is no name."""
        with self._lock:
            runs = [future for known, future in self._runs.items() if name in ("", known)]
        for future in runs:
            future.cancel()

    def close(self) -> None:
        """End all runs and their processes."""
        self._executor.close()
