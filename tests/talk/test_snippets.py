"""Every script of snippets/ alone, as a reader runs it; run by run against the record, `make test` has the plugin."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness import ROOT
from verideck.core.deck_model import Deck
from verideck.core.errors import DeckErrors
from verideck.core.project import Sources
from verideck.read import parser
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


@pytest.mark.slow
@pytest.mark.parametrize("name", SCRIPTS)
def test_script_runs_alone(name: str) -> None:
    # Without a window `plt.show()` warns that it shows nothing; any other warning is a failure.
    quiet = ["-W", "error", "-W", "ignore:FigureCanvasAgg is non-interactive:UserWarning"]
    done = subprocess.run(
        [sys.executable, *quiet, f"snippets/{name}"],
        cwd=ROOT,
        env={**os.environ, "MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
