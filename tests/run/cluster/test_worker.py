"""What a worker keeps of the archives that it was sent."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from verideck.run.cluster import bundle, worker
from verideck.run.recipe import environment

SETTINGS: dict[str, Any] = {"style": None, "fonts": [], "cold": True, "fork": True, "hash_seed": 0, "preload": []}


@pytest.fixture(autouse=True)
def same_modules() -> Iterator[None]:
    """Keep the engine's modules: a worker imports those of the archive."""
    before = dict(sys.modules)
    yield
    sys.modules.clear()
    sys.modules.update(before)


def test_it_unpacks_answers_and_keeps_the_last_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    machine = SimpleNamespace(local_directory=str(tmp_path / "here"), state=SimpleNamespace(nthreads=1))
    (tmp_path / "here").mkdir()
    folders = []
    for text in ("one", "two", "three"):
        root = tmp_path / text
        root.mkdir()
        (root / "a.txt").write_text(text)
        data = bundle.pack(root, ())
        digest = hashlib.sha256(data).hexdigest()
        assert worker.prepare(data, digest, SETTINGS, dask_worker=machine) == environment(None, ())
        folders.append(tmp_path / f"here/verideck-{digest[:16]}")
        assert (folders[-1] / "project/a.txt").read_text() == text
    assert [folder.exists() for folder in folders] == [False, True, True]
    worker.end("unknown", "", dask_worker=machine)
    for one in machine.verideck.values():
        one.close()


def test_its_functions_travel_by_value() -> None:
    assert {one.__module__ for one in (worker.prepare, worker.perform, worker.end)} == {"__main__"}
