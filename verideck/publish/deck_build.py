"""The content of a deck's files, and the digest that tells whether it changed."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from verideck.core import hashing
from verideck.core.cache import Cache, kept
from verideck.core.deck_model import Deck
from verideck.core.errors import UsageError
from verideck.core.project import Sources
from verideck.core.run_model import Results
from verideck.core.theme import Theme
from verideck.render import deck_fits, pdf_engine, print_page, screen_page
from verideck.run import environment, result_to_json
from verideck.typeset.fonts import Fonts


@dataclass(frozen=True)
class DeckBuild:
    """A deck and everything that its files are made of."""

    deck: Deck
    results: Results
    sources: Sources
    theme: Theme
    fonts: Fonts
    editions: tuple[tuple[str, str], ...] = ()
    """(language, name) of all editions of this talk; empty if there is only one."""

    @cached_property
    def key(self) -> str:
        """Return the digest of everything that the deck's files are made of."""
        runs = sorted({str(run): run for slide in self.deck.slides for run in slide.runs}.items())
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

    @cached_property
    def fits(self) -> dict[str, int]:
        """Return id of a slide → step to which its text shrinks: from the cache, or laid out now."""
        known = Cache(self.sources.root, "fits")
        if data := known.get(self.deck.name, self.key):
            return dict(json.loads(data))
        cache = Cache(self.sources.root, "painted")
        found = deck_fits(self.deck, self.results, self.theme, self.fonts, modified=_modified(), cache=cache)
        known.put(self.deck.name, json.dumps(found).encode(), self.key)
        return found

    def html(self, *, notes: bool) -> bytes:
        """Return the screen page, with or without notes; raises DeckErrors."""
        with kept(self.sources.root):
            return screen_page(
                self.deck,
                self.results,
                self.theme,
                self.fonts,
                self.sources.text,
                notes=notes,
                editions=self.editions,
                fits=self.fits,
            ).encode()

    def print_page(self, kind: str = "pdf") -> tuple[str, dict[str, Path]]:
        """Return the print page, and font URL → file; raises DeckErrors, and UsageError for SOURCE_DATE_EPOCH."""
        with kept(self.sources.root):
            return print_page(
                self.deck, self.results, self.theme, self.fonts, kind=kind, modified=_modified(), fits=self.fits
            )


def page_key(text: str, files: dict[str, Path]) -> str:
    """Return the digest of a print page, its fonts, and the code that makes a PDF from it."""
    return hashing.digest(json.dumps([text, [file.name for file in files.values()], pdf_engine()]).encode())


def _modified() -> str:
    """Return the time of SOURCE_DATE_EPOCH in ISO 8601 for the PDF; "" if it is not set."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""
    except (ValueError, OverflowError, OSError):
        hint = "set a number of seconds: SOURCE_DATE_EPOCH=1729814400"
        raise UsageError(f"SOURCE_DATE_EPOCH is not a number of seconds: '{seconds}'", None, hint) from None
