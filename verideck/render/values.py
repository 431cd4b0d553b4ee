"""Texts, values and tables that slides show from results, for pages, provenance and checks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

from verideck.core.deck_model import EvalUse, FigureUse, OutputUse, TableUse, Use
from verideck.core.errors import DeckError, did_you_mean
from verideck.core.messages import command
from verideck.core.run_model import Location, Result, Results, RunId, Value

WIDEST = 1000
"""Maximum width and precision in a format, because larger ones would exhaust memory and time."""
_FORMAT = "use another format, as in :.2f or :d"


def result_of(results: Results, run: RunId, at: Location) -> Result:
    """Return the result of a run; raises DeckError if there is none."""
    if run not in results:
        raise DeckError(f"{run} has no recorded result", at, f"run `{command('figures')}`")
    return results[run]


def value(results: Results, use: EvalUse | TableUse) -> Value:
    """Return the value of an expression; raises DeckError if it has none."""
    result = result_of(results, use.run, use.at)
    if use.expression in result.values:
        return result.values[use.expression]
    reason = result.invalid.get(use.expression)
    if reason is None:
        raise DeckError(f"'{use.expression}' has no recorded value", use.at, f"run `{command('figures')}`")
    hint = "it is evaluated after the script has ended, with the names that the script defines"
    raise DeckError(f"'{use.expression}' has no value in {use.run}: {reason}", use.at, hint)


def formatted(given: Value, spec: str, at: Location) -> str:
    """Return a value in a format, a list item by item; raises DeckError if the format does not fit."""
    if any(len(number) > 4 or int(number) > WIDEST for number in re.findall(r"\d+", spec)):
        raise DeckError(f"the format '{spec:.40}' asks for more than {WIDEST} characters", at, _FORMAT)
    if isinstance(given, list) and spec:
        return ", ".join(formatted(item, spec, at) for item in given)
    try:
        return format(given, spec)
    except (TypeError, ValueError, OverflowError) as error:
        raise DeckError(f"the format '{spec}' does not fit {given!r:.60}: {error}", at, _FORMAT) from None


class Text(NamedTuple):
    """A piece of text that a use shows."""

    name: str
    """`slope`; `rows, row 1, w`; `line 3 of the output`."""
    text: str


def texts(results: Results, use: Use) -> tuple[Text, ...]:
    """Return the texts of a use: a value, the header and cells of a table, the lines of an output; () for other uses.

    Raises DeckError if it cannot be shown.
    """
    match use:
        case EvalUse():
            return (Text(use.expression, value_text(results, use)),)
        case OutputUse():
            lines = output_text(results, use).split("\n")
            return tuple(Text(f"line {number} of the output", line) for number, line in enumerate(lines, 1))
        case TableUse():
            shown = table(results, use)
            header = (Text(f"{use.expression}, header", column) for column in shown.columns)
            cells = (
                Text(f"{use.expression}, row {number}, {column}", cell.text)
                for number, row in enumerate(shown.rows, 1)
                for column, cell in zip(shown.columns, row, strict=True)
            )
            return (*header, *cells)
    return ()


def output_text(results: Results, use: OutputUse) -> str:
    """Return what a script printed, and the error that it is meant to end with; raises DeckError for no result."""
    result = result_of(results, use.run, use.at)
    return "\n".join(part for part in (result.printed(use.stream).rstrip(), _ending(result)) if part)


def _ending(result: Result) -> str:
    """Return the line at the end of a traceback that names the error; "" where there is none."""
    if not result.error:
        return ""
    lines = result.error.traceback.rstrip("\n").split("\n")
    after = max((number for number, line in enumerate(lines) if line.startswith("  ")), default=len(lines)) + 1
    name = lines[after].partition(":")[0] if after < len(lines) else result.error.kind
    return f"{name}: {result.error.message}".removesuffix(": ")


def value_text(results: Results, use: EvalUse) -> str:
    """Return a value as text; with one item per frame, all items. Raises DeckError."""
    given = value(results, use)
    if use.by_item and isinstance(given, list):
        return ", ".join(formatted(item, use.format, use.at) for item in given)
    return formatted(given, use.format, use.at)


def frame_texts(results: Results, use: EvalUse, figure: FigureUse, count: int) -> list[str]:
    """Return the text of a value in each of the `count` frames of the figure that contains it; raises DeckError."""
    if figure.sweep:
        return [value_text(results, replace(use, run=run)) for run in figure.runs]
    if not use.by_item:
        return [value_text(results, use)]
    given = value(results, use)
    if not isinstance(given, list) or len(given) != count:
        raise DeckError(
            f"'{use.expression}' is not a list of {count} items, one per frame", use.at, "write FILE: before it"
        )
    return [formatted(item, use.format, use.at) for item in given]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table."""

    text: str
    number: bool
    """Whether it is a number, aligned right."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with formatted cells."""

    columns: tuple[str, ...]
    """The header."""
    rows: tuple[tuple[Cell, ...], ...]
    """Rows with one cell per column."""


def table(results: Results, use: TableUse) -> Table:
    """Return a table; raises DeckError if the value is not a list of dicts or a format does not fit."""
    return _table(use, _rows(results, use))


def data_table(results: Results, use: FigureUse) -> Table:
    """Return the `:data:` of a figure as a table; swept values are the first column. Raises DeckError."""
    rows = [row for part in use.data for row in _rows(results, part)]
    if use.sweep:
        swept = [value for value, part in zip(use.values, use.data, strict=True) for _ in _rows(results, part)]
        rows = [{use.label: value, **row} for value, row in zip(swept, rows, strict=True)]
    return _table(replace(use.data[0], part=False), rows)


def _rows(results: Results, use: TableUse) -> list[dict[str, Value]]:
    rows = value(results, use)
    if not (isinstance(rows, list) and rows and all(isinstance(row, dict) and row for row in rows)):
        hint = "write one dict per row; its keys are the header"
        raise DeckError(f"'{use.expression}' is not a list of dicts", use.at, hint)
    return cast("list[dict[str, Value]]", rows)


def _table(use: TableUse, rows: Sequence[dict[str, Value]]) -> Table:
    columns = list(rows[0])
    formats = dict(use.formats)
    for name in () if use.part else formats.keys() - set(columns):
        hint = did_you_mean(name, columns) or f"use one of {', '.join(columns)}"
        raise DeckError(f"this table has no column '{name}'", use.at, hint)
    if any(list(row) != columns for row in rows):
        raise DeckError("the rows of this table have different keys", use.at, f"the first row has {', '.join(columns)}")
    cells = (tuple(_cell(row[column], formats.get(column, ""), use.at) for column in columns) for row in rows)
    return Table(tuple(map(str, columns)), tuple(cells))


def _cell(given: Value, spec: str, at: Location) -> Cell:
    number = isinstance(given, int | float) and not isinstance(given, bool)
    return Cell(formatted(given, spec, at), number)
