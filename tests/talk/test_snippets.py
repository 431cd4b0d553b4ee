"""Every script of snippets/ alone, as a reader runs it; tests/house/test_recorded.py compares runs with the record."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.harness import ROOT
from verideck.core.deck_model import Deck
from verideck.core.errors import DeckErrors
from verideck.core.project import Sources
from verideck.read import parser
from verideck.read.snippets import modules_imported
from verideck.run.planner import plan

SOURCES = Sources(ROOT)
SCRIPTS = SOURCES.snippets()


def decks() -> list[Deck]:
    """Return all decks of the project, none where one is wrong: a test of its own says so."""
    try:
        return [parser.parse(path, SOURCES).valid() for path in SOURCES.decks()]
    except DeckErrors:
        return []


DECKS = decks()
RUNS = plan(DECKS, SOURCES).runs


def test_there_are_scripts_decks_and_runs() -> None:
    for path in SOURCES.decks():
        parser.parse(path, SOURCES).valid()
    assert SCRIPTS
    assert len(RUNS) >= len(DECKS) > 0


def test_every_script_is_shown_or_imported() -> None:
    shown = {run.snippet.name for run in RUNS} | {Path(path).name for deck in DECKS for path in deck.files}
    sources = [SOURCES.text(f"snippets/{name}") for name in SCRIPTS]
    imported = {name for name in SCRIPTS if any(f"from {name.removesuffix('.py')} import" in text for text in sources)}
    assert set(SCRIPTS) - shown - imported == set()


ALONE = """
import importlib, json, os, runpy, sys

for module in json.loads(sys.argv[1]):
    importlib.import_module(module)
for name in map(str.strip, sys.stdin):
    pid = os.fork()
    if not pid:
        sys.argv, sys.path[0] = [f"snippets/{name}"], os.path.abspath("snippets")
        null, said = os.open(os.devnull, os.O_RDWR), os.open(os.environ["SAID"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for here, there in ((null, 0), (null, 1), (said, 2)):
            os.dup2(here, there)
        sys.stdin = open(os.devnull)
        runpy.run_path(f"snippets/{name}", run_name="__main__")
        sys.stdout.flush()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
"""Runs scripts as `python snippets/NAME` does, each in a process of its own; what they import is imported once."""
# Without a window `plt.show()` warns that it shows nothing; any other warning is a failure.
QUIET = ["-W", "error", "-W", "ignore:FigureCanvasAgg is non-interactive:UserWarning"]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], tuple[int, str]]]:
    """Return a function that runs a script and gives its exit code and what it complains of."""
    said = tmp_path_factory.mktemp("alone") / "said"
    own = {name.removesuffix(".py") for name in SCRIPTS}
    imported = {module for name in SCRIPTS for module in modules_imported(SOURCES.text(f"snippets/{name}"))}
    ahead = [module for module in sorted(imported - own) if _is_module(module)]
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONUTF8": "1", "SAID": str(said)}
    command = [sys.executable, *QUIET, "-c", ALONE, json.dumps(ahead)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        assert process.stdin
        assert process.stdout
        asked, told = process.stdin, process.stdout

        def run(name: str) -> tuple[int, str]:
            asked.write(f"{name}\n")
            return int(told.readline()), said.read_text("utf-8")

        yield run
        asked.close()


def _is_module(name: str) -> bool:
    with contextlib.suppress(ImportError, AttributeError):
        return importlib.util.find_spec(name) is not None
    return False


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("name", SCRIPTS)
def test_script_runs_alone(alone: Callable[[str], tuple[int, str]], name: str) -> None:
    assert alone(name) == (0, "")
