"""Code as slides show it: regions, line steps, and what one script adds to another."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from verideck.core.errors import DeckError, DeckErrors, did_you_mean
from verideck.core.run_model import Location, Parameters, Region, Snippet, Step, Value

RESERVED = ("all", "adds")
"""Names that steps give a meaning of their own; no region is called so."""

_MARKER = re.compile(r"#\s*(region(?!\S)|endregion(?!\S)|inputs:)\s*(.*)")
_NAME = re.compile(r"[^\W\d][\w-]*")
_LINES = re.compile(r"([0-9]{1,6})(?:\s*-\s*([0-9]{1,6}))?")

_Marker = tuple[int, int, str, str]
"""Line, column, word, rest."""
_Ranges = dict[str, list[tuple[int, int]]]
"""Name → lines of the opening and closing markers."""


@lru_cache(512)
def read_snippet(path: str, source: str) -> Snippet:
    """Return a script with its regions, parameters and declared inputs.

    Raises DeckErrors: the one place where it does not compile, or all markers that are wrong.
    """
    if error := check_compiles(source, path, 1):
        raise DeckErrors([error])
    rows = source.split("\n")
    markers = list(_markers(source, rows))
    ranges = _ranges(path, [marker for marker in markers if marker[2] != "inputs"])
    shown = tuple(_shown(rows, {marker[0] for marker in markers}))
    return Snippet(
        path,
        source,
        shown=tuple(rows[line - 1] for line in shown),
        lines=shown,
        regions=tuple(_region(path, name, pieces, rows, shown) for name, pieces in ranges.items()),
        parameters=_parameters(source, ranges.get("parameters", ())),
        inputs=_inputs(path, markers),
    )


def region(snippet: Snippet, name: str, at: Location) -> Region:
    """Return the region called `name`; raises DeckError at `at` where the script has none."""
    known = {region.name: region for region in snippet.regions}
    if name in known:
        return known[name]
    hint = did_you_mean(name, known) or (
        f"it has {', '.join(known)}" if known else "mark it: # region NAME … # endregion"
    )
    raise DeckError(f"no region '{name}' in {snippet.name}", at, hint)


def steps(
    text: str, snippet: Snippet, shown: tuple[int, int], names: Mapping[str, Region], at: Location
) -> tuple[Step, ...]:
    """Return the steps that `1-3 | 5 | name | 2,4-6 | all` asks for, in lines of `snippet.shown`.

    Numbers in `text` count from the first line on the slide; `shown` is that part's first and last shown line.
    Raises DeckError at the part that is wrong; `at` is where `text` begins.
    """
    found = []
    offset = 0
    for step in text.split("|"):
        ranges: list[tuple[int, int]] = []
        for part in step.split(","):
            indent = len(part) - len(part.lstrip())
            place = Location(at.path, at.line, at.column and at.column + offset + indent)
            ranges += _part(part.strip(), snippet, shown, names, place)
            offset += len(part) + 1
        found.append(Step(tuple(_merged(ranges))))
    return tuple(found)


def added(mine: Snippet, other: Snippet) -> frozenset[int]:
    """Return the shown lines of `mine` that `other` lacks; deeper indentation alone adds nothing, nor do blanks."""
    old = [line.strip() for line in other.shown if line.strip()]
    new = [(number, line.strip()) for number, line in enumerate(mine.shown, 1) if line.strip()]
    changes = SequenceMatcher(None, old, [line for _, line in new], autojunk=False).get_opcodes()
    return frozenset(
        number for kind, _, _, first, last in changes if kind in ("insert", "replace") for number, _ in new[first:last]
    )


def check_compiles(source: str, path: str, first_line: int) -> DeckError | None:
    """Return why Python code that begins at `first_line` of `path` does not compile, or None."""
    try:
        _compile(source, path)
    except SyntaxError as error:
        at = Location(path, first_line - 1 + (error.lineno or 1), max(error.offset or 0, 0))
        return DeckError(f"Python: {error.msg}", at)
    except (ValueError, RecursionError, MemoryError) as error:
        return DeckError(
            f"Python cannot compile this: {error or 'it is nested too deeply'}", Location(path, first_line)
        )
    return None


def _compile(source: str, path: str = "", flags: int = 0) -> Any:
    """Return what `compile` gives, without its warnings: a doubtful escape is no failure."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(source, path, "exec", flags, dont_inherit=True)


def _markers(source: str, rows: Sequence[str]) -> Iterator[_Marker]:
    """Yield each comment of ours that has a line of its own; what stands in a string is none."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        line, indent = token.start
        match = _MARKER.fullmatch(token.string.rstrip()) if token.type == tokenize.COMMENT else None
        if match and not rows[line - 1][:indent].strip():
            yield line, indent + 1, match[1].rstrip(":"), match[2]


def _ranges(path: str, markers: Iterable[_Marker]) -> _Ranges:
    """Return the lines of the opening and closing markers of each region's pieces; raises DeckErrors."""
    found: _Ranges = {}
    opened: dict[str, Location] = {}
    errors: list[DeckError] = []
    for line, column, word, rest in markers:
        at = Location(path, line, column)
        if word == "region":
            errors += _wrong_name(rest, opened, at)
            opened.setdefault(rest, at)
            found.setdefault(rest, [])
        elif not opened:
            errors.append(DeckError("no region is open here", at, "remove this line, or open one: # region NAME"))
        else:
            innermost = next(reversed(opened))
            name = rest if rest in opened else innermost
            if rest not in ("", innermost):
                remedy = f"write # endregion {innermost}"
                errors.append(DeckError(f"regions cross: '{innermost}' is open here", at, remedy))
            found[name].append((opened.pop(name).line, line))
    errors += [DeckError(f"region '{name}' is never closed", at, "write # endregion") for name, at in opened.items()]
    if errors:
        raise DeckErrors(errors)
    return found


