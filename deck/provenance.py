"""`dist/NAME.json`: where everything on a deck's slides came from, for readers who want to check.

    {"deck": path, "title": text,
     "runs": {NAME: {"snippet", "parameters", "command", "code": sha256, "inputs": {path: sha256}, "versions"}},
     "slides": [{"number", "id", "title", "at", "shows": [ITEM …]}]}

An ITEM names its run and is one of: `value` (expression, format, value, shown), `table` (expression, value),
`figure` (figure: number from 1, label, svg: sha256 as it was drawn), `output` (text: sha256), `code` (lines).
No times and no paths of a machine: the same results give the same bytes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from deck.inputs import digest
from deck.model import Result, Results, RunId, Value, Write
from deck.plan import runs_of
from deck.slides import Deck, EvalUse, FigureUse, OutputUse, Slide, SnippetUse, TableUse, Use
from deck.sources import Sources
from deck.taken import formatted


def write(deck: Deck, results: Results, sources: Sources) -> Write:
    """Return the file of a deck whose uses all have results."""
    uses = [use for slide in deck.slides for use in slide.uses]
    codes = {use.run: use.snippet.source for use in uses if isinstance(use, SnippetUse)}
    runs = dict.fromkeys(run for use in uses for run in runs_of(use))
    data = {
        "deck": deck.path,
        "title": deck.meta.title,
        "runs": {
            str(run): _run(run, codes.get(run) or sources.text(run.snippet), results[run], deck)
            for run in runs
        },
        "slides": [_slide(slide, results) for slide in deck.slides],
    }  # fmt: skip
    text = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return Write(f"dist/{deck.name}.json", text.encode())


def _run(run: RunId, source: str, result: Result, deck: Deck) -> dict[str, Any]:
    script = run.snippet.endswith(".py")
    return {
        "snippet": run.snippet,
        "parameters": _plain(dict(run.parameters)),
        "command": f"python {run.snippet}" if script else f"python build.py verify {deck.name}",
        "code": digest(source.lstrip("\n").encode()),
        "inputs": {path: digest for path, digest in result.inputs if digest},
        "versions": dict(result.versions),
    }


def _slide(slide: Slide, results: Results) -> dict[str, Any]:
    number = f"A{slide.number}" if slide.appendix else str(slide.number)
    shows = [item for use in slide.uses for item in _items(use, results)]
    return {"number": number, "id": slide.id, "title": slide.title, "at": str(slide.at), "shows": shows}


def _items(use: Use, results: Results) -> Iterator[dict[str, Any]]:
    """Yield what a use shows; a figure with frames shows each of them."""
    for run in runs_of(use):
        result = results[run]
        base: dict[str, Any] = {"run": str(run), "at": str(use.at)}
        match use:
            case EvalUse():
                value = result.values[use.expression]
                shown = {"value": _plain(value), "shown": formatted(value, use.format, use.at)}
                yield {"kind": "value", **base, "expression": use.expression, "format": use.format, **shown}
            case TableUse():
                value = result.values[use.expression]
                yield {"kind": "table", **base, "expression": use.expression, "value": _plain(value)}
            case FigureUse():
                for number, figure in enumerate(result.figures, 1):
                    if use.select in ("*", str(number), figure.label) or (not use.select and number == 1):
                        drawn = {"figure": number, "label": figure.label, "svg": digest(figure.svg.encode())}
                        yield {"kind": "figure", **base, **drawn}
            case OutputUse():
                yield {"kind": "output", **base, "text": digest(result.stdout.encode())}
            case SnippetUse():
                first, last = use.lines
                lines = [use.snippet.lines[first - 1], use.snippet.lines[last - 1]]
                yield {"kind": "code", **base, "lines": lines, "hidden": use.hide}


def _plain(value: Value) -> Value:
    """Return a value without the numbers that JSON does not know: they become `"nan"`, `"inf"`."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
