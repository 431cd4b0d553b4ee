"""Runs on a worker: results as JSON, ends, changes of the project."""

from __future__ import annotations

import json
import pickle
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.run.machines import wait
from tests.run.project import make_run
from verideck.run.cluster.remote import Remote

pytestmark = pytest.mark.slow
SETTINGS: dict[str, Any] = {"style": None, "fonts": [], "cold": True, "fork": True, "hash_seed": 0, "preload": []}


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[Remote]:
    (tmp_path / "snippets").mkdir()
    with closing(Remote(tmp_path, SETTINGS, 1)) as made:
        yield made


def test_a_result_comes_as_json(remote: Remote) -> None:
    assert json.loads(remote.perform("a", pickle.dumps(make_run("print(1)"))))["stdout"] == "1\n"
    assert "Python" in remote.environment()


def test_a_run_that_changed_the_project_is_no_result(remote: Remote, tmp_path: Path) -> None:
    source = "import subprocess, sys, os\nsubprocess.run(['touch', os.path.dirname(__file__) + '/b.py'], check=True)"
    error = json.loads(remote.perform("a", pickle.dumps(make_run(source))))["error"]
    assert error["kind"] == "wrote"
    assert "snippets/b.py" in error["message"]


def test_a_run_is_ended_by_its_name(remote: Remote) -> None:
    ended: list[str] = []

    def perform(name: str) -> None:
        try:
            remote.perform(name, pickle.dumps(make_run("import time; time.sleep(60)")))
        except BaseException as error:
            ended.append(type(error).__name__)

    thread = threading.Thread(target=perform, args=("a",))
    thread.start()
    wait(lambda: "a" in remote._runs)
    remote.end("b")
    assert "a" in remote._runs
    remote.end("a")
    thread.join(10)
    assert ended == ["CancelledError"]
