"""Compares fresh results with recorded ones: text exactly, numbers and figures within a tolerance."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from verideck.core.run_model import Difference, Figure, Result, Results, Run, RunId, Stream, Value, without_still
from verideck.core.unseen import escaped
from verideck.typeset.figure_diff import differences

_NUMBER = re.compile(r"(?<![\w.])([-+]?(?:\d+\.\d*|\.\d+|\d+(?=[eE][-+]?\d))(?:[eE][-+]?\d+)?)(?![\w.]*\w)")
"""Decimal fractions in text. Whole numbers are compared exactly, as text."""
_FLEETING = re.compile(
    r"(?:\d{4}-\d\d-\d\d[ T])?\b\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?"
    r"|\b0x[0-9a-fA-F]+|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"
)
"""Times of day with or without a date, memory addresses, and UUIDs."""
_SHORT = 80


STREAMS: Mapping[Stream, str] = {"out": "stdout", "err": "stderr", "both": "output"}
"""Stream → its name in differences."""


def compare_result(
    recorded: Result, fresh: Result, run: RunId, tolerance: float, streams: Iterable[Stream] = ("out",)
) -> tuple[Difference, ...]:
    """Return the differences between a recorded and a fresh result; empty if they are the same.

    tolerance: relative, for floating-point numbers in values, in printed text, and in coordinates of figures.
    streams: the outputs that slides show; the others are not compared.
    """
    return (
        *_errors(recorded, fresh, run),
        *(_outputs(recorded, fresh, run, tolerance) or _streams(recorded, fresh, streams, run, tolerance)),
        *_values(recorded, fresh, run, tolerance),
        *_displays(recorded, fresh, run, tolerance),
        *_figures(recorded.figures, fresh.figures, run, tolerance),
    )


def compare_results(runs: Iterable[Run], recorded: Results, fresh: Results, tolerance: float) -> tuple[Difference, ...]:
    """Return the differences between recorded and fresh results of `runs`, in the order of `runs`."""
    found: list[Difference] = []
    for run in runs:
        if run.id in recorded:
            found += compare_result(recorded[run.id], fresh[run.id], run.id, tolerance, run.streams)
        else:
            found.append(Difference(run.id, "record", "", "not recorded yet"))
    return tuple(found)


def version_changes(recorded: Result, fresh: Result) -> tuple[tuple[str, str, str], ...]:
    """Return (package, version before, version after) for changed versions; "" if a package is missing."""
    before, after = dict(recorded.versions), dict(fresh.versions)
    names = sorted(before.keys() | after.keys())
    pairs = ((name, before.get(name, ""), after.get(name, "")) for name in names)
    return tuple((name, old, new) for name, old, new in pairs if old != new)


def _text_change(before: str, after: str, tolerance: float) -> str:
    """Return how two texts differ; "" if they are equal."""
    return "" if before == after else f"{_short(before)} → {_short(after)}"


def unequal(
    before: Value,
    after: Value,
    tolerance: float,
    place: str = "",
    text_change: Callable[[str, str, float], str] = _text_change,
) -> str:
    """Return where and by how much two values differ; "" if they are the same.

    Whole numbers, texts and structure must be equal, floats equal within the relative `tolerance`; nan equals nan.
    text_change: returns how two texts differ, "" if they count as equal.
    """
    if isinstance(before, str) and isinstance(after, str):
        change = text_change(before, after, tolerance)
        return f"{place}: {change}" if change else ""
    if isinstance(before, float) and isinstance(after, float):
        return "" if _close(before, after, tolerance) else f"{place}: {_gap(before, after, tolerance)}"
    if type(before) is not type(after):
        return f"{place}: {_short(before)} → {_short(after)}"
    if isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            return f"{place}: {len(before)} → {len(after)} items"
        pairs = enumerate(zip(before, after, strict=True))
        unlike = (unequal(a, b, tolerance, f"{place}[{n}]", text_change) for n, (a, b) in pairs)
        return next(filter(None, unlike), "")
    if isinstance(before, dict) and isinstance(after, dict):
        if list(before) != list(after):
            return f"{place}: keys {_short(list(before))} → {_short(list(after))}"
        unlike = (unequal(before[key], after[key], tolerance, f"{place}[{key!r}]", text_change) for key in before)
        return next(filter(None, unlike), "")
    return "" if before == after else f"{place}: {_short(before)} → {_short(after)}"


def _errors(recorded: Result, fresh: Result, run: RunId) -> Iterator[Difference]:
    before, after = (f"{e.kind}: {e.message}" if e else "" for e in (recorded.error, fresh.error))
    if before != after:
        yield Difference(run, "error", before, after, fresh.error.traceback if fresh.error else "")


def _texts(recorded: Result, fresh: Result, stream: Stream, run: RunId, tolerance: float) -> Iterator[Difference]:
    """Yield the first line in which two outputs differ."""
    lines = itertools.zip_longest(recorded.printed(stream).split("\n"), fresh.printed(stream).split("\n"))
    for number, (old, new) in enumerate(lines, 1):
        if old is None or new is None or not _same_line(old, new, tolerance):
            # Shows white space (by repr) only if nothing else differs.
            show = _short if old is not None and new is not None and old.split() == new.split() else _cut
            detail = f"line {number} of the output{_why_fleeting(old or '', new or '')}"
            yield Difference(run, STREAMS[stream], show(old or ""), show(new or ""), detail)
            return


def _why_fleeting(before: str, after: str) -> str:
    """Return a remedy if two lines differ only in times of day, addresses or UUIDs; else ""."""
    if not (before and after) or _FLEETING.sub("", before) != _FLEETING.sub("", after):
        return ""
    return "; it contains a time, an address or a random name: do not print it; for a log, set format='%(message)s'"


def _same_line(before: str, after: str, tolerance: float) -> bool:
    """Tell whether two lines are equal, except for decimal fractions that are equal within the tolerance."""
    if before == after:
        return True
    old, new = _NUMBER.split(before), _NUMBER.split(after)
    if old[::2] != new[::2]:
        return False
    pairs = zip(old[1::2], new[1::2], strict=True)
    # The same number written differently (1.0, 1.00) is a difference of text.
    return all(a == b or (float(a) != float(b) and _close(float(a), float(b), tolerance)) for a, b in pairs)


def _outputs(recorded: Result, fresh: Result, run: RunId, tolerance: float) -> list[Difference]:
    """Return what differs in what the parts of a script printed."""
    found = []
    for part in sorted(recorded.outputs.keys() | fresh.outputs.keys()):
        old, new = recorded.outputs.get(part), fresh.outputs.get(part)
        what = f"output of {part_name(part)}"
        if old is None or new is None:
            found.append(Difference(run, what, _cut(old or ""), _cut(new or ""), "number of parts", _cell_of(part)))
        else:
            several = _texts(Result(old), Result(new), "out", run, tolerance)
            found += [replace(one, what=what, part=_cell_of(part)) for one in several]
    return found


def _streams(
    recorded: Result, fresh: Result, streams: Iterable[Stream], run: RunId, tolerance: float
) -> list[Difference]:
    """Return what differs in what a script printed as a whole."""
    return [one for stream in streams for one in _texts(recorded, fresh, stream, run, tolerance)]


def _displays(recorded: Result, fresh: Result, run: RunId, tolerance: float) -> Iterator[Difference]:
    """Yield what differs in values that are more than JSON: their structure and texts exactly, numbers by tolerance."""
    for key in sorted(recorded.displays.keys() | fresh.displays.keys()):
        old, new = (without_still(result.displays.get(key)) for result in (recorded, fresh))
        what, part = f"value {value_name(key)}", _cell_of(key)
        if old is None or new is None:
            detail = fresh.invalid.get(key, "kind of value")
            yield Difference(run, what, _short(old) if old else "", _short(new) if new else "", detail, part)
        elif detail := unequal(old, new, tolerance, text_change=_shown_change):
            place, _, change = detail.partition(": ")
            before, arrow, after = change.partition(" (")[0].partition(" → ")
            detail = f"{_place(old, place)}: {change}" if _place(old, place) else change
            yield Difference(run, what, before if arrow else "", after if arrow else "", detail, part)


def part_name(part: str) -> str:
    """Return the name of a part of a script: `cell 2` for `#2`, `region fit` for `#fit`."""
    name = part.removeprefix("#")
    return f"cell {name}" if name.isdecimal() else f"region {name}"


def value_name(key: str) -> str:
    """Return the name of a value: `of cell 2` for `#2`, `x in cell 2` for `#2 x`, else the expression."""
    part, _, expression = key.partition(" ")
    if not part.startswith("#"):
        return key
    return f"{expression} in {part_name(part)}" if expression else f"of {part_name(part)}"


def _cell_of(key: str) -> str:
    part = key.partition(" ")[0]
    return part if part[:1] == "#" and part[1:].isdecimal() else ""


def _shown_change(old: str, new: str, tolerance: float) -> str:
    """Return how two texts of a display differ: numbers in them may differ within the tolerance."""
    pairs = itertools.zip_longest(old.split("\n"), new.split("\n"), fillvalue="")
    unlike = next(((a, b) for a, b in pairs if not _same_line(a, b, tolerance)), None)
    if not unlike and old.count("\n") == new.count("\n"):
        return ""
    before, after = unlike or (old, new)
    words = [" ".join(re.sub(r"<[^>]*>", " ", text).split()) for text in (before, after)]
    before, after = words if words[0] != words[1] else (before.strip(), after.strip())
    return f"{_short(before)} → {_short(after)}"


def _place(display: Value, place: str) -> str:
    """Return in words where in a display something is: `row 3, column price`; "" for a text as a whole."""
    if (match := re.fullmatch(r"\['rows'\]\[(\d+)\]\[(\d+)\]", place)) and isinstance(display, dict):
        columns: Any = display["columns"]
        return f"row {int(match[1]) + 1}, column {' / '.join(columns[int(match[2])])}"
    return "" if re.fullmatch(r"\['(text|line|html|tex)'\]", place) else place


def _values(recorded: Result, fresh: Result, run: RunId, tolerance: float) -> Iterator[Difference]:
    invalid = fresh.invalid.keys() - recorded.displays.keys()
    for expression in sorted(recorded.values.keys() | fresh.values.keys() | invalid):
        what, part = f"value {value_name(expression)}", _cell_of(expression)
        old = _short(recorded.values[expression]) if expression in recorded.values else ""
        if expression not in fresh.values:
            yield Difference(run, what, old, "", fresh.invalid.get(expression, "no longer computed"))
        elif expression not in recorded.values:
            yield Difference(run, what, "", _short(fresh.values[expression]), "not recorded", part)
        elif detail := unequal(recorded.values[expression], fresh.values[expression], tolerance):
            new = _short(fresh.values[expression])
            yield Difference(run, what, old, new, _without(f": {old} → {new}", detail), part)


def _figures(
    recorded: tuple[Figure, ...], fresh: tuple[Figure, ...], run: RunId, tolerance: float
) -> Iterator[Difference]:
    for number, (old, new) in enumerate(itertools.zip_longest(recorded, fresh), 1):
        what, part = f"figure {number}", _cell_of((old or new).part)
        if old is None or new is None:
            yield Difference(run, what, "drawn" if old else "", "drawn" if new else "", "number of figures", part)
        elif old.part != new.part:
            yield Difference(run, what, old.part, new.part, "part of the script")
        elif old.label != new.label:
            yield Difference(run, what, old.label, new.label, "label")
        elif found := differences(old.svg, new.svg, tolerance):
            more = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
            yield Difference(run, what, old.label or "drawn", new.label or "drawn", "; ".join(found[:3]) + more, part)


def _close(a: float, b: float, tolerance: float) -> bool:
    return math.isclose(a, b, rel_tol=tolerance) or (math.isnan(a) and math.isnan(b))


def _gap(a: float, b: float, tolerance: float) -> str:
    """Return a difference of numbers: relative, in units in the last place, and the tolerance."""
    if not (math.isfinite(a) and math.isfinite(b)):
        return f"{a!r} → {b!r}"
    relative, ulps = abs(a - b) / max(abs(a), abs(b)), abs(a - b) / math.ulp(max(abs(a), abs(b)))
    return f"{a!r} → {b!r} (relative {relative:.1e}, {ulps:.3g} ulp; allowed {tolerance:g})"


def _without(said: str, detail: str) -> str:
    """Return a detail without its beginning `said`, and without the parentheses around the rest."""
    return detail.removeprefix(said).strip(" ()") if detail.startswith(said) else detail.removeprefix(": ")


def _short(value: Value) -> str:
    return _cut(repr(value))


def _cut(text: str) -> str:
    text = escaped(text)
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"
