"""Texts, values and tables that slides show from results, for pages, provenance and checks."""

from __future__ import annotations

import pprint
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, cast

from verideck.core.deck_model import EvalUse, FigureUse, OutputUse, ShowUse, TableUse, Use
from verideck.core.errors import DeckError
from verideck.core.messages import command
from verideck.core.run_model import Location, Result, Results, RunId, Value, without_still
from verideck.render.tables import Table, formatted, frame_table, positions, records_table
from verideck.typeset import rich_html

_WIDTH = 78
"""Characters in a line of a list or dict."""


def result_of(results: Results, run: RunId, at: Location) -> Result:
    """Return the result of a run; raises DeckError if there is none."""
    if run not in results:
        raise DeckError(f"{run} has no recorded result", at, f"run `{command('figures')}`")
    return results[run]


def value(results: Results, use: EvalUse | TableUse | ShowUse) -> Value:
    """Return the value of an expression; raises DeckError if it has none."""
    result = result_of(results, use.run, use.at)
    if use.key in result.values:
        return result.values[use.key]
    shown = result.displays.get(use.key)
    if isinstance(shown, dict) and (line := shown.get("line", shown.get("tex"))):
        return line
    reason = result.invalid.get(use.key)
    if reason is None and shown:
        reason = "it is not a number, text, list, or dict"
    if reason is None:
        raise DeckError(f"'{use.expression}' has no recorded value", use.at, f"run `{command('figures')}`")
    hint = "it is evaluated after the script has ended, with the names that the script defines"
    if use.part:
        hint = "it is evaluated at the end of the cell, with the names that are defined there"
    raise DeckError(f"'{use.expression}' has no value in {use.run}: {reason}", use.at, hint)


def display(results: Results, use: TableUse | ShowUse) -> Mapping[str, Value] | None:
    """Return what a value shows, with its `kind`; None for one that is JSON, or a picture. Raises DeckError."""
    shown = result_of(results, use.run, use.at).displays.get(use.key)
    return shown if isinstance(shown, dict) else None


def given(results: Results, use: TableUse | ShowUse) -> Value:
    """Return what a use takes from its run: what a value shows, or the value; raises DeckError if there is none."""
    found = display(results, use)
    return without_still(dict(found)) if found else value(results, use)


def formula(results: Results, use: EvalUse) -> str:
    """Return the formula that a value is, in TeX; "" for other values."""
    found = results[use.run].displays.get(use.key) if use.run in results else None
    return str(found["tex"]) if isinstance(found, dict) and found.get("kind") == "latex" else ""


def estimator_texts(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the boxes of an estimator say."""
    yield data["name"]
    yield from (f"{name}={value}" for name, value in data["parameters"].items())
    for name, part in data["parts"]:
        yield name
        yield from estimator_texts(part)


def shown_text(results: Results, use: ShowUse) -> str:
    """Return a value that is shown as text, in its format; raises DeckError if it has none."""
    found = display(results, use)
    formats = dict(use.options.formats)
    if found:
        if found["kind"] == "html":
            return rich_html.text_of(str(found["html"]))
        if found["kind"] == "estimator":
            return "\n".join(estimator_texts(found))
        return str(found.get("text", ""))
    plain = value(results, use)
    if "" in formats:
        return formatted(plain, formats[""], use.at)
    if isinstance(plain, list | dict):
        return pprint.pformat(plain, width=_WIDTH, compact=True, sort_dicts=False)
    return str(plain) if use.expression else repr(plain)


def has_value(results: Results, use: ShowUse) -> bool:
    """Tell whether there is a value to show; raises DeckError without a result, and for one that cannot be shown."""
    result = result_of(results, use.run, use.at)
    if use.key in result.invalid and not use.expression:
        raise DeckError(f"the value of this cell cannot be shown: {result.invalid[use.key]}", use.at, _LEAVE_OUT)
    return use.key in result.values or use.key in result.displays


_LEAVE_OUT = "change it, or leave it out: end the line with a semicolon"


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
            return _table_texts(use.expression, table(results, use))
        case ShowUse() if has_value(results, use):
            found = display(results, use)
            name = use.expression or "the value of this cell"
            if found and found["kind"] == "table":
                return _table_texts(name, table(results, use))
            return tuple(Text(name, line) for line in shown_text(results, use).split("\n"))
    return ()


def _table_texts(name: str, shown: Table) -> tuple[Text, ...]:
    header = (Text(f"{name}, header", cell.text) for row in shown.head for cell in row if cell.text)
    cells = (
        Text(f"{name}, row {number}, {column}", cell.text)
        for number, row in enumerate(shown.rows, 1)
        for column, cell in zip(shown.columns, row, strict=False)
    )
    return (*header, *cells)


def output_text(results: Results, use: OutputUse) -> str:
    """Return what a script or a part of it printed, and the error that it is meant to end with; raises DeckError."""
    result = result_of(results, use.run, use.at)
    if use.part and use.part not in result.outputs and use.optional:
        return ""
    if use.part and use.part not in result.outputs:
        raise DeckError(f"what {use.part} of {use.run} prints is not recorded", use.at, f"run `{command('figures')}`")
    whole = "\n".join(part for part in (result.printed(use.stream).rstrip(), _ending(result)) if part)
    text = result.outputs[use.part].rstrip() if use.part else whole
    if not use.lines:
        return text
    lines = text.split("\n")
    chosen = positions(use.lines, len(lines), use.at, "line")
    pairs = zip([-1, *chosen], [*chosen, len(lines)], strict=True)
    return "\n".join(row for before, at in pairs for row in [*["…"] * (at > before + 1), *(lines[at : at + 1])])


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
    if tex := formula(results, use):
        return tex
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


def table(results: Results, use: TableUse | ShowUse) -> Table:
    """Return a data frame or a list of dicts as a table; raises DeckError for other values and for wrong options."""
    found = display(results, use)
    if found and found.get("kind") == "table":
        return frame_table(found, use.options, use.at)
    more = isinstance(use, TableUse) and use.for_figure
    return records_table(_rows(results, use), use.options, use.at, more)


def data_table(results: Results, use: FigureUse) -> Table:
    """Return the `:data:` of a figure as a table; swept values are the first column. Raises DeckError."""
    first = use.data[0]
    found = display(results, first)
    if found and found.get("kind") == "table" and not use.sweep:
        return frame_table(found, first.options, first.at)
    rows = [row for part in use.data for row in _rows(results, part)]
    if use.sweep:
        swept = [value for value, part in zip(use.values, use.data, strict=True) for _ in _rows(results, part)]
        rows = [{use.label: value, **row} for value, row in zip(swept, rows, strict=True)]
    return records_table(rows, first.options, first.at)


def _rows(results: Results, use: TableUse | ShowUse) -> list[dict[str, Value]]:
    rows = value(results, use)
    if not (isinstance(rows, list) and rows and all(isinstance(row, dict) and row for row in rows)):
        hint = "give a data frame, or a list with one dict for each row; its keys are the header"
        raise DeckError(f"'{use.expression}' is not a data frame or a list of dicts", use.at, hint)
    return cast("list[dict[str, Value]]", rows)
