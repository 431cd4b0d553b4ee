"""Decks in memory: text in, what was read of it out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.harness import ROOT
from verideck.core.deck_model import Deck
from verideck.core.project import Sources
from verideck.core.theme import Theme, load_theme
from verideck.read import parser

PATH = "slides/a.md"
SCRIPT = "w = 0.5\nprint('w is', w)\n"


def deck_of(text: str, scripts: Mapping[str, str] | None = None, path: str = PATH) -> tuple[Deck, Sources]:
    """Return a deck and its project, which holds `scripts` by name, else a.py; raises DeckErrors."""
    files = {path: text, **{f"snippets/{name}": code for name, code in (scripts or {"a.py": SCRIPT}).items()}}
    sources = Sources(Path("nowhere"), files)
    return parser.parse(path, sources).valid(), sources


def theme() -> Theme:
    """Return our own templates and colours."""
    return load_theme(Sources(ROOT))
