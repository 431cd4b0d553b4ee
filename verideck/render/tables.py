"""Tables that slides show of results: which rows and columns of a data frame or a list of dicts, and how formatted."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from verideck.core.deck_model import Lines, TableOptions
from verideck.core.errors import DeckError, did_you_mean
from verideck.core.run_model import Location, Value

WIDEST = 1000
"""Maximum width and precision in a format, because larger ones would exhaust memory and time."""
MOST_ROWS = 10
"""Rows of a data frame that are shown without being asked for; of more, half from its start and half from its end."""
_FORMAT = "use another format, as in :.2f or :d"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table."""

    text: str
    number: bool = False
    """Whether it is in a column of numbers, aligned right."""
    head: bool = False
    """Whether it names its row or column."""
    span: int = 1
    """Rows that it spans, or columns in the header; 0 for one that the cell before covers."""


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with formatted cells."""

    columns: tuple[str, ...]
    """Names of the columns, those of the index first."""
    head: tuple[Row, ...]
    """The header: one row for each level of the columns' names."""
    rows: tuple[Row, ...]
    """Rows with one cell per column; () where rows are left out."""
    shape: tuple[int, int] | None = None
    """Rows and columns of the whole data frame if it is not shown as a whole."""
    frame: bool = False
    """Whether it is a data frame, set in smaller type than a table of a few dicts."""


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


def positions(pieces: Lines, count: int, at: Location, what: str) -> list[int]:
    """Return the positions from 0, in order, of the lines or rows that pieces name; raises DeckError beyond the end."""
    found: set[int] = set()
    for first, last in pieces:
        start = count + first if first < 0 else first - 1
        end = count if last == -1 else last
        if start < 0 or end > count or start >= end:
            piece = f"{-first} last" if first < 0 else f"{what} {max(first, last)}"
            raise DeckError(f"no {piece}: there are {count} {what}s", at, f"write {what}s from 1 to {count}")
        found |= set(range(start, end))
    return sorted(found)


def records_table(
    rows: Sequence[Mapping[str, Value]], options: TableOptions, at: Location, more: bool = False
) -> Table:
    """Return a list of dicts as a table; raises DeckError for rows with different keys and for wrong options.

    more: whether the table is part of a larger one, which may have other columns.
    """
    names = list(rows[0])
    if any(list(row) != names for row in rows):
        raise DeckError("the rows of this table have different keys", at, f"the first row has {', '.join(names)}")
    shown = _columns(names, options, at)
    if not more:
        _check_formats(names, options, at)
    places = positions(options.rows, len(rows), at, "row") if options.rows else range(len(rows))
    formats = dict(options.formats)
    body = [
        tuple(_cell(rows[place][name], _format(formats, name, rows[place][name]), at) for name in shown)
        for place in places
    ]
    head = tuple(Cell(name, all(row[number].number for row in body), head=True) for number, name in enumerate(shown))
    return Table(tuple(shown), (head,), _with_gaps(body, list(places)))


