"""A deck to the content of one of its files, and what tells whether that would change."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path

from deck import assets, inputs, page, painted, provenance
from deck.errors import UsageError
from deck.fonts import Fonts
from deck.model import Results
from deck.plan import runs_of
from deck.slides import Deck
from deck.sources import Sources
from deck.store import result_to_json

_PDF = ("pdf.py", "measure.py", "layout.py", "inks.py", "frames.py", "tags.py", "tints.py")
"""The modules that make a PDF of a page, and facts about it."""
KINDS = ("html", "presenting.html", "pdf", "steps.pdf", "notes.pdf")
"""Endings of a deck's files: the slides, with notes for who presents; as PDF, step by step, as a handout."""


@dataclass(frozen=True)
class Binding:
    """A deck and all that its files are made of."""

    deck: Deck
    results: Results
    sources: Sources
    look: page.Look
    fonts: Fonts
    editions: tuple[tuple[str, str], ...] = ()
    """(language, name) of the decks that are this talk in one language each, where there are several."""

    @cached_property
    def key(self) -> str:
        """Return the digest of everything that the deck's files are made of."""
        uses = [use for slide in self.deck.slides for use in slide.uses]
        runs = sorted({str(run): run for use in uses for run in runs_of(use)}.items())
        parts = {
            "files": {path: inputs.digest(self.sources.data(path)) for path in (self.deck.path, *self.deck.files)},
            "results": [
                (name, result_to_json(replace(self.results[run], inputs=())))
                for name, run in runs
                if run in self.results
            ],
            "templates": dict(self.look.templates),
            "editions": self.editions,
            "time": os.environ.get("SOURCE_DATE_EPOCH", ""),
            "engine": _engine(),
        }
        return inputs.digest(json.dumps(parts).encode())

    def html(self, *, notes: bool) -> bytes:
        """Return the page for the screen, with or without its notes; raises DeckErrors."""
        with painted.kept(self.sources.root):
            slides = page.views(self.deck, self.results, self.look.tokens, "screen", notes=notes)
        origins = (provenance.origins(slide, self.results, self.sources.text) for slide in self.deck.slides)
        slides = tuple(replace(view, origins=given) for view, given in zip(slides, origins, strict=True))
        css = assets.screen_fonts(page.shown_text(slides, self.deck.meta), self.fonts)
        scripts, popup, reveal_css = assets.stage(self.look, self.deck.meta.lang)
        policy = page.policy([*scripts, popup])
        return page.screen(
            self.deck, slides, self.look, css, reveal_css, scripts, policy, editions=self.editions
        ).encode()

    def print_page(self, kind: str = "pdf") -> tuple[str, dict[str, Path]]:
        """Return the page that becomes a PDF and the file behind each font's URL; raises DeckErrors, UsageError."""
        with painted.kept(self.sources.root):
            if kind == "steps.pdf":
                slides = page.stepped(self.deck, self.results, self.look.tokens)
            else:
                slides = page.views(self.deck, self.results, self.look.tokens, "print", notes=kind == "notes.pdf")
        css, files = assets.print_fonts(page.shown_text(slides, self.deck.meta), self.fonts)
        handout = kind == "notes.pdf"
        return page.print_(self.deck, slides, self.look, css, handout=handout, modified=_modified()), files


def page_key(text: str, files: dict[str, Path]) -> str:
    """Return the digest of a print page, its fonts, and all that makes a PDF of it."""
    engine = {name: digest for name, digest in _engine().items() if not name.endswith(".py") or name in _PDF}
    return inputs.digest(json.dumps([text, [file.name for file in files.values()], engine]).encode())


def _modified() -> str:
    """Return the time that SOURCE_DATE_EPOCH states, as a PDF is to give it; "" without: no clock is ever asked."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""
    except (ValueError, OverflowError, OSError):
        hint = "a number, as in SOURCE_DATE_EPOCH=1729814400"
        raise UsageError(f"SOURCE_DATE_EPOCH is no count of seconds: '{seconds}'", None, hint) from None


@cache
def _engine() -> dict[str, str]:
    """Return the digests of our own modules, Python's and all packages' versions."""
    modules = {file.name: inputs.digest(file.read_bytes()) for file in sorted(Path(__file__).parent.glob("*.py"))}
    return {**modules, **inputs.environment(None, ())}