def _wrong_name(name: str, opened: Iterable[str], at: Location) -> Iterator[DeckError]:
    """Yield what is wrong with a region that opens with this name."""
    if not name:
        yield DeckError("the region has no name", at, "write # region NAME")
    elif not _NAME.fullmatch(name):
        yield DeckError(f"'{name}' is no name for a region", at, "one word of letters, digits, _ and -")
    elif name in RESERVED:
        yield DeckError(f"'{name}' has a meaning of its own in steps", at, "give the region another name")
    elif name in opened:
        yield DeckError(f"region '{name}' is open already", at, "close it first: # endregion")


def _shown(rows: Sequence[str], hidden: set[int]) -> Iterator[int]:
    """Yield the lines to show: none of `hidden`, no outer blanks; blanks that meet over a hidden line count once."""
    blanks: list[int] = []
    longest: list[int] = []
    begun = False
    for line, row in enumerate(rows, 1):
        if line in hidden:
            blanks = []
        elif not row.strip():
            blanks.append(line)
            longest = max(longest, blanks, key=len)
        else:
            yield from longest if begun else ()
            yield line
            begun, blanks, longest = True, [], []


def _region(
    path: str, name: str, ranges: Iterable[tuple[int, int]], source: Sequence[str], shown: Sequence[int]
) -> Region:
    """Return a region in shown lines; raises DeckErrors for a piece that shows nothing."""
    pieces = []
    for first, last in ranges:
        inside = [number for number, line in enumerate(shown, 1) if first < line < last and source[line - 1].strip()]
        if not inside:
            error = DeckError(f"region '{name}' is empty", Location(path, first), "fill it, or remove its markers")
            raise DeckErrors([error])
        pieces.append((inside[0], inside[-1]))
    return Region(name, tuple(pieces))


def _inputs(path: str, markers: Iterable[_Marker]) -> tuple[str, ...]:
    """Return the files that `# inputs:` lines declare; raises DeckErrors for a line that names none."""
    found: dict[str, None] = {}
    for line, column, word, rest in markers:
        if word == "inputs":
            names = [name.strip() for name in rest.split(",")]
            if not all(names):
                at = Location(path, line, column)
                raise DeckErrors([DeckError("a file is missing", at, "write # inputs: data.db, other.csv")])
            found |= dict.fromkeys(names)
    return tuple(found)


def _parameters(source: str, ranges: Sequence[tuple[int, int]]) -> Parameters:
    """Return the `name = literal` statements at top level within `ranges`, sorted by name."""
    found: dict[str, Value] = {}
    for statement in _compile(source, flags=ast.PyCF_ONLY_AST).body if ranges else ():
        if any(first < statement.lineno < last for first, last in ranges):
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_literal(value):
                    found[name] = ast.literal_eval(value)
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if _is_literal(value):
                    found[name] = ast.literal_eval(value)
    return tuple(sorted(found.items()))


def _is_literal(node: ast.expr) -> bool:
    """Tell whether an expression is a literal that JSON can hold, too."""
    match node:
        case ast.Constant(value=value):
            return isinstance(value, str | int | float | None)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant(value=value)):
            return type(value) in (int, float)
        case ast.List(elts=items):
            return all(map(_is_literal, items))
        case ast.Dict(keys=keys, values=values):
            names = all(isinstance(key, ast.Constant) and isinstance(key.value, str) for key in keys)
            return names and all(map(_is_literal, values))
    return False


def _part(
    part: str, snippet: Snippet, shown: tuple[int, int], names: Mapping[str, Region], at: Location
) -> list[tuple[int, int]]:
    """Return the shown lines that one part of a step names; raises DeckError."""
    first, last = shown
    if part == "all":
        return [shown]
    if match := _LINES.fullmatch(part):
        low, high = int(match[1]), int(match[2] or match[1])
        if not 1 <= low <= high <= last - first + 1:
            raise DeckError(
                f"no lines {part} here", at, f"the slide shows lines 1-{last - first + 1} of {snippet.name}"
            )
        return [(first + low - 1, first + high - 1)]
    if part not in names:
        hint = did_you_mean(part, ["all", *names]) or "a step is lines (1-3), a region's name, or all"
        raise DeckError(f"no lines are called '{part}'" if part else "a step is empty", at, hint)
    ranges = [(max(low, first), min(high, last)) for low, high in names[part].ranges if low <= last and high >= first]
    if not ranges:
        raise DeckError(f"'{part}' is not among the lines on this slide", at, "show the part that holds it")
    return ranges


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ranges in order, those that touch or overlap as one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def modules_imported(source: str) -> set[str]:
    """Return the modules that import statements of `source` may name (`a`, `a.b`); empty for code that does not parse.

    What follows `from a import` is named too, as it may be a module.
    """
    found: set[str] = set()
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError):
        return found
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*"}
    return found
