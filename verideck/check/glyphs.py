"""Finds characters that pages cannot show, in text, formulas, code, values and figures.

Either no embedded font has them, or they run from right to left, which the PDF does not support.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from verideck.check.registry import GLYPH, RIGHT_TO_LEFT
from verideck.core.deck_model import (
    Deck,
    EvalUse,
    FigureUse,
    OutputUse,
    Passage,
    ShowUse,
    Slide,
    SnippetUse,
    TableUse,
    Use,
    passages,
)
from verideck.core.errors import DeckError, LineOf
from verideck.core.markdown_tokens import located, mathml_of, use_of
from verideck.core.run_model import Finding, Location, Results
from verideck.core.unseen import without
from verideck.render import frames, output_text, texts
from verideck.typeset import figure_facts
from verideck.typeset.fonts import MATH, MONO, SANS, Fonts

_TEXT = re.compile(r"<mtext.*?</mtext>")
_TAGS = re.compile(r"<style.*?</style>|<[^>]*>", re.DOTALL)

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff\u200f\u202b\u202e\u2067]+"
)
"""Hebrew, Arabic and related scripts, and characters that change the direction of a text."""

Piece = tuple[str, tuple[str, ...], Location, str]
"""(text, font families that may show it, location of its beginning, words for its place, "" for the author's text)."""


def missing(slide: Slide, results: Results, fonts: Fonts, line_of: LineOf) -> Iterator[Finding]:
    """Yield each character on a slide that the fonts of its place lack, and each word that runs from right to left."""
    told: set[tuple[str, Location]] = set()
    for text, families, at, where in pieces(slide, results):
        for part in _unshown(without(text, code=MONO in families), fonts, *families):
            place = at if where else _place(part, text, at, line_of)
            if (part, place) not in told:
                told.add((part, place))
                yield _finding(part, slide, place, where, fonts)


def _unshown(text: str, fonts: Fonts, *families: str) -> list[str]:
    """Return the words of a text that run from right to left, and all other characters that no font has."""
    turned = _RIGHT_TO_LEFT.findall(text)
    return turned + sorted(fonts.uncovered(_RIGHT_TO_LEFT.sub("", text) if turned else text, *families))


def missing_in_front_matter(deck: Deck, fonts: Fonts, line_of: LineOf) -> Iterator[Finding]:
    """Yield the characters of title, author and footer that the fonts lack."""
    start = Location(deck.path, 1)
    meta = deck.meta
    shown = (meta.title, meta.subtitle, meta.author, meta.date, meta.footer)
    for part in _unshown("\n".join(shown), fonts, SANS):
        at = _place(part, "\n" * (deck.slides[0].at.line - 1), start, line_of)
        yield _finding(part, deck.slides[0], at, " in the front matter", fonts)


def _finding(char: str, slide: Slide, at: Location, where: str, fonts: Fonts) -> Finding:
    if _RIGHT_TO_LEFT.match(char):
        said = char if char.isprintable() else f"U+{ord(char[0]):04X}"
        message = f"'{said}'{where} runs from right to left, which the PDF cannot show"
        return RIGHT_TO_LEFT.finding(slide.number, at, message)
    name = unicodedata.name(char, "a character without a name")
    message = f"no embedded font has '{char}' (U+{ord(char):04X} {name}){where}"
    another = "write another character"
    if not where and unicodedata.category(char) == "Sm" and not fonts.uncovered(char, MATH):
        another = f"write it as a formula: ${char}$"
    hint = f"{another}; other machines may show an empty box"
    return GLYPH.finding(slide.number, at, message, hint)


def pieces(slide: Slide, results: Results) -> Iterator[Piece]:
    """Yield all text that a slide shows; alternative texts are not shown."""
    for passage in passages(slide):
        if passage.where != "alternative text":
            yield from _written(passage)
    for use in slide.uses:
        yield from _computed(use, results)


def _written(passage: Passage) -> Iterator[Piece]:
    """Yield the author's text, without the content of directives."""
    for token, at in located(passage.tokens, passage.at, within_pictures=False):
        if token.type == "text":
            yield token.content, (SANS,), at, ""
        elif token.type == "code_inline" or (token.type in ("fence", "code_block") and not use_of(token)):
            yield token.content, (MONO, SANS), at, ""
        elif formula := mathml_of(token):
            yield html.unescape(_TAGS.sub("", _TEXT.sub("", formula))), (MATH,), at, ""
            yield html.unescape(_TAGS.sub("", "".join(_TEXT.findall(formula)))), (MATH, SANS), at, ""
        elif token.type in ("html_block", "html_inline"):
            yield html.unescape(_TAGS.sub("", token.content)), (SANS,), at, ""


def _computed(use: Use, results: Results) -> Iterator[Piece]:
    """Yield the text that a slide takes from runs, as far as there are results."""
    if isinstance(use, SnippetUse) and not use.hide:
        first, last = use.lines
        for number in range(first - 1, last):
            yield use.snippet.shown[number], (MONO, SANS), Location(use.snippet.path, use.snippet.lines[number]), ""
    try:
        if isinstance(use, FigureUse | ShowUse):
            yield from _drawn(use, results)
        if isinstance(use, ShowUse):
            yield from ((one.text, (MONO, SANS), use.at, " in this value") for one in texts(results, use))
        elif isinstance(use, OutputUse):
            yield output_text(results, use), (MONO, SANS), use.at, f" in the output of {use.run}"
        elif isinstance(use, EvalUse | TableUse):
            yield from ((one.text, (SANS,), use.at, f" in {use.expression}") for one in texts(results, use))
    except DeckError:  # reported when the slide is rendered
        return


def _drawn(use: FigureUse | ShowUse, results: Results) -> Iterator[Piece]:
    if isinstance(use, FigureUse):
        yield use.label + "".join(map(str, use.values)), (SANS,), use.at, " in this slider"
    for frame in frames(results, use):
        yield figure_facts.letters(frame.figure.svg), (SANS,), use.at, " in this figure"
        yield frame.name, (SANS,), use.at, " in a label of this figure"


def _place(part: str, text: str, at: Location, line_of: LineOf) -> Location:
    """Return the location of a part of a text; `at`, where the text begins, if it is not found."""
    for line in range(at.line, at.line + text.count("\n") + 2):
        if (column := (line_of(at.path, line) or "").find(part)) >= 0:
            return Location(at.path, line, column + 1)
    return at
