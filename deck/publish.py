"""Decks and results to the files in dist/; what was made from the same things is not made again."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from deck import assets, inputs, layout, output, page, pdf, provenance
from deck.errors import DeckErrors
from deck.fonts import Fonts
from deck.fulfil import Progress
from deck.layout import Layout
from deck.model import Results, Write
from deck.plan import runs_of
from deck.slides import Deck
from deck.sources import Sources
from deck.store import result_to_json


@dataclass(frozen=True, slots=True)
class Published:
    """What `publish` did."""

    changes: output.Changes
    notes: tuple[str, ...]


def publish(
    decks: Sequence[Deck],
    results: Results,
    sources: Sources,
    fonts: Fonts,
    *,
    html: bool,
    pdf: bool | None,
    progress: Progress,
) -> Published:
    """Write each deck's HTML, with its provenance, and PDF, all or none.

    `pdf=None` leaves the PDF out where Pango is missing.
    Raises DeckErrors for what a slide shows and no run gave, PangoMissing where the PDF was asked for.
    """
    look = assets.read_look(sources)
    made: dict[str, tuple[bytes, str]] = {}
    notes: list[str] = []
    for deck in decks:
        key = _key(deck, results, sources, look.templates)
        wanted = [f"dist/{deck.name}.{kind}" for kind, wish in (("html", html), ("pdf", pdf is not False)) if wish]
        stale = [path for path in wanted if output.made_from(sources.root, path) != key]
        for path in stale:
            progress(path, 0, 0)
            data, more = _make(path, deck, results, look, fonts, sources.root, key, asked=pdf is True)
            notes += more
            if data is not None:
                made[path] = (data, key)
    names = {Path(path).stem for path in sources.decks()}
    unmade = {path for path in output.listed(sources.root) if Path(path).stem not in names}
    origins = [provenance.write(deck, results, sources) for deck in decks] if html else []
    made.update({write.path: (write.data, "") for write in origins})
    changes = output.apply(sources.root, [Write(path, data) for path, (data, _) in made.items()], unmade)
    output.remember(sources.root, made, unmade)
    return Published(changes, tuple(notes))


def check(decks: Sequence[Deck], results: Results, sources: Sources) -> None:
    """Raise DeckErrors for everything that a slide shows and no run gave."""
    tokens = assets.read_look(sources).tokens
    errors: list[Any] = []
    for deck in decks:
        try:
            page.views(deck, results, tokens, "screen", notes=True)
        except DeckErrors as several:
            errors += several.errors
    if errors:
        raise DeckErrors(errors)


def layouts(
    decks: Sequence[Deck], results: Results, sources: Sources, fonts: Fonts, *, make: bool = True
) -> dict[str, Layout | None]:
    """Return what became of each deck's slides, by its path: as remembered, else laid out now.

    None where nothing is remembered and it is not to be made (`make`), or Pango is missing.
    """
    look = assets.read_look(sources)
    found: dict[str, Layout | None] = {}
    for deck in decks:
        key = _key(deck, results, sources, look.templates)
        found[deck.path] = _remembered(sources.root, deck, key)
        if make and not found[deck.path]:
            with contextlib.suppress(pdf.PangoMissing):
                found[deck.path] = facts = pdf.lay_out(*_print_page(deck, results, look, fonts))
                output.apply(sources.root, [_memo(deck, key, facts)])
    return found


def _remembered(root: Path, deck: Deck, key: str) -> Layout | None:
    with contextlib.suppress(OSError, ValueError):
        made_from, _, text = (root / _memo_path(deck)).read_text("utf-8").partition("\n")
        return layout.from_json(text) if made_from == key else None
    return None


def _memo(deck: Deck, key: str, facts: Layout) -> Write:
    return Write(_memo_path(deck), f"{key}\n{layout.to_json(facts)}".encode())


def _memo_path(deck: Deck) -> str:
    return f".cache/layout/{deck.name}.json"


def _print_page(deck: Deck, results: Results, look: page.Look, fonts: Fonts) -> tuple[str, dict[str, Path]]:
    """Return the print page and the file behind each font's URL."""
    slides = page.views(deck, results, look.tokens, "print", notes=False)
    css, files = assets.print_fonts(page.shown_text(slides, deck.meta), fonts)
    return page.print_(deck, slides, look, css), files


def _make(
    path: str, deck: Deck, results: Results, look: page.Look, fonts: Fonts, root: Path, key: str, asked: bool
) -> tuple[bytes | None, list[str]]:
    """Return a file's content and what is to be said about it; None for a PDF that this machine cannot make."""
    if path.endswith(".html"):
        slides = page.views(deck, results, look.tokens, "screen", notes=False)
        css = assets.screen_fonts(page.shown_text(slides, deck.meta), fonts)
        scripts, popup, reveal_css = assets.stage(look)
        return page.screen(deck, slides, look, css, reveal_css, scripts, page.policy([*scripts, popup])).encode(), []
    try:
        data, warnings, facts = pdf.render(*_print_page(deck, results, look, fonts))
        output.apply(root, [_memo(deck, key, facts)])
        return data, [f"{path}: {warning}" for warning in warnings]
    except pdf.PangoMissing as error:
        if asked:
            raise
        return None, [f"{error.message}; {error.hint}"]


def _key(deck: Deck, results: Results, sources: Sources, templates: Mapping[str, str]) -> str:
    """Return the digest of everything that a deck's pages are made of."""
    runs = sorted({str(run): run for slide in deck.slides for use in slide.uses for run in runs_of(use)}.items())
    parts = {
        "files": {path: inputs.digest(sources.data(path)) for path in (deck.path, *deck.files)},
        "results": [(name, result_to_json(replace(results[run], inputs=()))) for name, run in runs if run in results],
        "templates": dict(templates),
        "engine": _engine(),
    }
    return inputs.digest(json.dumps(parts).encode())


@cache
def _engine() -> dict[str, str]:
    """Return the digests of our own modules, Python's and all packages' versions."""
    modules = {file.name: inputs.digest(file.read_bytes()) for file in sorted(Path(__file__).parent.glob("*.py"))}
    return {**modules, **inputs.environment(None, ())}
