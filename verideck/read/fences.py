"""How a directive is written: argument, options, body, and the expressions and values in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from verideck.core.errors import DeckError, DeckErrors, did_you_mean
from verideck.core.run_model import Location, Snippet, Value
from verideck.read.markdown import Directive

_OPTION = re.compile(r":([\w-]+):(?:[ \t]+(.*))?$")


@dataclass(frozen=True, slots=True)
class Fence:
    """A directive as written."""

    name: str
    argument: str
    options: Mapping[str, tuple[str, Location]]
    body: str
    at: Location
    """Where the argument stands; the name, where there is none."""
    body_at: Location

    def option(self, name: str) -> str:
        """Return an option's text, "" where it is not given."""
        return self.options[name][0] if name in self.options else ""

    def place(self, name: str) -> Location:
        """Return where an option's text stands."""
        return self.options[name][1] if name in self.options else self.at


def read(written: Directive, known: Sequence[str], at: Location) -> Fence:
    """Split the content of a fence at `at` into options (those in `known`) and body; raises DeckErrors."""
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
            twice = match[1] in options
            near = did_you_mean(match[1], known) or f"{written.name} takes {', '.join(known)}"
            hint = "keep one of them" if twice else near
            errors.append(DeckError(f"option '{match[1]}' {'stands twice' if twice else 'is unknown'}", place, hint))
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
    """Tell whether an option without value is given; raises DeckError where it has one."""
    text = fence.option(name)
    if text not in ("", "true"):
        raise DeckError(f"option '{name}' takes no value", fence.place(name), f"write :{name}: alone")
    return name in fence.options


def keywords(text: str, snippet: Snippet, at: Location) -> dict[str, Value]:
    """Return `alpha=10, label="a, b"` as a mapping; raises DeckError for what the snippet does not take."""
    try:
        call = ast.parse(f"f({text})", mode="eval").body
        assert isinstance(call, ast.Call)
        if call.args or any(keyword.arg is None for keyword in call.keywords):
            raise ValueError
        values = {keyword.arg or "": ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (SyntaxError, ValueError, TypeError, AssertionError, RecursionError, MemoryError):
        raise DeckError(f"cannot read '{text}'", at, 'write name=literal, …, as in alpha=10, label="a, b"') from None
    known = [name for name, _ in snippet.parameters]
    for name, value in values.items():
        if name not in known and name in _assigned(snippet):
            raise DeckError(f"'{name}' of {snippet.name} cannot be set", at, f"let its default be {_VALUES}")
        if name not in known:
            hint = did_you_mean(name, known) or "parameters are `name = literal` lines in its `# region parameters`"
            raise DeckError(f"'{snippet.name}' has no parameter '{name}'", at, hint)
        if not _is_value(value):
            raise DeckError(f"{value!a:.60} is no value for '{name}'", at, f"write {_VALUES}")
    return values


_VALUES = "None, True, False, a number, a text, or a list or dict of these, with texts as keys: [1, 2], {'a': 1}"


def _assigned(snippet: Snippet) -> set[str]:
    """Return the names that begin a line `name = …` in the region of parameters."""
    ranges = [pair for region in snippet.regions if region.name == "parameters" for pair in region.ranges]
    lines = [line for first, last in ranges for line in snippet.shown[first - 1 : last]]
    return {match[1] for line in lines if (match := re.match(r"(\w+)\s*(?::[^=]*)?=(?!=)", line))}


def _is_value(value: object) -> bool:
    """Tell whether a literal is a `Value` that can be written: no tuple, no half of a surrogate pair."""
    match value:
        case list():
            return all(map(_is_value, value))
        case dict():
            return all(isinstance(key, str) and _is_value(key) and _is_value(item) for key, item in value.items())
        case str():
            return not re.search(r"[\ud800-\udfff]", value)
        case int():
            return value.bit_length() <= 10_000  # beyond 4,300 digits Python does not write it
    return value is None or isinstance(value, float)


def split_format(text: str) -> tuple[str, str]:
    """Split at the right-most colon whose left side is an expression; without one all is the expression."""
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
    """Raise DeckError where a text is no Python expression."""
    if not _compiles(text):
        raise DeckError(
            f"'{text}' is no Python expression", at, "write FILE: EXPRESSION:FORMAT, as in ridge.py: slope:.2f"
        )
