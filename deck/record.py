"""The record in figures/: what the snippets drew and computed, as text that is kept in version control.

`figures/results.json` holds what each run printed and gave, and names the SVG file of each of its figures.
No times, no dates, no paths of this machine: the same results give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from deck.errors import DeckError
from deck.inputs import digest
from deck.model import Figure, Location, Result, Results, Run, RunId, Write
from deck.sources import Sources
from deck.store import file_digest, result_from_json, result_to_json

RECORD = "figures/results.json"


def read(sources: Sources) -> Results:
    """Return the recorded results, none where there is no record; raises DeckError where it cannot be read."""
    try:
        return {_run_id(entry): _result(entry, sources) for entry in _entries(sources)}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "restore it from version control, or make it anew: python build.py figures"
        raise DeckError(f"the record is damaged: {error!r}", Location(RECORD), hint) from None


def stale(sources: Sources, runs: Iterable[Run]) -> tuple[tuple[RunId, str], ...]:
    """Return the runs of which the script, or a file that they were seen to use, has changed, with its path."""
    scripts = {run.id: digest(run.snippet.source.encode()) for run in runs}
    found = []
    for entry in _entries(sources):
        run_id = _run_id(entry)
        if run_id in scripts:
            changed = [path for path, digest in entry["inputs"] if digest != file_digest(sources.root, path)]
            script = [run_id.snippet] if entry.get("script") != scripts[run_id] else []
            found += [(run_id, path) for path in [*script, *changed][:1]]
    return tuple(found)


def writes(results: Results, runs: Iterable[Run], kept: Results, sources: Sources) -> tuple[Write, ...]:
    """Return the files of a record: fresh `results` of `runs`, and `kept` results of runs not made now."""
    scripts = _scripts(sources) | {run.id: digest(run.snippet.source.encode()) for run in runs}
    entries, files = [], []
    for run_id, result in sorted({**kept, **results}.items(), key=lambda item: _order(item[0])):
        names = paths(run_id, result.figures)
        files += [Write(name, figure.svg.encode()) for name, figure in zip(names, result.figures, strict=True)]
        figures = [{"label": figure.label, "file": name} for name, figure in zip(names, result.figures, strict=True)]
        inputs = tuple((path, digest) for path, digest in result.inputs if digest)  # not what was looked for in vain
        encoded = result_to_json(replace(result, figures=(), inputs=inputs))
        encoded.pop("figures", None)
        entry = {"snippet": run_id.snippet, "parameters": dict(run_id.parameters), "script": scripts.get(run_id, "")}
        entries.append({**entry, **encoded, "figures": figures})
    # Not sorted by key: the order of a table's columns is part of a result.
    text = json.dumps({"results": entries}, ensure_ascii=False, indent=1) + "\n"
    return (*files, Write(RECORD, text.encode()))


def orphans(sources: Sources, planned: Iterable[Write]) -> tuple[str, ...]:
    """Return the recorded figures' files that the new record no longer names."""
    names = {write.path for write in planned}
    files = [figure["file"] for entry in _entries(sources) for figure in entry["figures"]]
    return tuple(file for file in files if file not in names and re.fullmatch(r"figures/[^/]+\.svg", file))


def strays(sources: Sources) -> tuple[str, ...]:
    """Return the drawings in figures/ that the record does not name."""
    named = {figure["file"] for entry in _entries(sources) for figure in entry["figures"]}
    found = sorted(f"figures/{file.name}" for file in (sources.root / "figures").glob("*.svg"))
    return tuple(path for path in found if path not in named)


def _entries(sources: Sources) -> list[dict[str, Any]]:
    return list(json.loads(sources.text(RECORD))["results"]) if (sources.root / RECORD).is_file() else []


def _scripts(sources: Sources) -> dict[RunId, str]:
    return {_run_id(entry): str(entry.get("script", "")) for entry in _entries(sources)}


def _run_id(entry: Mapping[str, Any]) -> RunId:
    return RunId(str(entry["snippet"]), tuple(sorted(entry["parameters"].items())))


def _result(entry: Mapping[str, Any], sources: Sources) -> Result:
    figures = tuple(Figure(figure["label"], sources.text(figure["file"])) for figure in entry["figures"])
    return replace(result_from_json({**entry, "figures": []}), figures=figures)


def paths(run_id: RunId, figures: tuple[Figure, ...]) -> list[str]:
    """Return the figures' file names: `ridge_fits.svg`, `ridge_fits-alpha=10.svg`, `study-3.svg`, `study-label.svg`."""
    stem = re.sub(r"[^\w.-]+", "-", run_id.snippet.removeprefix("snippets/").removesuffix(".py"))
    values = [f"{name}={value}" for name, value in run_id.parameters]
    names = []
    for index, figure in enumerate(figures, 1):
        which = [figure.label] if figure.label else [str(index)] if len(figures) > 1 else []
        name = "-".join([stem, *(re.sub(r"[^\w.=+-]+", "_", part)[:40] for part in [*values, *which])])
        names.append(name if name not in names else f"{name}-{index}")
    return [f"figures/{name}.svg" for name in names]


def _order(run_id: RunId) -> tuple[str, str]:
    return run_id.snippet, repr(run_id.parameters)
