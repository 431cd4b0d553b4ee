"""A deck to the content of one of its files, and what tells whether that would change."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from verideck.core import hashing
from verideck.core.cache import kept
from verideck.core.deck_model import Deck, runs_of
from verideck.core.errors import UsageError
from verideck.core.project import Sources
from verideck.core.run_model import Results
from verideck.core.theme import Theme
from verideck.render import print_page, screen_page
from verideck.run import environment, result_to_json
from verideck.typeset.fonts import Fonts


@dataclass(frozen=True)
class DeckBuild:
    """A deck and all that its files are made of."""

    deck: Deck
    results: Results
    sources: Sources
    theme: Theme
    fonts: Fonts
    editions: tuple[tuple[str, str], ...] = ()
    """(language, name) of the decks that are this talk in one language each, where there are several."""

    @cached_property
    def key(self) -> str:
        """Return the digest of everything that the deck's files are made of."""
        uses = [use for slide in self.deck.slides for use in slide.uses]
        runs = sorted({str(run): run for use in uses for run in runs_of(use)}.items())
        parts = {
            "files": {path: hashing.digest(self.sources.data(path)) for path in (self.deck.path, *self.deck.files)},
            "results": [
                (name, result_to_json(replace(self.results[run], inputs=())))
                for name, run in runs
                if run in self.results
            ],
            "templates": dict(self.theme.templates),
            "editions": self.editions,
            "time": os.environ.get("SOURCE_DATE_EPOCH", ""),
            "engine": [hashing.engine_digest(), environment(None, ())],
        }
        return hashing.digest(json.dumps(parts).encode())

    def html(self, *, notes: bool) -> bytes:
        """Return the page for the screen, with or without its notes; raises DeckErrors."""
        with kept(self.sources.root):
            return screen_page(
                self.deck, self.results, self.theme, self.fonts, self.sources.text, notes=notes, editions=self.editions
            ).encode()

    def print_page(self, kind: str = "pdf") -> tuple[str, dict[str, Path]]:
        """Return the page that becomes a PDF and the file behind each font's URL; raises DeckErrors, UsageError."""
        with kept(self.sources.root):
            return print_page(self.deck, self.results, self.theme, self.fonts, kind=kind, modified=_modified())


def page_key(text: str, files: dict[str, Path]) -> str:
    """Return the digest of a print page, its fonts, and all that makes a PDF of it."""
    engine = [hashing.engine_digest("render"), environment(None, ())]
    return hashing.digest(json.dumps([text, [file.name for file in files.values()], *engine]).encode())


def _modified() -> str:
    """Return the time that SOURCE_DATE_EPOCH states, as a PDF is to give it; "" without: no clock is ever asked."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""
    except (ValueError, OverflowError, OSError):
        hint = "a number, as in SOURCE_DATE_EPOCH=1729814400"
        raise UsageError(f"SOURCE_DATE_EPOCH is no count of seconds: '{seconds}'", None, hint) from None