def frame_table(data: Mapping[str, Any], options: TableOptions, at: Location) -> Table:
    """Return a data frame as a table; raises DeckError for wrong options.

    data: as `verideck/run/sandbox/display.py` gives it.
    """
    names = [" / ".join(filter(None, levels)) or "" for levels in data["columns"]]
    _check_formats(names, options, at)
    columns = [names.index(name) for name in _columns(names, options, at)]
    total, kept = data["shape"][0], _kept(data)
    default = ((1, MOST_ROWS // 2), (-(MOST_ROWS // 2), -1)) if total > MOST_ROWS else ()
    places = positions(options.rows or default, total, at, "row") if options.rows or default else list(range(total))
    if missing := [place for place in places if place not in kept]:
        hint = "select them in the expression, as in df.iloc[300:310]"
        raise DeckError(f"row {missing[0] + 1} of this table is not recorded: it has {total:,} rows", at, hint)
    rows = [kept[place] for place in places]
    index = _index(data, options, rows)
    formats = dict(options.formats)
    body = [
        _column([data["rows"][row][column] for row in rows], _spec(formats, names[column]), at) for column in columns
    ]
    cells = [*index, *body]
    labels = [*([name] for name in _index_names(data, len(index))), *(data["columns"][column] for column in columns)]
    whole = len(places) == total and len(columns) == data["shape"][1]
    return Table(
        tuple(" / ".join(filter(None, one)) for one in labels),
        _head(labels, len(index), [bool(column) and all(cell.number for cell in column) for column in cells]),
        _with_gaps(list(zip(*cells, strict=True)) if cells else [], places),
        None if whole or options.columns or data.get("series") else tuple(data["shape"]),
        frame=True,
    )


def _columns(names: Sequence[str], options: TableOptions, at: Location) -> list[str]:
    for name in options.columns:
        if name not in names:
            raise _no_column(name, names, at)
    return list(options.columns or names)


def _check_formats(names: Sequence[str], options: TableOptions, at: Location) -> None:
    for name, _ in options.formats:
        if name and name not in names:
            raise _no_column(name, names, at)


def _no_column(name: str, names: Sequence[str], at: Location) -> DeckError:
    hint = did_you_mean(name, names) or f"use one of {', '.join(names)}"
    return DeckError(f"this table has no column '{name}'", at, hint)


def _format(formats: Mapping[str, str], name: str, given: Value) -> str:
    return formats.get(name, formats.get("", "") if _is_number(given) else "")


def _is_number(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


def _cell(given: Value, spec: str, at: Location) -> Cell:
    return Cell(formatted(given, spec, at), _is_number(given))


def _kept(data: Mapping[str, Any]) -> dict[int, int]:
    """Return row of the data frame → its row among those that are recorded, which are from its start and its end."""
    count, total = len(data["rows"]), data["shape"][0]
    first = count if count == total else count // 2
    return {(row if row < first else total - count + row): row for row in range(count)}


def _spec(formats: Mapping[str, str], name: str) -> str:
    return formats.get(name, formats.get("", ""))


def _column(values: list[Value], spec: str, at: Location) -> list[Cell]:
    """Return the cells of a column; decimal numbers have as many digits as the column needs, five at most."""
    number = any(map(_is_number, values)) and all(_is_number(value) or value is None for value in values)
    floats = [value for value in values if isinstance(value, float)]
    usual = _digits(floats) if number and floats else ""

    def shown(value: Value) -> str:
        if isinstance(value, float) and math.isnan(value):
            return "NaN"
        spec_of = spec or usual * isinstance(value, float)
        return formatted(value, spec_of, at) if _is_number(value) else str(value)

    return [Cell(shown(value), number) for value in values]


def _digits(values: Sequence[float]) -> str:
    """Return the format of a column of decimal numbers: as many decimals as they have, about five digits at most."""
    finite = [abs(value) for value in values if math.isfinite(value) and value]
    largest = max(finite, default=1.0)
    if not 1e-3 <= largest < 1e8:
        return ".3e"
    most = min(max(4 - math.floor(math.log10(max(largest, 1.0))), 1), 4)
    needed = (n for n in range(1, most) if all(round(value, n) == value for value in finite))
    return f".{next(needed, most)}f"


def _index(data: Mapping[str, Any], options: TableOptions, rows: Sequence[int]) -> list[list[Cell]]:
    """Return the columns of the index; of two equal labels of an outer level below each other the first spans both."""
    index = data.get("index")
    if not index or options.index is False or (options.index is None and index["counts"]):
        return []
    levels = [[str(index["rows"][row][level]) for row in rows] for level in range(len(index["names"]))]
    number = all(_is_number(label) for row in index["rows"] for label in row) and len(levels) == 1
    columns = []
    for depth in range(len(levels)):
        cells: list[Cell] = []
        last = depth == len(levels) - 1
        # What stands below each other is told by rows minus places: that changes where rows are left out.
        keys = [
            (*(level[place] for level in levels[: depth + 1]), rows[place] - place, place if last else 0)
            for place in range(len(rows))
        ]
        for _, group in groupby(range(len(rows)), keys.__getitem__):
            places = list(group)
            cells.append(Cell(levels[depth][places[0]], number, head=True, span=len(places)))
            cells += [Cell("", number, head=True, span=0) for _ in places[1:]]
        columns.append(cells)
    return columns


def _index_names(data: Mapping[str, Any], count: int) -> list[str]:
    return [str(name) for name in data["index"]["names"]] if count else []


def _head(labels: Sequence[Sequence[str]], index: int, numbers: Sequence[bool]) -> tuple[Row, ...]:
    """Return the rows of the header; a label of an outer level that stands several times in a row spans its columns."""
    depth = max((len(label) for label in labels[index:]), default=1)
    padded = [["", *[""] * (depth - 1 - len(label)), *label][-depth:] for label in labels]
    rows = []
    for level in range(depth):
        cells: list[Cell] = []
        last = level == depth - 1
        keys = [(place,) if last or place < index else padded[place][: level + 1] for place in range(len(labels))]
        for _, group in groupby(range(len(labels)), keys.__getitem__):
            places = list(group)
            number = numbers[places[0]] and len(places) == 1
            cells.append(Cell(padded[places[0]][level], number, head=True, span=len(places)))
        rows.append(tuple(cells))
    return tuple(rows)


def _with_gaps(rows: list[Row], places: list[int]) -> tuple[Row, ...]:
    """Return rows with an empty one where rows of the whole table are left out between them."""
    found: list[Row] = []
    for number, row in enumerate(rows):
        if number and places[number] != places[number - 1] + 1:
            found.append(())
        found.append(row)
    return tuple(found)
