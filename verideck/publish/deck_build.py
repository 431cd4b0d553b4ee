"""A deck to the content of one of its files, and what tells whether that would change."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from verideck.core import hashing, theme
from verideck.core.cache import kept
from verideck.core.deck_model import Deck, runs_of
from verideck.core.errors import UsageError
from verideck.core.project import Sources
from verideck.core.run_model import Results
from verideck.render import assets, charset, pages, provenance, reveal
from verideck.render import slides as slide_views
from verideck.run import recipe
from verideck.run.serialize import result_to_json
from verideck.typeset.fonts import Fonts


@dataclass(frozen=True)
class Binding:
    """A deck and all that its files are made of."""

    deck: Deck
    results: Results
    sources: Sources
    look: theme.Look
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
            "templates": dict(self.look.templates),
            "editions": self.editions,
            "time": os.environ.get("SOURCE_DATE_EPOCH", ""),
            "engine": [hashing.engine_digest(), recipe.environment(None, ())],
        }
        return hashing.digest(json.dumps(parts).encode())

    def html(self, *, notes: bool) -> bytes:
        """Return the page for the screen, with or without its notes; raises DeckErrors."""
        with kept(self.sources.root):
            slides = slide_views.views(self.deck, self.results, self.look.tokens, "screen", notes=notes)
        origins = (provenance.origins(slide, self.results, self.sources.text) for slide in self.deck.slides)
        slides = tuple(replace(view, origins=given) for view, given in zip(slides, origins, strict=True))
        css = assets.screen_fonts(charset.shown_text(slides, self.deck.meta), self.fonts)
        scripts, popup, reveal_css = reveal.stage(self.look, self.deck.meta.lang)
        policy = pages.policy([*scripts, popup])
        return pages.screen(
            self.deck, slides, self.look, css, reveal_css, scripts, policy, editions=self.editions
        ).encode()

    def print_page(self, kind: str = "pdf") -> tuple[str, dict[str, Path]]:
        """Return the page that becomes a PDF and the file behind each font's URL; raises DeckErrors, UsageError."""
        with kept(self.sources.root):
            if kind == "steps.pdf":
                slides = slide_views.stepped(self.deck, self.results, self.look.tokens)
            else:
                slides = slide_views.views(
                    self.deck, self.results, self.look.tokens, "print", notes=kind == "notes.pdf"
                )
        css, files = assets.print_fonts(charset.shown_text(slides, self.deck.meta), self.fonts)
        handout = kind == "notes.pdf"
        return pages.print_(self.deck, slides, self.look, css, handout=handout, modified=_modified()), files


def page_key(text: str, files: dict[str, Path]) -> str:
    """Return the digest of a print page, its fonts, and all that makes a PDF of it."""
    engine = [hashing.engine_digest("render"), recipe.environment(None, ())]
    return hashing.digest(json.dumps([text, [file.name for file in files.values()], *engine]).encode())


def _modified() -> str:
    """Return the time that SOURCE_DATE_EPOCH states, as a PDF is to give it; "" without: no clock is ever asked."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""
    except (ValueError, OverflowError, OSError):
        hint = "a number, as in SOURCE_DATE_EPOCH=1729814400"
        raise UsageError(f"SOURCE_DATE_EPOCH is no count of seconds: '{seconds}'", None, hint) from None
