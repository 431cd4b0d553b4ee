"""The record in figures/: results of the snippets, as text for version control.

`figures/results.json` contains output and values of each run, and names the SVG files of its figures. Its schema is
docs/schemas/record.json. It contains no times and no paths of this machine, so that equal results give equal bytes.
"""

from __future__ import annotations

import functools
import json
import os
import platform
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from verideck.core import format_numbers
from verideck.core.errors import DeckError, DeckErrors
from verideck.core.folders import FIGURES, snippet_name
from verideck.core.hashing import digest, file_digest
from verideck.core.messages import command
from verideck.core.project import Sources
from verideck.core.run_model import STARTED_PROCESSES, Figure, Location, Result, Results, Run, RunId, Stream, Write
from verideck.run.serialize import result_from_json, result_to_json, value_from_json, value_to_json

RECORD_PATH = f"{FIGURES}/results.json"
_KEYS = frozenset(
    ["snippet", "parameters", "script", "stdout", "values", "invalid", "error", "inputs", "versions", "figures"]
)
_MORE = frozenset(["stderr", "mixed", "outputs", "displays", "frozen"])
"""Optional keys: written only if a slide shows such outputs and values, and of frozen runs."""
_WORD = re.compile(r"(?!(?:None|True|False|nan|inf)$)[^\W\d][\w.]*")
"""A text that can stand in a file name unchanged: it is not a number and contains no separator."""
_LONG = 150
"""Maximum length of a file name in bytes, without extension and digest."""


class OtherFormat(DeckError):
    """The record has another format: another version of the engine wrote it."""


def read_record(sources: Sources, runs: Iterable[Run] = (), *, whole: bool = True) -> Results:
    """Return the recorded results; none if there is no record. Raises DeckError if it cannot be read.

    runs: the runs of today. In the record, the name of code in a slide depends on the code, not on its line; in the
    results, the code has its name of today.
    whole: if False, a run with a figure that cannot be read counts as not recorded; else it is an error in `runs`.
    """
    runs = tuple(runs)
    wanted = {run.id for run in runs}
    now = {recorded: run for run, recorded in _lasting(runs).items()}
    results: dict[RunId, Result] = {}
    for entry in _entries(sources):
        run = now.get(_run_id(entry), _run_id(entry))
        try:
            results[run] = _result(entry, sources)
        except DeckError:
            if whole and (run in wanted or not wanted):
                raise
    return results


def without_other_format(sources: Sources) -> Sources:
    """Return the project, with an empty record in the place of one of another format: for a complete new record."""
    try:
        _entries(sources)
    except OtherFormat:
        return Sources(sources.root, {RECORD_PATH: _text([])})
    return sources


def stale_runs(sources: Sources, runs: Iterable[Run]) -> tuple[tuple[RunId, str], ...]:
    """Return (run, path) for each run whose script, or a file that it used, changed since it was recorded."""
    runs = tuple(runs)
    lasting = _lasting(runs)
    planned = {lasting.get(run.id, run.id): run for run in runs}
    found = []
    for entry in _entries(sources):
        if run := planned.get(_run_id(entry)):
            found += [(run.id, path) for path in _changed(entry, run, sources)[:1]]
    return tuple(found)


def changed_frozen(sources: Sources, runs: Iterable[Run]) -> tuple[tuple[Run, str], ...]:
    """Return (run, what changed) for each frozen run whose kept result is not what its script gave, as far as is known:
    the result was edited, or the script or a file that it used changed since.
    """
    kept = tuple(run for run in runs if run.kept)
    lasting = _lasting(kept)
    entries = {_run_id(entry): entry for entry in _entries(sources)}
    found = []
    for run in kept:
        entry = entries[lasting.get(run.id, run.id)]
        drawings = [figure.svg for figure in run.kept.figures] if run.kept else []
        if changed := [path for path in _changed(entry, run, sources) if path != STARTED_PROCESSES]:
            found.append((run, f"{changed[0]} was changed after it was recorded"))
        elif "frozen" in entry and entry["frozen"]["digest"] != _seal(entry, drawings):
            found.append((run, "its result in the record was edited"))
    return tuple(found)


