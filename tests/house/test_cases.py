"""The cases in tests/cases/: a deck as text, and what the engine makes of it as text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from tests import golden
from tests.golden import DECK, Case, Render
from tests.harness import ROOT
from verideck.core.deck_model import (
    CellUse,
    Deck,
    EvalUse,
    FigureUse,
    OutputUse,
    ShowUse,
    Slide,
    SnippetUse,
    TableUse,
    Use,
)
from verideck.core.errors import DeckErrors, format_error
from verideck.core.markdown_tokens import plain
from verideck.core.project import Sources
from verideck.core.run_model import Meta, Result, RunId
from verideck.core.theme import load_palette
from verideck.read import parser
from verideck.render import slides
from verideck.run.planner import plan

TOKENS = load_palette((ROOT / "templates/theme.toml").read_text("utf-8"))


def model(case: Case, root: Path) -> str:
    """Return the deck of a case as an outline."""
    deck = parser.parse(DECK, Sources(case.project(root))).valid()
    return "\n".join([*_meta(deck.meta), *(line for slide in deck.slides for line in _slide(slide))]) + "\n"


def errors(case: Case, root: Path) -> str:
    """Return all errors of a case as the terminal shows them."""
    sources = Sources(case.project(root))
    try:
        deck = parser.parse(DECK, sources).valid()
        slides.slide_views(deck, _results(deck, sources), TOKENS, "screen", notes=True)
    except DeckErrors as several:
        return "\n".join(format_error(error, sources.line) for error in several.errors) + "\n"
    return "no error\n"


def html(case: Case, root: Path) -> str:
    """Return the slides of a case as HTML: body, then footnotes."""
    sources = Sources(case.project(root))
    deck = parser.parse(DECK, sources).valid()
    results = _results(deck, sources)
    return "".join(_html(deck, index, results) for index in range(len(deck.slides)))


RENDERERS: dict[str, Render] = {"parse": model, "errors": errors, "html": html}
"""File of cases → what it is about."""


def test_every_file_of_cases_is_read() -> None:
    assert {file.stem for file in golden.files()} == set(RENDERERS)


@pytest.mark.parametrize("file", golden.files(), ids=lambda file: file.stem)
def test_titles_of_cases_are_unique(file: Path) -> None:
    titles = [case.title for case in golden.cases(file)]
    assert len(titles) > 10
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=f"{file.stem}: {case.title}") for file in golden.files() for case in golden.cases(file)],
)
def test_case(case: Case, tmp_path: Path, update_golden: bool) -> None:
    render = RENDERERS[case.file.stem]
    if update_golden:
        golden.rewrite(case.file, render, tmp_path)
    else:
        assert render(case, tmp_path) == case.expected


def _meta(meta: Meta) -> Iterator[str]:
    default = Meta(title="")
    for name in Meta.__slots__:
        if (value := getattr(meta, name)) != getattr(default, name) and not (name == "footer" and value == meta.title):
            yield f"{name}: {value}"


def _slide(slide: Slide) -> Iterator[str]:
    parts = [f"{slide.shown_number} #{slide.id}", slide.kind, f"'{slide.title}'", f"line {slide.at.line}"]
    parts += [f"eyebrow '{plain(slide.eyebrow)}'"] if slide.eyebrow else []
    parts += [f"{slide.seconds} s"] if slide.seconds else []
    parts += [f"mark {slide.mark}"] if slide.mark else []
    parts += [f"lang {slide.lang}"] if slide.lang else []
    parts += [f"classes {' '.join(slide.classes)}"] if slide.classes else []
    yield ", ".join(parts)
    yield from (f"  {line}" for line in _outline(slide.tokens))
    for index, note in enumerate(slide.footnotes, 1):
        yield from (f"  footnote {index}: {line}" for line in _outline(note))
    yield from (f"  notes: {line}" for line in _outline(slide.notes))
    yield from (f"  uses {_use(use)}" for use in slide.uses)


def _outline(tokens: Iterable[Any]) -> Iterator[str]:
    """Yield a line for each block: its name or classes, its text; what is inside is indented."""
    depth = 0
    for token in tokens:
        depth -= token.nesting < 0 or token.type == "block_close"
        name = token.type.removesuffix("_open").replace("block", token.info or "block")
        marks = "".join(f" {key}={value}" for key, value in token.attrs.items() if (key, value) != ("class", name))
        if token.type == "inline":
            yield "  " * depth + f"'{plain(token.children)}'"
        elif token.nesting >= 0 and token.type != "block_close":
            text = f" '{token.content.strip()}'" if token.content and "use" not in token.meta else ""
            yield "  " * depth + name + marks + text
        depth += token.nesting > 0 or token.type == "block_open"


def _use(use: Use) -> str:
    """Return what a slide takes from runs, in one line."""
    head = f"at {use.at.line}:{use.at.column}: "
    match use:
        case EvalUse():
            how = (f" as {use.format}" if use.format else "") + " by frame" * use.follows
            return head + f"value of {use.run}: {use.expression}{how}"
        case OutputUse():
            return head + f"output of {use.run}" + f" {use.part}" * bool(use.part)
        case ShowUse():
            return head + f"value of {use.run}: {use.key} '{plain(use.caption)}'"
        case TableUse():
            return head + f"table of {use.run}: {use.expression} {dict(use.options.formats)} '{plain(use.caption)}'"
        case FigureUse():
            frames = ", ".join(map(str, use.runs))
            alt = plain(use.alt)
            start = "" if use.start is None else f" from {use.start}"
            start += f" steps {' | '.join(use.steps)}" if use.steps else ""
            return head + f"figure '{use.select}' of {frames}{start}, alt '{alt}', caption '{plain(use.caption)}'"
        case SnippetUse():
            return head + _code(use)
        case CellUse():
            return head + "cell"


def _code(use: SnippetUse) -> str:
    parts = [f"code of {use.run}, lines {use.lines[0]}-{use.lines[1]}"]
    parts += ["hidden"] if use.hide else []
    parts += [f"raises {use.raises}"] if use.raises else []
    parts += [f"steps {' | '.join(str(step.ranges) for step in use.steps)}"] if use.steps else []
    parts += [f"adds {sorted(use.added)}"] if use.others else []
    parts += [f"callout {one.region.name}{' (added)' * one.added} '{plain(one.tokens)}'" for one in use.callouts]
    parts += [f"caption '{plain(use.caption)}'"] if use.caption else []
    return ", ".join(parts)


def _html(deck: Deck, index: int, results: dict[RunId, Result]) -> str:
    view, errors = slides.slide_view(deck, index, results, TOKENS, "screen", notes=False)
    assert not errors
    text = view.body + "".join(f"{note}\n" for note in view.footnotes)
    return re.sub(r' style="[^"]*px"', "", text)  # where a callout stands is a matter of looks


def _results(deck: Deck, sources: Sources) -> dict[RunId, Result]:
    """Return what the deck's scripts print and compute, run here: the cases' scripts are harmless."""
    return {run.id: _run(run.snippet.source, (*run.expressions, *run.shows)) for run in plan([deck], sources).runs}


def _run(source: str, expressions: Iterable[str]) -> Result:
    printed, names = io.StringIO(), dict[str, Any]()
    with redirect_stdout(printed):
        exec(source, names)
    values: dict[str, Any] = {}
    invalid: dict[str, str] = {}
    for expression in expressions:
        try:
            values[expression] = eval(expression, names)
        except Exception as error:
            invalid[expression] = f"{type(error).__name__}: {error}"
    return Result(printed.getvalue(), values=values, invalid=invalid)
