"""The syntax of directives: argument, options, body, and the expressions and values in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from verideck.core.errors import DeckError, DeckErrors, did_you_mean
from verideck.core.run_model import Location, Meta, Parameters, Snippet, Value
from verideck.read.markdown import Directive

_OPTION = re.compile(r":([\w-]+):(?:[ \t]+(.*))?$")


@dataclass(frozen=True, slots=True)
class Fence:
    """A directive with its argument, options and body."""

    name: str
    argument: str
    options: Mapping[str, tuple[str, Location]]
    """Name → (text, location of the text)."""
    body: str
    at: Location
    """Location of the argument, or of the name without one."""
    body_at: Location

    def option(self, name: str) -> str:
        """Return the text of an option; "" if it is not given."""
        return self.options[name][0] if name in self.options else ""

    def place(self, name: str) -> Location:
        """Return the location of an option's text; that of the directive if the option is not given."""
        return self.options[name][1] if name in self.options else self.at


def read(written: Directive, known: Sequence[str], at: Location) -> Fence:
    """Split a fence at `at` into options and body; raises DeckErrors for options that are unknown or given twice."""
    lines = written.content.split("\n")
    indent = written.indent
    options: dict[str, tuple[str, Location]] = {}
    errors: list[DeckError] = []
    last = ""
    index = 0
    for index, line in enumerate(lines):
        place = Location(at.path, at.line + 1 + index, indent + 1)
        match = _OPTION.match(line)
        if match and match[1] in known and match[1] not in options:
            last = match[1]
            text_at = replace(place, column=indent + 1 + match.start(2)) if match[2] else place
            options[last] = ((match[2] or "").strip(), text_at)
        elif match:
            if match[1] in options:
                errors.append(DeckError(f"option '{match[1]}' is given twice", place, "keep one of them"))
            else:
                hint = did_you_mean(match[1], known) or f"{written.name} takes {', '.join(known)}"
                errors.append(DeckError(f"unknown option '{match[1]}'", place, hint))
        elif last and line.startswith("  ") and line.strip():
            options[last] = (f"{options[last][0]}\n{line.rstrip()}", options[last][1])
        else:
            break
    if errors:
        raise DeckErrors(errors)
    body = "\n".join(lines[index:])
    lead = len(body) - len(body.lstrip("\n"))
    argument_at = replace(at, column=at.column + written.offset)
    body_at = Location(at.path, at.line + 1 + index + lead, indent + 1)
    return Fence(written.name, written.argument, options, body.strip("\n"), argument_at, body_at)


def flag(fence: Fence, name: str) -> bool:
    """Tell whether an option that takes no value is given; raises DeckError if it has a value."""
    text = fence.option(name)
    if text not in ("", "true"):
        raise DeckError(f"option '{name}' takes no value", fence.place(name), f"write :{name}: alone")
    return name in fence.options


