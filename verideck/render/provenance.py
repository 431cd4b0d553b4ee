"""Writes `dist/NAME.json`, the origins of everything on the slides of a deck.

    {"format": 1, "deck": path, "title": text,
     "runs": {NAME: {"snippet", "parameters", "command", "seeds", "code": sha256, "inputs": {path: sha256},
                     "versions", and "frozen" of a result that was kept}},
     "slides": [{"number", "id", "title", "at", "shows": [ITEM …]}]}

An ITEM names its run and is one of: `value` (expression, format, value, shown), `table` (expression, value),
`figure` (figure: number from 1, label, svg: sha256 of the drawn SVG), `output` (text: sha256), `code` (lines).
A command ends with the parameters to set in the script first: `python snippets/a.py  # region parameters: n = 3`.
If a file of a recorded run has changed since, `stale` is the path of that file.
docs/schemas/provenance.json is its schema. It has no times and no absolute paths: equal results give equal bytes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from verideck.core import format_numbers, messages
from verideck.core.deck_model import (
    Deck,
    EvalUse,
    FigureUse,
    Origin,
    OutputUse,
    ShowUse,
    Slide,
    SnippetUse,
    TableUse,
    Use,
    runs_of,
)
from verideck.core.errors import DeckError
from verideck.core.folders import is_script, output_path, snippet_name
from verideck.core.hashing import digest
from verideck.core.project import Sources
from verideck.core.run_model import Result, Results, RunId, Value, Write, is_outside
from verideck.read import seeds
from verideck.render import figures, values
from verideck.run import figure_paths


def provenance_file(
    deck: Deck, results: Results, sources: Sources, stale: Mapping[RunId, str] = MappingProxyType({})
) -> Write:
    """Return the provenance file of a deck; all uses must have results. `stale`: run → file that has changed since."""
    uses = [use for slide in deck.slides for use in slide.uses]
    files = {use.run.snippet: use.snippet.code for use in uses if isinstance(use, SnippetUse)}
    codes = files | {name: script.code for name, script in deck.scripts.items()}
    runs = dict.fromkeys(run for slide in deck.slides for run in slide.runs)
    data = {
        "format": format_numbers.PROVENANCE,
        "deck": deck.path,
        "title": deck.meta.title,
        "runs": {
            str(run): {
                **_run(run, codes.get(run.snippet) or sources.text(run.snippet), results[run], sources.text),
                **({"stale": stale[run]} if run in stale else {}),
            }
            for run in runs
        },
        "slides": [_slide(slide, results) for slide in deck.slides],
    }  # fmt: skip
    text = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return Write(output_path(f"{deck.name}.json"), text.encode())


def slide_origins(slide: Slide, results: Results, text: Callable[[str], str]) -> tuple[Origin, ...]:
    """Return the origins of a slide, one for each script with results; `text`: path → text of a project file."""
    uses: dict[str, list[Use]] = {}
    for use in slide.uses:
        if _is_available(use, results):
            uses.setdefault(runs_of(use)[0].snippet, []).append(use)
    return tuple(_origin(script, of_script, results, text) for script, of_script in uses.items())


def _is_available(use: Use, results: Results) -> bool:
    """Tell whether a use can be shown; while presenting, results may be missing or not fit the format."""
    try:
        return all(run in results for run in runs_of(use)) and any(_items(use, results))
    except (KeyError, DeckError):
        return False


def _origin(script: str, uses: list[Use], results: Results, text: Callable[[str], str]) -> Origin:
    facts: dict[str, list[str]] = {}
    shown_values: dict[str, list[str]] = {}
    parameters: dict[str, list[str]] = {}
    for use in uses:
        for kind, line in _facts(use, results):
            facts.setdefault(kind, []).append(line)
        if isinstance(use, EvalUse):
            shown = (item["shown"] for item in _items(use, results))
            shown_values.setdefault(use.expression, []).extend(shown)
        swept = use.sweep if isinstance(use, FigureUse) else ""
        named = [pair for run in runs_of(use) for pair in run.parameters if pair[0] != swept]
        for name, value in [*named, *((swept, value) for value in (use.values if isinstance(use, FigureUse) else ()))]:
            parameters.setdefault(name, []).append(repr(value))
    result = results[runs_of(uses[0])[0]]
    facts["value"], facts["parameters"] = _equations(shown_values), _equations(parameters)
    sources = [use.snippet.source for use in uses if isinstance(use, SnippetUse)]
    sources = sources or ([text(script)] if is_script(script) else [])
    facts["seeds"] = [seed for source in dict.fromkeys(sources) for seed in _seeds(source, result, text)]
    facts["versions"] = [", ".join(f"{name} {version}" for name, version in result.versions)]
    facts["command"] = [_command(script, facts["parameters"])]
    facts["frozen"] = [f"{messages.DEFAULT} figures --thaw {snippet_name(script)}"] if result.frozen else []
    return Origin(script, tuple((kind, tuple(dict.fromkeys(lines))) for kind, lines in facts.items() if any(lines)))


def _equations(values: dict[str, list[str]]) -> list[str]:
    return [f"{name} = {', '.join(dict.fromkeys(each))}" for name, each in values.items()]


def _facts(use: Use, results: Results) -> Iterator[tuple[str, str]]:
    """Yield (kind, line) for the items of a use; of several figures, only the first and the last."""
    items = list(_items(use, results))
    for item in [*items[:1], *items[-1:]] if isinstance(use, FigureUse) else items:
        match item["kind"]:
            case "table":
                yield "table", item["expression"]
            case "figure":
                run = next(run for run in runs_of(use) if str(run) == item["run"])
                yield "figure", figure_paths(run, results[run].figures)[item["figure"] - 1]
            case "code" if not item["hidden"]:
                yield "code", "–".join(map(str, item["lines"]))


def _seeds(source: str, result: Result, text: Callable[[str], str]) -> list[str]:
    """Return the seeded calls of a script and of the modules that it was observed to use."""
    inside = (path for path, there in result.inputs if there and not is_outside(path))
    modules = [path for path in inside if path.endswith(".py")]
    return list(dict.fromkeys(seed for one in (source, *map(text, modules)) for seed in seeds.seeds(one)))


def _command(script: str, parameters: Sequence[str]) -> str:
    """Return the command that runs a script again, with the parameters to set; code in a slide runs with its deck."""
    deck = script.rpartition("/")[2].rpartition(".md:")[0]
    if deck:
        return f"{messages.DEFAULT} verify {deck}"  # not as called: files do not depend on who builds them
    return f"python {script}" + (f"  # region parameters: {'; '.join(parameters)}" if parameters else "")


def _run(run: RunId, source: str, result: Result, text: Callable[[str], str]) -> dict[str, Any]:
    return {
        "snippet": run.snippet,
        "parameters": _plain(dict(run.parameters)),
        "command": _command(run.snippet, [f"{name} = {value!r}" for name, value in run.parameters]),
        "seeds": _seeds(source, result, text),
        "code": digest(source.lstrip("\n").encode()),
        "inputs": {path: digest for path, digest in result.inputs if digest},
        "versions": dict(result.versions),
        **({"frozen": True} if result.frozen else {}),
    }


def _slide(slide: Slide, results: Results) -> dict[str, Any]:
    shows = [item for use in slide.uses for item in _items(use, results)]
    return {"number": slide.shown_number, "id": slide.id, "title": slide.title, "at": str(slide.at), "shows": shows}


def _items(use: Use, results: Results) -> Iterator[dict[str, Any]]:
    """Yield what a use shows; a figure with frames shows each of them. Raises DeckError for what cannot be shown."""
    if isinstance(use, FigureUse | ShowUse):
        for frame in figures.frames(results, use):
            drawn = {"figure": frame.number, "label": frame.figure.label, "svg": digest(frame.figure.svg.encode())}
            yield {"kind": "figure", "run": str(frame.run), "at": str(use.at), **drawn}
    if isinstance(use, FigureUse):
        return
    base: dict[str, Any] = {"run": str(use.run), "at": str(use.at)}
    match use:
        case EvalUse():
            shown = {"value": _plain(values.value(results, use)), "shown": values.value_text(results, use)}
            yield {"kind": "value", **base, "expression": use.expression, "format": use.format, **shown}
        case TableUse():
            given = values.given(results, use)
            yield {"kind": "table", **base, "expression": use.expression, "value": _plain(given)}
        case ShowUse() if values.has_value(results, use):
            given = values.given(results, use)
            yield {"kind": "shown", **base, "expression": use.expression, "value": _plain(given)}
        case OutputUse() if not use.optional or values.output_text(results, use):
            whole = results[use.run].outputs.get(use.part, "") if use.part else results[use.run].printed(use.stream)
            yield {"kind": "output", **base, "text": digest(whole.encode())}
        case SnippetUse():
            first, last = use.lines
            lines = [use.snippet.lines[first - 1], use.snippet.lines[last - 1]]
            yield {"kind": "code", **base, "lines": lines, "hidden": use.hide}


def _plain(value: Value) -> Value:
    """Return a value in which nan and inf, which JSON does not have, are the strings `"nan"` and `"inf"`."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
