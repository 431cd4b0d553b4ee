"""Scripts as slides show them: regions, steps through lines, and the lines that a script adds to another."""

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
from verideck.core.run_model import PARAMETERS, Location, Parameters, Region, Snippet, Step, Value

RESERVED = ("all", "adds")
"""Names with a special meaning in steps; regions cannot have them."""

_MARKER = re.compile(r"#\s*(region(?!\S)|endregion(?!\S)|inputs:)\s*(.*)")
_NAME = re.compile(r"[^\W\d][\w-]*")
_LINES = re.compile(r"([0-9]{1,6})(?:\s*-\s*([0-9]{1,6}))?")

_Marker = tuple[int, int, str, str]
"""Line, column, keyword, rest of the comment."""
_Ranges = dict[str, list[tuple[int, int]]]
"""Region → lines of the opening and closing markers of its pieces."""


@lru_cache(512)
def read_snippet(path: str, source: str) -> Snippet:
    """Return a script with its regions, parameters and declared inputs.

    Raises DeckErrors if it does not compile or has wrong markers.
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
        parameters=_parameters(source, ranges.get(PARAMETERS, ())),
        inputs=_inputs(path, markers),
    )


def region(snippet: Snippet, name: str, at: Location) -> Region:
    """Return the region called `name`; raises DeckError at `at` if there is none."""
    known = {region.name: region for region in snippet.regions}
    if name in known:
        return known[name]
    hint = did_you_mean(name, known) or (
        f"it has {', '.join(known)}" if known else f"mark it in the script: # region {name} … # endregion"
    )
    raise DeckError(f"no region '{name}' in {snippet.name}", at, hint)


def check_runs_alone(snippet: Snippet, region: Region, at: Location) -> None:
    """Raise DeckError at `at` if the output of a region cannot be told apart: part of it is inside a statement."""
    pieces = [(snippet.lines[first - 1], snippet.lines[last - 1]) for first, last in region.ranges]
    for node in _compile(snippet.source, flags=ast.PyCF_ONLY_AST).body:
        start, end = first_line(node), node.end_lineno or node.lineno
        if any(start <= last and end >= first and not first <= start <= end <= last for first, last in pieces):
            hint = "let it hold whole statements that are not indented"
            raise DeckError(f"region '{region.name}' is part of a statement (line {start})", at, hint)


def first_line(node: ast.stmt) -> int:
    """Return the line on which a statement begins, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])


def steps(
    text: str, snippet: Snippet, shown: tuple[int, int], names: Mapping[str, Region], at: Location
) -> tuple[Step, ...]:
    """Return the steps of `1-3 | 5 | name | 2,4-6 | all` as lines of `snippet.shown`, from 1.

    shown: first and last line in `snippet.shown` that the slide shows; numbers in `text` count from the first.
    names: regions that steps can name. at: location of `text`. Raises DeckError at a wrong part.
    """
    steps = []
    offset = 0
    for step in text.split("|"):
        ranges: list[tuple[int, int]] = []
        for part in step.split(","):
            indent = len(part) - len(part.lstrip())
            place = Location(at.path, at.line, at.column and at.column + offset + indent)
            ranges += _part(part.strip(), snippet, shown, names, place)
            offset += len(part) + 1
        steps.append(Step(tuple(_merged(ranges))))
    return tuple(steps)


def added(snippet: Snippet, other: Snippet) -> frozenset[int]:
    """Return the shown lines of `snippet`, from 1, that `other` lacks; indentation and blank lines do not count."""
    old = [line.strip() for line in other.shown if line.strip()]
    new = [(number, line.strip()) for number, line in enumerate(snippet.shown, 1) if line.strip()]
    changes = SequenceMatcher(None, old, [line for _, line in new], autojunk=False).get_opcodes()
    return frozenset(
        number for kind, _, _, first, last in changes if kind in ("insert", "replace") for number, _ in new[first:last]
    )


def check_compiles(source: str, path: str, first_line: int) -> DeckError | None:
    """Return the error if Python code, which begins at `first_line` of `path`, does not compile; else None."""
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
    """Call `compile` without warnings: an invalid escape sequence is not an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(source, path, "exec", flags, dont_inherit=True)


def _markers(source: str, rows: Sequence[str]) -> Iterator[_Marker]:
    """Yield each marker comment that has a line of its own; text in strings does not count."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        line, indent = token.start
        match = _MARKER.fullmatch(token.string.rstrip()) if token.type == tokenize.COMMENT else None
        if match and not rows[line - 1][:indent].strip():
            yield line, indent + 1, match[1].rstrip(":"), match[2]


