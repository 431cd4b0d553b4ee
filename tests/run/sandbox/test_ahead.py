"""What is imported ahead is nothing that is seen when it is imported: else each run imports it, and all are equal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run.project import make_run
from verideck.core.run_model import Result
from verideck.run.local import LocalExecutor
from verideck.run.sandbox import ahead

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is imported ahead"),
]

SEEN = {
    "prints": "print('hello')",
    "writes": "import os; os.write(1, b'hello')",
    "prints_in_c": "import ctypes; ctypes.CDLL(None).puts(b'hello')",
    "starts_echo": "import subprocess; subprocess.run(['echo', 'hello'])",
    "warns": "import warnings; warnings.warn('old')",
    "logs": "import logging; logging.getLogger('x').warning('hello')",
    "seeds": "import random; random.seed(0)",
    "draws_and_seeds": "import random; random.random(); random.seed(0); random.random()",
    "draws_from_numpy": "import numpy; numpy.random.rand()",
    "seeds_numpy": "import numpy; numpy.random.seed(0)",
    "keeps_random": "import random; rng = random.Random()",
    "keeps_generator": "import numpy\nclass A:\n    rng = numpy.random.default_rng(3)",
    "starts_thread": "import threading, time; threading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
    "uses_another": "import prints",
}
"""Packages that do something when they are imported."""


DRAWS = "import random; x = [random.random() for _ in range(5000)]"


def package(folder: Path, name: str, text: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text(text)


def left_out(folder: Path, *names: str) -> list[str]:
    """Return what of these modules is not imported ahead, in a process of its own."""
    settings = {"preload": names, "careful": True, "attempts": 0}
    program = f"import json, sys\nsys.path[:0] = [{str(folder)!r}, {os.path.dirname(ahead.__file__)!r}]\nimport ahead\n"
    program += f"again = ahead.import_all({settings!r})\nprint(json.dumps(again and again['preload']))"
    environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    kept = json.loads(done.stdout)
    return [] if kept is None else [name for name in names if name not in kept]


@pytest.mark.parametrize("name", SEEN)
def test_what_is_seen_is_not_imported_ahead(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "site-packages"
    for each in {name, "prints"}:
        package(folder, each, SEEN[each])
    package(folder, "quiet", "x = 1")
    assert left_out(folder, "quiet", name) == [name]


def test_what_draws_from_pythons_generator_is_imported_ahead(tmp_path: Path) -> None:
    package(tmp_path / "site-packages", "draws", DRAWS)
    assert left_out(tmp_path / "site-packages", "draws") == []


def test_what_its_author_changes_is_not_imported_ahead(tmp_path: Path) -> None:
    package(tmp_path / "src", "mine", "x = 1")
    assert left_out(tmp_path / "src", "json", "mine") == ["mine"]


def test_what_the_talk_imports_is_imported_ahead(tmp_path: Path) -> None:
    names = ("matplotlib.pyplot", "numpy", "sklearn.linear_model", "optuna", "scipy.stats")
    assert left_out(tmp_path, *names) == []


def test_a_package_is_left_out_with_all_its_parts_and_after_some_attempts_all_is() -> None:
    settings = {"preload": ["a", "a.b", "c"], "careful": False, "attempts": 0}
    assert ahead.without(settings, "a") == {"preload": ["c"], "careful": False, "attempts": 1}
    assert ahead.without({**settings, "attempts": ahead.ATTEMPTS - 1}, "a")["preload"] == []


@pytest.mark.parametrize("name", ["prints", "warns", "logs", "draws", "seeds_numpy", "keeps_random", "starts_thread"])
def test_a_run_is_as_it_is_in_an_interpreter_of_its_own(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = tmp_path / "site-packages"
    package(user, name, SEEN.get(name, DRAWS))
    (tmp_path / "project/snippets").mkdir(parents=True)
    monkeypatch.setattr(LocalExecutor, "_make_variables", with_path(user))
    source = f"import {name}\nimport threading\nprint({name}.__name__, len(threading.enumerate()))"
    if name == "draws":
        source = f"import random\nrandom.seed(0)\n{source}\nprint(random.random())"
    if name == "seeds_numpy":
        source += "\nimport numpy\nprint(numpy.random.rand())"
    results: list[Result] = []
    for cold, fork in ((False, True), (True, True), (False, False)):
        with_it = LocalExecutor(tmp_path / "project", cold=cold, fork=fork)
        with_it.warm([name, "numpy"])
        results += [with_it.submit(make_run(source)).result() for _ in range(2)]
        with_it.close()
    assert results[0].error is None
    assert name in results[0].stdout
    assert all(result == results[0] for result in results)


def with_path(folder: Path) -> object:
    made = LocalExecutor._make_variables
    return lambda self: {**made(self), "PYTHONPATH": str(folder)}
