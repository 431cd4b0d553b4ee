"""What a worker does. These functions travel by value: a worker has Dask and the packages of the snippets, no engine.

So nothing of the engine is imported here before its archive is unpacked.
"""

from __future__ import annotations

from typing import Any

KEPT = 2
"""Number of archives that a worker keeps unpacked."""


def prepare(data: bytes, digest: str, settings: dict[str, Any], dask_worker: Any = None) -> dict[str, str]:
    """Unpack an archive, make its executor, and return what runs depend on here, as `recipe.environment`."""
    import importlib
    import io
    import os
    import shutil
    import sys
    import zipfile
    from pathlib import Path

    executors = dask_worker.__dict__.setdefault("verideck", {})
    key = digest + repr(sorted(settings.items()))
    folder = Path(dask_worker.local_directory) / f"verideck-{digest[:16]}"
    if not folder.exists():
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            archive.extractall(part)
            for entry in archive.infolist():
                os.chmod(part / entry.filename, 0o755 if entry.is_dir() else entry.external_attr >> 16)
        os.replace(part, folder)
    engine = str(folder / "engine")
    if engine not in sys.path:  # another edition of the engine may have been imported
        sys.path[:] = [engine, *(path for path in sys.path if "verideck-" not in path)]
        for name in [name for name in sys.modules if name.partition(".")[0] == "verideck"]:
            del sys.modules[name]
        importlib.invalidate_caches()
    from verideck.run.cluster import remote

    if key not in executors:
        executors[key] = remote.Remote(folder / "project", settings, dask_worker.state.nthreads)
    executors[key] = executors.pop(key)  # the latest one last
    for old in list(executors)[:-KEPT]:
        executors.pop(old).close()
        left = folder.with_name(f"verideck-{old[:16]}")
        if not any(name.startswith(old[:64]) for name in executors):
            shutil.rmtree(left, ignore_errors=True)
    found: dict[str, str] = executors[key].environment()
    return found


def perform(key: str, name: str, run: bytes) -> tuple[str, bytes]:
    """Execute a run; return the worker's address and the result as JSON. Raises KeyError where nothing was prepared."""
    from distributed import get_worker

    worker: Any = get_worker()
    return worker.address, worker.verideck[key].perform(name, run)


def end(key: str, name: str, dask_worker: Any = None) -> None:
    """End the run of this name, or all runs if it has none."""
    if known := dask_worker.__dict__.get("verideck", {}).get(key):
        known.end(name)


for _one in (prepare, perform, end):
    _one.__module__ = "__main__"
