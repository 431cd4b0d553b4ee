"""No number that a snippet computes is typed by hand: slides take it with `{eval}`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deck import parse, record
from deck.errors import DeckErrors
from deck.model import Result, Results, RunId, Value
from deck.plan import runs_of
from deck.rules import walk
from deck.slides import FigureUse, Slide, SnippetUse, TableUse
from deck.sources import Sources
from tests.harness import ROOT

# Decimals and whole numbers of three digits or more; no dates, years, versions, parts of names.
_TYPED = re.compile(r"(?<![A-Za-z0-9_./-])-?(?:\d+\.\d+|\d{3,})(?![A-Za-z0-9_/]|\.\d|-\d|\s?年)")


def typed(slide: Slide, results: Results) -> list[str]:
    """Return the numbers on a slide that one of its snippets computed, with the expression to use."""
    names = {run.snippet for use in slide.uses for run in runs_of(use)}
    computed = {
        (run.snippet.removeprefix("snippets/"), expression): list(_numbers(value))
        for run, result in results.items()
        if run.snippet in names
        for expression, value in result.values.items()
    }
    found = []
    for number in _TYPED.findall(" ".join(_texts(slide)).replace("−", "-")):
        for (name, expression), values in computed.items():
            if any(_same(number, value) for value in values):
                found.append(f"{number}: use {{eval}}`{name}: {expression}`")
                break
    return found


def _same(number: str, value: float) -> bool:
    """Tell whether a value, rounded as the typed number is, reads the same."""
    digits = len(number.partition(".")[2])
    return f"{value:.{digits}f}" == number


def _numbers(value: Value) -> Iterator[float]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _numbers(item)


def _texts(slide: Slide) -> Iterator[str]:
    """Yield what a reader or listener gets: text, formulas, alternative texts, captions, callouts, notes."""
    yield _words(slide.heading) + " " + _words(slide.eyebrow)
    for tokens in (slide.tokens, slide.notes, *slide.footnotes):
        yield _words(tokens)
    for use in slide.uses:
        if isinstance(use, FigureUse):
            yield " ".join(piece for piece in use.alt if isinstance(piece, str))
        if isinstance(use, FigureUse | SnippetUse | TableUse):
            yield _words(use.caption)
        if isinstance(use, SnippetUse):
            yield from (_words(callout.tokens) for callout in use.callouts)


def _words(tokens: Iterable[Any]) -> str:
    kinds = ("text", "math_inline", "math_block")
    return unicodedata.normalize("NFKC", " ".join(token.content for token in walk(tokens) if token.type in kinds))


def _decks() -> list[str]:
    return Sources(ROOT).decks()


@pytest.mark.parametrize("path", _decks())
def test_no_computed_number_is_typed(path: str) -> None:
    sources = Sources(ROOT)
    results = record.read(sources)
    try:
        slides = parse.parse(path, sources).slides
    except DeckErrors as several:
        pytest.fail(str(several))
    found = [f"{slide.at}: {one}" for slide in slides for one in typed(slide, results)]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("it is 0.84", ["0.84"]),
        ("傾きは0.84です", ["0.84"]),
        ("傾きは０.８４です", ["0.84"]),
        ("$w = 0.835$", ["0.835"]),
        ("[^n]\n\n[^n]: 0.84", ["0.84"]),
        ("| a |\n|---|\n| 0.8 |", ["0.8"]),
        ("::: notes\n0.84\n:::", ["0.84"]),
        ("```{figure} a.py\n:alt: 0.84\n```", ["0.84"]),
        ("```{figure} a.py\n:alt: x\nas 0.84\n```", ["0.84"]),
        ("about 150 and −2.5", ["150", "-2.5"]),
        ("0.85, 0.8350, 12, 1", []),
        ("`0.84` and {eval}`a.py: w:.2f`", []),
        ("150年, 2024-150, 1/150, v150, 1.150.2", []),
    ],
)
def test_a_typed_number_is_found(text: str, found: list[str]) -> None:
    texts = {"slides/a.md": f"# One\n\n{{eval}}`a.py: w`\n\n{text}\n", "snippets/a.py": "w = 1"}
    slide = parse.parse("slides/a.md", Sources(Path("nowhere"), texts)).slides[0]
    values: dict[str, Value] = {"w": 0.8352, "more": [{"n": 150}, -2.5, True], "small": 12}
    results = {RunId("snippets/a.py"): Result(values=values), RunId("snippets/b.py"): Result(values={"x": 0.85})}
    assert [one.partition(":")[0] for one in typed(slide, results)] == found
