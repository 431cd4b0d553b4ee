"""What changed on a slide, as a reader sees it: sentences with values, lines of output, cells of tables."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from verideck.core.deck_model import (
    EvalUse,
    FigureUse,
    OutputUse,
    ShowUse,
    Slide,
    SnippetUse,
    TableUse,
    Where,
    passages,
)
from verideck.core.errors import DeckError
from verideck.core.markdown_tokens import plain, use_of
from verideck.core.run_model import Results
from verideck.render import table, value_text

_NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of text before and after; both are equal if it did not change."""

    before: str
    after: str

    @property
    def differs(self) -> bool:
        """Return whether the piece changed."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Sentence:
    """A line of a slide in which a value changed."""

    where: Where
    """Which part of the slide it is."""
    parts: tuple[Change, ...]
    """Its pieces."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table in which cells changed."""

    name: str
    """Its expression."""
    rows: tuple[tuple[Change, ...], ...]
    """Cells, row by row; the first row is the header."""


def sentences(slide: Slide, recorded: Results, fresh: Results) -> Iterator[Sentence]:
    """Yield the lines of a slide in which the text of a value is not as recorded."""
    for where, tokens in ((passage.where, tokens) for passage in passages(slide) for tokens in passage.lines):
        line: list[Change] = []
        for token in [*tokens, None]:
            if token is None or token.type in ("softbreak", "hardbreak"):
                if any(part.differs for part in line):
                    yield Sentence(where, tuple(line))
                line = []
            else:
                line.append(_part(token, recorded, fresh))


def tables(slide: Slide, recorded: Results, fresh: Results) -> Iterator[Table]:
    """Yield the tables of a slide in which the text of a cell is not as recorded."""
    for use in slide.uses:
        if isinstance(use, TableUse | ShowUse):
            grids = [_grid(use, results) for results in (recorded, fresh)]
            rows = zip(*grids, strict=False) if grids[0] and grids[1] else ()
            changes = tuple(tuple(map(Change, old, new)) for old, new in rows)
            if any(cell.differs for row in changes for cell in row):
                yield Table(use.expression or "the value of a cell", changes)


def lines(before: str, after: str) -> tuple[tuple[str | None, str | None, bool], ...]:
    """Return two outputs side by side: (line before, line after, whether they differ); None for a missing line."""
    old, new = before.rstrip("\n").split("\n"), after.rstrip("\n").split("\n")
    rows: list[tuple[str | None, str | None, bool]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for index in range(max(b - a, d - c)):
            left = old[a + index] if a + index < b else None
            right = new[c + index] if c + index < d else None
            rows.append((left, right, kind != "equal"))
    return tuple(rows)


def _part(token: Token, recorded: Results, fresh: Results) -> Change:
    use = use_of(token)
    if isinstance(use, EvalUse):
        return Change(_value(use, recorded), _value(use, fresh))
    text = plain([token])
    return Change(text, text)


def _value(use: EvalUse, results: Results) -> str:
    """Return a value as a slide shows it; `nothing` if it has no value."""
    try:
        return value_text(results, use)
    except DeckError:
        return _NOTHING


def _grid(use: TableUse | ShowUse, results: Results) -> list[list[str]]:
    """Return the texts of a table's cells, row by row, with its header; [] if the value is not a table."""
    try:
        shown = table(results, use)
    except DeckError:
        return []
    return [[*shown.columns], *([cell.text for cell in row] for row in shown.rows if row)]


def counted(slide: Slide) -> Iterable[tuple[int, str]]:
    """Return (number, noun) for each kind of result that a slide shows."""
    kinds = (
        (EvalUse, "value"), (FigureUse, "drawing"), (TableUse, "table"), (OutputUse, "output"), (SnippetUse, "listing"),
        (ShowUse, "value"),
    )  # fmt: skip
    counts = [(sum(isinstance(use, kind) for use in slide.uses), noun) for kind, noun in kinds]
    return [(count, noun) for count, noun in counts if count]