def _changed(entry: Mapping[str, Any], run: Run, sources: Sources) -> list[str]:
    """Return what changed since a run was recorded: its script, then the files that it used."""
    script = [run.snippet.path] if entry["script"] != _script(run) else []
    return [*script, *(path for path, before in entry["inputs"] if before != file_digest(sources.root, path))]


def _seal(entry: Mapping[str, Any], drawings: Iterable[str]) -> str:
    """Return the digest of a recorded result and its figures."""
    content = {key: part for key, part in entry.items() if key != "frozen"}
    return digest(json.dumps([content, *drawings], sort_keys=True).encode())


def _origin(entry: Mapping[str, Any], drawings: Iterable[str]) -> dict[str, str]:
    """Return what is kept of a frozen result: its digest, and where it was made."""
    return {
        "digest": _seal(entry, drawings),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def record_writes(results: Results, runs: Iterable[Run], kept: Results, sources: Sources) -> tuple[Write, ...]:
    """Return the files of a record.

    results: fresh results. kept: recorded results of runs that were not executed. runs: the runs of both.
    Raises DeckErrors for figures whose file names differ only in case: on macOS and Windows they are one file.
    """
    runs = tuple(runs)
    lasting = _lasting(runs)
    scripts = {_run_id(entry): entry["script"] for entry in _entries(sources)}
    scripts |= {lasting.get(run.id, run.id): _script(run) for run in runs if run.id in results}
    shown = {lasting.get(run.id, run.id): run.streams for run in runs}
    recorded = {
        lasting.get(run, run): _as_shown(result, shown.get(lasting.get(run, run)))
        for run, result in {**kept, **results}.items()
    }
    before = {_run_id(entry): entry.get("frozen") for entry in _entries(sources)}
    frozen = {name: before.get(name) for name in (lasting.get(run.id, run.id) for run in runs if run.frozen)}
    fresh = {lasting.get(run, run) for run in results}
    entries, files = [], []
    folded: dict[str, str] = {}
    errors = []
    for run_id, result in sorted(recorded.items(), key=lambda item: _order(item[0])):
        names = figure_paths(run_id, result.figures)
        for name in names:
            if (other := folded.setdefault(name.lower(), name)) != name:
                message = f"{other} and {name} are one file on macOS and Windows"
                errors.append(DeckError(message, Location(run_id.snippet.partition("#")[0]), "rename the figure"))
        files += [Write(name, figure.svg.encode()) for name, figure in zip(names, result.figures, strict=True)]
        figures = [
            {"label": figure.label, "file": name} | ({"part": figure.part} if figure.part else {})
            for name, figure in zip(names, result.figures, strict=True)
        ]
        inputs = tuple((path, digest) for path, digest in result.inputs if digest)  # without missing files
        parameters = {name: value_to_json(value) for name, value in run_id.parameters}
        encoded = result_to_json(replace(result, figures=(), inputs=inputs))
        encoded = {key: part for key, part in encoded.items() if key != "figures" and (part or key not in _MORE)}
        entry = {"snippet": run_id.snippet, "parameters": parameters, "script": scripts.get(run_id, "")}
        entry = {**entry, **encoded, "figures": figures}
        if run_id in frozen:
            held = None if run_id in fresh else frozen[run_id]
            entry["frozen"] = held or _origin(entry, (figure.svg for figure in result.figures))
        entries.append(entry)
    if errors:
        raise DeckErrors(errors)
    return (*files, Write(RECORD_PATH, _text(entries).encode()))


def _as_shown(result: Result, streams: Sequence[Stream] | None) -> Result:
    """Return a result without those outputs to standard error that no slide shows: they are not compared."""
    if streams is None or "both" in streams:
        return result
    return replace(result, mixed="", stderr=result.stderr if "err" in streams else "")


def _text(entries: list[dict[str, Any]]) -> str:
    # Keys are not sorted: the order of a table's columns is part of a result.
    data = {"format": format_numbers.RECORD, "results": entries}
    return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def orphaned_drawings(sources: Sources, planned: Iterable[Write]) -> tuple[str, ...]:
    """Return the files of recorded figures that are not part of the new record."""
    names = {write.path for write in planned}
    files = [figure["file"] for entry in _entries(sources) for figure in entry["figures"]]
    return tuple(file for file in files if file not in names and re.fullmatch(rf"{FIGURES}/[^/]+\.svg", file))


def unrecorded_drawings(sources: Sources) -> tuple[str, ...]:
    """Return the SVG files in figures/ that the record does not name."""
    named = {figure["file"] for entry in _entries(sources) for figure in entry["figures"]}
    found = sorted(f"{FIGURES}/{file.name}" for file in (sources.root / FIGURES).glob("*.svg"))
    return tuple(path for path in found if path not in named)


def _entries(sources: Sources) -> tuple[dict[str, Any], ...]:
    return _parsed(sources.text(RECORD_PATH)) if os.path.isfile(sources.root / RECORD_PATH) else ()


@functools.lru_cache(maxsize=4)
def _parsed(text: str) -> tuple[dict[str, Any], ...]:
    """Return the entries of a record as `record_writes` writes them; raises DeckError."""
    at = Location(RECORD_PATH)
    try:
        data = json.loads(text, object_pairs_hook=_object)
        json.dumps(data, ensure_ascii=False).encode()  # fails for lone surrogates
        given = data.get("format") if isinstance(data, dict) and "results" in data else format_numbers.RECORD
        if type(given) is not int or given != format_numbers.RECORD:  # True and 1.0 equal 1
            raise _other_format(given)
        if not isinstance(data, dict) or data.keys() != {"format", "results"} or not isinstance(data["results"], list):
            raise ValueError("it is not an object with the keys format and results, a list")
        for entry in data["results"]:
            _check(entry)
        runs = [_run_id(entry) for entry in data["results"]]
        if twice := [str(run) for run in dict.fromkeys(runs) if runs.count(run) > 1]:
            raise ValueError(f"{twice[0]} is recorded twice")
        return tuple(data["results"])
    except json.JSONDecodeError as error:
        message, at = f"it is not JSON: {error.msg}", Location(RECORD_PATH, error.lineno, error.colno)
    except RecursionError:
        message = "it is nested too deeply"
    except UnicodeEncodeError:
        message = "it contains a lone surrogate"
    except ValueError as error:
        message = str(error)
    hint = f"restore it from version control, or remove it and make a new one: {command('figures')}"
    raise DeckError(f"the record is damaged: {message}", at, hint) from None


def _other_format(given: Any) -> OtherFormat:
    found = f"has format {given!r:.20}" if given else "has no format number, so an earlier version wrote it"
    newer = isinstance(given, int) and given > format_numbers.RECORD
    hint = ("use the version that wrote it, or " if newer else "") + f"make a new record: {command('figures')}"
    return OtherFormat(
        f"the record {found}; this version reads format {format_numbers.RECORD}", Location(RECORD_PATH), hint
    )


def _object(pairs: list[tuple[str, Any]]) -> Any:
    """Return a JSON object; raises ValueError for duplicate keys."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key '{next(name for name in names if names.count(name) > 1)}' is given twice")
    return found


def _check(entry: Any) -> None:
    """Raise ValueError for an entry that does not have the form that `record_writes` writes."""
    if not isinstance(entry, dict) or not isinstance(entry.get("snippet"), str):
        raise ValueError(f"{entry!r:.60} is not an object with a snippet")
    name = entry["snippet"]
    for wrong in sorted(_KEYS.symmetric_difference(entry) - _MORE):
        raise ValueError(f"the entry of {name} {'has an unknown key' if wrong in entry else 'lacks the key'} '{wrong}'")
    if not isinstance(entry["parameters"], dict) or not isinstance(entry["script"], str):
        raise ValueError(f"the entry of {name} has parameters or a script of the wrong type")
    if not isinstance(entry.get("frozen", {"digest": ""}), dict) or "digest" not in entry.get("frozen", ("digest",)):
        raise ValueError(f"the entry of {name} does not say what was frozen")
    for figure in entry["figures"] if isinstance(entry["figures"], list) else [None]:
        if not isinstance(figure, dict) or figure.keys() - {"part"} != {"label", "file"}:
            raise ValueError(f"{figure!r:.60}, a figure of {name}, is not an object with label and file")
        texts = isinstance(figure["label"], str) and isinstance(figure.get("part", ""), str)
        if not texts or not re.fullmatch(rf"{FIGURES}/[^/\\]+\.svg", str(figure["file"])):
            raise ValueError(f"{figure!r:.60}, a figure of {name}, lacks a text as label or figures/NAME.svg as file")
    result_from_json({**entry, "figures": []})


def _run_id(entry: Mapping[str, Any]) -> RunId:
    parameters = sorted(entry["parameters"].items())
    return RunId(entry["snippet"], tuple((name, value_from_json(value)) for name, value in parameters))


def _result(entry: Mapping[str, Any], sources: Sources) -> Result:
    at = Location(RECORD_PATH)
    try:
        figures = tuple(
            Figure(figure["label"], sources.text(figure["file"], at), figure.get("part", ""))
            for figure in entry["figures"]
        )
    except DeckError as error:
        hint = f"restore it from version control, or record it again: {command('figures')}"
        raise DeckError(error.message, error.at, hint) from None
    return replace(result_from_json({**entry, "figures": []}), figures=figures)


def _lasting(runs: Iterable[Run]) -> dict[RunId, RunId]:
    """Return, for each run of code in a slide, its name in the record, which does not depend on its line."""
    found: dict[RunId, RunId] = {}
    taken: Counter[str] = Counter()
    for run in runs:
        if run.snippet.in_slide:
            name = f"{run.snippet.path}#{_script(run)[:12]}"
            taken[name] += 1
            found[run.id] = RunId(name if taken[name] == 1 else f"{name}-{taken[name]}")
    return found


def _script(run: Run) -> str:
    """Return the digest of a run's code; for code in a slide, without the text of the deck around it."""
    return digest(run.snippet.code.encode())


def figure_paths(run_id: RunId, figures: tuple[Figure, ...]) -> list[str]:
    """Return the figures' file names: `ridge_fits.svg`, `ridge_fits-alpha=10.svg`, `study-3.svg`, `study-label.svg`.

    A name that is shortened, or that could mean several figures, ends with a digest.
    """
    labels = [figure.label for figure in figures]
    names = []
    for number, label in enumerate(labels, 1):
        which = [label] if label else [str(number)] if len(labels) > 1 else []
        again = [str(number)] if label and label in labels[: number - 1] else []
        names.append(f"{FIGURES}/{_name(run_id, label, [*which, *again], number)}.svg")
    return names


def _name(run_id: RunId, label: str, which: list[str], number: int) -> str:
    stem = snippet_name(run_id.snippet).removesuffix(".py")
    parts = [stem, *(f"{name}={value}" for name, value in run_id.parameters), *which]
    name = "-".join(re.sub(r"[^\w.=+-]+", "_", part.replace("/", "-")) for part in parts)
    words = [label or "x", *(value for _, value in run_id.parameters if isinstance(value, str))]
    lists = any(isinstance(value, list | dict) for _, value in run_id.parameters)
    clear = re.fullmatch(r"[\w.]+", stem) and all(map(_WORD.fullmatch, words)) and not lists
    if clear and len(name.encode()) <= _LONG:
        return name
    told = json.dumps([run_id.snippet, run_id.parameters, label, number])
    return f"{name.encode()[:_LONG].decode(errors='ignore')}-{digest(told.encode())[:8]}"


def _order(run_id: RunId) -> tuple[str, str]:
    return run_id.snippet, repr(run_id.parameters)