def keywords(text: str, snippet: Snippet, at: Location) -> dict[str, Value]:
    """Return `alpha=10, label="a, b"` as a mapping; raises DeckError for unknown parameters and invalid values."""
    try:
        call = ast.parse(f"f({text})", mode="eval").body
        assert isinstance(call, ast.Call)
        if call.args or any(keyword.arg is None for keyword in call.keywords):
            raise ValueError
        values = {keyword.arg or "": ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (SyntaxError, ValueError, TypeError, AssertionError, RecursionError, MemoryError):
        raise DeckError(f"cannot read '{text}'", at, 'write NAME=VALUE, …, as in alpha=10, label="a, b"') from None
    known = [name for name, _ in snippet.parameters]
    if len(values) < len(call.keywords):
        given = [keyword.arg for keyword in call.keywords]
        twice = next(name for name in given if given.count(name) > 1)
        raise DeckError(f"'{twice}' is given twice", at, "keep one of them")
    for name, value in values.items():
        if name not in known and name in _assigned(snippet):
            raise DeckError(f"'{name}' of {snippet.name} cannot be set", at, f"its default must be {_VALUES}")
        if name not in known:
            hint = did_you_mean(name, known) or "write it in the script's `# region parameters`: name = value"
            raise DeckError(f"'{snippet.name}' has no parameter '{name}'", at, hint)
        if not _is_value(value):
            raise DeckError(f"{value!a:.60} is not a valid value for '{name}'", at, f"write {_VALUES}")
    return values


def parameters(fence: Fence, snippet: Snippet) -> dict[str, Value]:
    """Return the parameters of `:set:`; raises DeckError."""
    return keywords(fence.option("set"), snippet, fence.place("set")) if "set" in fence.options else {}


def settings(snippet: Snippet, given: Mapping[str, Value], meta: Meta) -> Parameters:
    """Return the parameters of a run that are not as in the script: the deck's, and over them those that are given."""
    defaults = dict(snippet.parameters)
    values = {name: value for name, value in meta.parameters if name in defaults} | dict(given)
    changed = {name: value for name, value in values.items() if repr(value) != repr(defaults[name])}  # 1 is not 1.0
    return tuple(sorted(changed.items()))


def pieces(fence: Fence, name: str) -> tuple[tuple[int, int], ...]:
    """Return the lines or rows that an option names, `1-5, 8, -3`; -3 stands for the last three. Raises DeckError.

    A piece is (first, last), from 1; the last three are (-3, -1).
    """
    found = []
    for part in fence.option(name).split(",") if name in fence.options else ():
        match = re.fullmatch(r"(\d{1,6})(?:\s*-\s*(\d{1,6})?)?|-\s*(\d{1,6})", part.strip())
        if not match or (match[2] and int(match[2]) < int(match[1])) or "0" in (match[1], match[3]):
            hint = "write lines from 1: 1-5, 8, 10-, or -3 for the last three"
            raise DeckError(f"cannot read '{fence.option(name)}'", fence.place(name), hint)
        first = -int(match[3]) if match[3] else int(match[1])
        open_end = bool(match[3]) or part.strip().endswith("-")
        found.append((first, -1 if open_end else int(match[2] or match[1])))
    return tuple(found)


_VALUES = "None, True, False, a number, a string, or a list or dict (with string keys) of these: [1, 2], {'a': 1}"


def _assigned(snippet: Snippet) -> set[str]:
    """Return the names that are assigned in the region `parameters`, with any value."""
    lines = [snippet.shown[number - 1] for number in snippet.parameter_lines]
    return {match[1] for line in lines if (match := re.match(r"(\w+)\s*(?::[^=]*)?=(?!=)", line))}


def _is_value(value: object) -> bool:
    """Tell whether a literal is a `Value` that can be encoded: no tuple, no lone surrogate."""
    match value:
        case list():
            return all(map(_is_value, value))
        case dict():
            return all(isinstance(key, str) and _is_value(key) and _is_value(item) for key, item in value.items())
        case str():
            return not re.search(r"[\ud800-\udfff]", value)
        case int():
            return value.bit_length() <= 10_000  # Python does not print integers of more than 4,300 digits
    return value is None or isinstance(value, float)


def split_format(text: str) -> tuple[str, str]:
    """Return (expression, format): split at the last colon after a complete expression; format "" without one."""
    for index in range(len(text) - 1, 0, -1):
        if text[index] == ":" and _compiles(text[:index]) and not _compiles(text):
            return text[:index].strip(), text[index + 1 :].strip()
    return text, ""


def _compiles(text: str) -> bool:
    try:
        compile(text.strip(), "", "eval", ast.PyCF_ONLY_AST)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def check_expression(text: str, at: Location) -> None:
    """Raise DeckError if a text is not a Python expression."""
    if not _compiles(text):
        raise DeckError(
            f"'{text}' is not a Python expression", at, "write FILE: EXPRESSION:FORMAT, as in ridge.py: slope:.2f"
        )
