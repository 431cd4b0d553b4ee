"""Characters that no embedded font has, in prose, formulas, code, values and figures: elsewhere they may be boxes."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from verideck.check.registry import GLYPH
from verideck.core.deck_model import (
    Deck,
    EvalUse,
    FigureUse,
    OutputUse,
    Passage,
    Slide,
    SnippetUse,
    TableUse,
    Use,
    passages,
)
from verideck.core.errors import DeckError, LineOf
from verideck.core.markdown_tokens import located, mathml_of, use_of
from verideck.core.run_model import Finding, Location, Results
from verideck.render import frames, output_text, texts
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
    """Yield all that a slide shows; alternative texts are heard, not seen."""
    for passage in passages(slide):
        if passage.where != "alternative text":
            yield from _written(passage)
    for use in slide.uses:
        yield from _computed(use, results)


def _written(passage: Passage) -> Iterator[Piece]:
    """Yield what the author wrote, but for what a directive shows."""
    for token, at in located(passage.tokens, passage.at, within_pictures=False):
        if token.type == "text":
            yield token.content, (SANS,), at, ""
        elif token.type == "code_inline" or (token.type in ("fence", "code_block") and not use_of(token)):
            yield token.content, (MONO, SANS), at, ""
        elif formula := mathml_of(token):
            yield html.unescape(_TAGS.sub("", formula)), (MATH,), at, ""
        elif token.type in ("html_block", "html_inline"):
            yield html.unescape(_TAGS.sub("", token.content)), (SANS,), at, ""


def _computed(use: Use, results: Results) -> Iterator[Piece]:
    """Yield what a slide takes from runs, as far as there are results."""
    if isinstance(use, SnippetUse) and not use.hide:
        first, last = use.lines
        for number in range(first - 1, last):
            yield use.snippet.shown[number], (MONO, SANS), Location(use.snippet.path, use.snippet.lines[number]), ""
    try:
        if isinstance(use, FigureUse):
            yield from _drawn(use, results)
        elif isinstance(use, OutputUse):
            yield output_text(results, use), (MONO, SANS), use.at, f" in what {use.run} prints"
        elif isinstance(use, EvalUse | TableUse):
            yield from ((one.text, (SANS,), use.at, f" in {use.expression}") for one in texts(results, use))
    except DeckError:  # said where the slide is rendered
        return


def _drawn(use: FigureUse, results: Results) -> Iterator[Piece]:
    yield use.label + "".join(map(str, use.values)), (SANS,), use.at, " in this slider"
    for frame in frames(results, use):
        yield figure_facts.letters(frame.figure.svg), (SANS,), use.at, " in this figure"
        yield frame.name, (SANS,), use.at, " in a label of this figure"


def _place(char: str, text: str, at: Location, line_of: LineOf) -> Location:
    """Return where a character stands, from the line on at which its text begins."""
    for line in range(at.line, at.line + text.count("\n") + 2):
        if (column := (line_of(at.path, line) or "").find(char)) >= 0:
            return Location(at.path, line, column + 1)
    return at
