"""Characters that no embedded font has, in prose, formulas, code, values and figures: elsewhere they may be boxes."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from verideck.check.registry import GLYPH
from verideck.core.deck_model import Deck, EvalUse, FigureUse, OutputUse, Slide, SnippetUse, TableUse, Use
from verideck.core.errors import LineOf
from verideck.core.run_model import Finding, Location, Results
from verideck.core.tokens import walk
from verideck.typeset import figure_facts
from verideck.typeset.fonts import MATH, MONO, SANS, Fonts

_TAGS = re.compile(r"<style.*?</style>|<[^>]*>", re.DOTALL)

Piece = tuple[str, tuple[str, ...], Location, str]
"""(text, the families that may show it, where it begins, what it is in: "" for the deck's own text)."""


def missing(slide: Slide, results: Results, fonts: Fonts, line_of: LineOf) -> Iterator[Finding]:
    """Yield each character on a slide that the fonts of its place do not have."""
    told: set[tuple[str, Location]] = set()
    for text, families, at, where in _pieces(slide, results):
        for char in sorted(fonts.uncovered(text, *families)):
            place = at if where else _place(char, text, at, line_of)
            if (char, place) not in told:
                told.add((char, place))
                yield _finding(char, slide, place, where, fonts)


def missing_in_front_matter(deck: Deck, fonts: Fonts, line_of: LineOf) -> Iterator[Finding]:
    """Yield the characters of title, author and footer that the fonts do not have."""
    start = Location(deck.path, 1)
    meta = deck.meta
    shown = (meta.title, meta.subtitle, meta.author, meta.date, meta.footer)
    for char in sorted(fonts.uncovered("".join(shown), SANS)):
        at = _place(char, "\n" * (deck.slides[0].at.line - 1), start, line_of)
        yield _finding(char, deck.slides[0], at, " in the front matter", fonts)


def _finding(char: str, slide: Slide, at: Location, where: str, fonts: Fonts) -> Finding:
    name = unicodedata.name(char, "a character without a name")
    message = f"no embedded font has '{char}' (U+{ord(char):04X} {name}){where}"
    another = "write another character"
    if not where and unicodedata.category(char) == "Sm" and not fonts.uncovered(char, MATH):
        another = f"write it as a formula: ${char}$"
    hint = f"{another}; what stands here depends on the machine, and may be an empty box"
    return GLYPH.finding(slide.number, at, message, hint)


def _pieces(slide: Slide, results: Results) -> Iterator[Piece]:
    for tokens in (slide.eyebrow, slide.heading, slide.tokens, *slide.footnotes, slide.notes):
        yield from _written(tokens, slide.at)
    for use in slide.uses:
        yield from _taken(use, results)


def _written(tokens: Iterable[Any], at: Location) -> Iterator[Piece]:
    """Yield what the author wrote, but for what a directive shows."""
    for token in walk(tokens, within_pictures=False):
        line = token.meta.get("line") or (token.map[0] + 1 if token.map else at.line)
        at = Location(at.path, line)
        if token.type == "text":
            yield token.content, (SANS,), at, ""
        elif token.type == "code_inline" or (token.type in ("fence", "code_block") and "use" not in token.meta):
            yield token.content, (MONO, SANS), at, ""
        elif "mathml" in token.meta:
            yield html.unescape(_TAGS.sub("", token.meta["mathml"])), (MATH,), at, ""
        elif token.type in ("html_block", "html_inline"):
            yield html.unescape(_TAGS.sub("", token.content)), (SANS,), at, ""


def _taken(use: Use, results: Results) -> Iterator[Piece]:
    """Yield what a slide takes from runs, with captions and callouts."""
    if isinstance(use, FigureUse):
        for figure in (figure for run in use.runs if run in results for figure in results[run].figures):
            yield figure_facts.letters(figure.svg), (SANS,), use.at, " in this figure"
            yield figure.label, (SANS,), use.at, " in a label of this figure"
        yield use.label + "".join(map(str, use.values)), (SANS,), use.at, " in this slider"
    elif isinstance(use, SnippetUse) and not use.hide:
        first, last = use.lines
        for number in range(first - 1, last):
            yield use.snippet.shown[number], (MONO, SANS), Location(use.snippet.path, use.snippet.lines[number]), ""
        for callout in use.callouts:
            yield from _written(callout.tokens, use.at)
    elif isinstance(use, OutputUse) and use.run in results:
        yield results[use.run].stdout, (MONO, SANS), use.at, f" in what {use.run} prints"
    elif isinstance(use, EvalUse | TableUse) and use.run in results:
        yield str(results[use.run].values.get(use.expression)), (SANS,), use.at, f" in {use.expression}"
    if isinstance(use, FigureUse | SnippetUse | TableUse):
        yield from _written(use.caption, use.at)


def _place(char: str, text: str, at: Location, line_of: LineOf) -> Location:
    """Return where a character stands, from the line on at which its text begins."""
    for line in range(at.line, at.line + text.count("\n") + 2):
        if (column := (line_of(at.path, line) or "").find(char)) >= 0:
            return Location(at.path, line, column + 1)
    return at