def _ranges(path: str, markers: Iterable[_Marker]) -> _Ranges:
    """Return the lines of the opening and closing markers of each region's pieces; raises DeckErrors."""
    ranges: _Ranges = {}
    opened: dict[str, Location] = {}
    errors: list[DeckError] = []
    for line, column, word, rest in markers:
        at = Location(path, line, column)
        if word == "region":
            errors += _wrong_name(rest, opened, at)
            opened.setdefault(rest, at)
            ranges.setdefault(rest, [])
        elif not opened:
            errors.append(DeckError("no region is open here", at, "remove this line, or open a region: # region NAME"))
        else:
            innermost = next(reversed(opened))
            name = rest if rest in opened else innermost
            if rest not in ("", innermost):
                remedy = f"write # endregion {innermost}"
                errors.append(DeckError(f"regions overlap: '{innermost}' must end first", at, remedy))
            ranges[name].append((opened.pop(name).line, line))
    errors += [DeckError(f"region '{name}' is not closed", at, "write # endregion") for name, at in opened.items()]
    if errors:
        raise DeckErrors(errors)
    return ranges


def _wrong_name(name: str, opened: Iterable[str], at: Location) -> Iterator[DeckError]:
    """Yield the error in the name of a region that opens here."""
    if not name:
        yield DeckError("the region has no name", at, "write # region NAME")
    elif not _NAME.fullmatch(name):
        yield DeckError(f"'{name}' is not a valid name for a region", at, "use one word of letters, digits, _ and -")
    elif name in RESERVED:
        yield DeckError(f"'{name}' has a special meaning in steps", at, "choose another name for the region")
    elif name in opened:
        yield DeckError(f"region '{name}' is open already", at, "close it first: # endregion")


def _shown(rows: Sequence[str], hidden: set[int]) -> Iterator[int]:
    """Yield the lines to show: no hidden lines, no leading or trailing blank lines.

    Of the blank lines before and after a hidden line, only the longer group is shown.
    """
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
    """Return a region in shown lines; raises DeckErrors for a piece without shown lines."""
    pieces = []
    for first, last in ranges:
        inside = [number for number, line in enumerate(shown, 1) if first < line < last and source[line - 1].strip()]
        if not inside:
            hint = "write code in it, or remove its markers"
            raise DeckErrors([DeckError(f"region '{name}' is empty", Location(path, first), hint)])
        pieces.append((inside[0], inside[-1]))
    return Region(name, tuple(pieces))


def _inputs(path: str, markers: Iterable[_Marker]) -> tuple[str, ...]:
    """Return the files that `# inputs:` lines declare; raises DeckErrors for a missing name."""
    found: dict[str, None] = {}
    for line, column, word, rest in markers:
        if word == "inputs":
            names = [name.strip() for name in rest.split(",")]
            if not all(names):
                at = Location(path, line, column)
                raise DeckErrors([DeckError("the name of a file is missing", at, "write # inputs: data.db, other.csv")])
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
    """Tell whether an expression is a literal that JSON can represent."""
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
    """Return the ranges of shown lines of one part of a step; raises DeckError."""
    first, last = shown
    if part == "all":
        return [shown]
    if match := _LINES.fullmatch(part):
        low, high = int(match[1]), int(match[2] or match[1])
        if not 1 <= low <= high <= last - first + 1:
            raise DeckError(
                f"the slide does not show {'line' if low == high else 'lines'} {part}",
                at,
                f"write lines of the slide, from 1 to {last - first + 1}",
            )
        return [(first + low - 1, first + high - 1)]
    if part not in names:
        hint = did_you_mean(part, ["all", *names]) or "write lines (1-3), a region, or all"
        raise DeckError(f"unknown step '{part}'" if part else "a step is empty", at, hint)
    ranges = [(max(low, first), min(high, last)) for low, high in names[part].ranges if low <= last and high >= first]
    if not ranges:
        raise DeckError(f"the slide does not show region '{part}'", at, "show more of the script, or remove this step")
    return ranges


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ranges in order; merge those that touch or overlap."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def modules_imported(source: str) -> set[str]:
    """Return the modules that `source` may import (`a`, `a.b`); empty for code with a syntax error.

    The names after `from a import` are included, because they may be modules.
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
