"""Front matter: the YAML block at the top of a deck, read from YAML nodes so that errors have locations.

Values are read from their text, not through YAML's types: `lang: no` is Norwegian, not false.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

import yaml

from verideck.core.errors import DeckError, DeckErrors, did_you_mean
from verideck.core.run_model import Location, Meta, Parameters, Value
from verideck.read import foreign
from verideck.typeset import mathml

FITS = ("shrink", "strict")
MODES = ("auto", "light", "dark")
ACCENTS = 8
"""Number of accents of a theme."""

_CLASSES = """
slide body heading eyebrow notes note lead center columns column narrow wide values value number even formula equation
math code listing line output figure drawing picture frame title section closing appendix incremental fragment mark
backdrop role added dim later fn ph k m s c callouts furniture position
"""
STYLED = frozenset(_CLASSES.split())
"""Classes that style sheets use, which no role can be named after."""
_DEPTH = 8
_NUMBER = r"[0-9]{1,6}(?:\.[0-9]{1,6})?"
_SECONDS = re.compile(rf"(?:({_NUMBER})h)? ?(?:({_NUMBER})min)? ?(?:({_NUMBER})s)?")
_BYTES = re.compile(rf"({_NUMBER}) ?([MG]i?B)")
_UNITS = {"MB": 10**6, "GB": 10**9, "MiB": 1 << 20, "GiB": 1 << 30}
_LEAST_MEMORY = 512 << 20
_INT = re.compile(r"[-+]?[0-9]{1,300}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


class _RefusedError(Exception):
    """A node with an invalid key or value."""

    def __init__(self, node: yaml.Node, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.node, self.message, self.hint = node, message, hint


def read(path: str, text: str) -> tuple[Meta, str]:
    """Return a deck's front matter and its body; blank lines replace the front matter, so that line numbers are kept.

    Without a title, the title is "". Raises DeckErrors with all errors, each at its line and column.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        _refuse_late_start(path, lines)
        return Meta(title=""), text
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        error = DeckError("the front matter is not closed", Location(path, 1), "end it with a line ---")
        raise DeckErrors([error])
    body = "\n" * (end + 1) + "\n".join(lines[end + 1 :])
    return _meta(_Block(path, "\n".join(lines[1:end]))), body


def key_place(path: str, text: str, key: str) -> Location:
    """Return where the front matter of a deck gives a key; the first line if it does not."""
    for number, line in enumerate(text.split("\n")[1:], 2):
        if line.rstrip() == "---":
            break
        if line.startswith(f"{key}:"):
            return Location(path, number, len(key) + 3)
    return Location(path, 1)


def _refuse_late_start(path: str, lines: list[str]) -> None:
    """Raise DeckErrors if there are blank lines before an opening `---`."""
    first = next((number for number, line in enumerate(lines, 1) if line.strip()), 0)
    if first > 1 and lines[first - 1].rstrip() == "---":
        hint = "remove the blank lines above: front matter must begin on line 1"
        raise DeckErrors([DeckError("the deck begins with an empty slide", Location(path, first), hint)])


class _Block:
    """The YAML between the `---` lines, and the locations of its parts."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text

    def place(self, index: int) -> Location:
        """Return the location of a character. (YAML's own line numbers count more characters as line breaks.)"""
        return Location(self.path, self.text.count("\n", 0, index) + 2, index - self.text.rfind("\n", 0, index))

    def compose(self) -> yaml.Node | None:
        """Return the root node; raises DeckErrors for bad syntax, aliases, anchors, tags and deep nesting."""
        try:
            if errors := list(self._forbidden()):
                raise DeckErrors(errors)
            root: yaml.Node | None = yaml.compose(self.text, Loader=yaml.SafeLoader)
        except yaml.reader.ReaderError as error:
            message = f"character U+{int(error.character):04X} is not allowed in YAML"
            raise DeckErrors([DeckError(message, self.place(error.position), "remove it")]) from None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            hint = "put quotes around text that contains ': ' or begins with a punctuation mark"
            raise DeckErrors(
                [DeckError(f"YAML: {error.problem}", self.place(mark.index if mark else 0), hint)]
            ) from None
        return root

    def _forbidden(self) -> Iterator[DeckError]:
        """Yield an error for each YAML feature that front matter does not allow, before nodes are composed."""
        depth = 0
        for event in yaml.parse(self.text, Loader=yaml.SafeLoader):
            at = self.place(event.start_mark.index if event.start_mark else 0)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                yield DeckError("anchors and aliases are not allowed here", at, "write the value itself")
            if getattr(event, "tag", None):
                yield DeckError("tags are not allowed here", at, "remove it, and put quotes around text")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEPTH:
                yield DeckError("the front matter is nested too deeply", at, "use fewer levels")
                return


def _meta(block: _Block) -> Meta:
    """Return the block's values; raises DeckErrors."""
    if block.text.strip() and not block.text.split("\n")[0].strip():
        hint = "remove it; a deck without front matter begins with its first slide, not with ---"
        raise DeckErrors([DeckError("front matter begins with a blank line", Location(block.path, 2), hint)])
    root = block.compose()
    if root is None:
        hint = "remove both --- lines, or write title: … between them"
        raise DeckErrors([DeckError("the front matter is empty", Location(block.path, 1), hint)])
    values, refusals = _values(root)
    if refusals:
        raise DeckErrors(
            DeckError(each.message, block.place(each.node.start_mark.index), each.hint) for each in refusals
        )
    return Meta(**{"title": "", **values})


def _values(root: yaml.Node) -> tuple[dict[str, Any], list[_RefusedError]]:
    """Return key → value, and the errors."""
    values: dict[str, Any] = {}
    refusals: list[_RefusedError] = []
    try:
        pairs = _pairs(root)
    except _RefusedError as refused:
        return {}, [refused]
    for name, key, node in pairs:
        try:
            if name not in _KEYS:
                hint = foreign.hint(foreign.KEYS, name) or did_you_mean(name, _KEYS) or f"use one of {', '.join(_KEYS)}"
                raise _RefusedError(key, f"unknown key '{name}'", hint)
            _once(name, key, values)
            values[name] = None  # the key is given, even if its value is invalid
            values[name] = _KEYS[name](node)
        except _RefusedError as refused:
            refusals.append(refused)
    return values, [*refusals, *_check_symbols(root, values)]


def _pairs(node: yaml.Node) -> list[tuple[str, yaml.Node, yaml.Node]]:
    """Return (name, key, value) of a mapping's entries."""
    if not isinstance(node, yaml.MappingNode):
        raise _RefusedError(node, "this is not a mapping", "write key: value, one per line")
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _RefusedError(key, "a key must be one word", "write key: value")
    return [(key.value, key, value) for key, value in node.value]


def _once(name: str, key: yaml.Node, seen: Container[str]) -> None:
    """Raise _RefusedError if a key is given twice."""
    if name in seen:
        raise _RefusedError(key, f"'{name}' is given twice", "keep one of them")


def _text(node: yaml.Node) -> str:
    """Return a text as one line."""
    if not isinstance(node, yaml.ScalarNode):
        raise _RefusedError(node, "this is not text", "write one value; put quotes around text that begins with [ or {")
    if text := " ".join(node.value.split()):
        return text
    raise _RefusedError(node, "the value is missing", "write a value, or remove the key")


def _language(node: yaml.Node) -> str:
    """Return a language tag that has the form of BCP 47."""
    text = _text(node)
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", text):
        raise _RefusedError(node, f"'{text}' is not a language tag", "write it as ja, en or zh-Hant")
    return text


def _one_of(words: Sequence[str]) -> Callable[[yaml.Node], str]:
    """Return a function that reads a text that must be one of `words`."""

    def convert(node: yaml.Node) -> str:
        text = _text(node)
        if text not in words:
            raise _RefusedError(node, f"'{text}' is not one of {', '.join(words)}", did_you_mean(text, words))
        return text

    return convert


def _theme(node: yaml.Node) -> str:
    """Return the name of a theme, which is looked up when the deck is built."""
    text = _text(node)
    if text in MODES:
        raise _RefusedError(node, f"'{text}' is not a theme", f"write it as mode: {text}")
    return text


def _date(node: yaml.Node) -> str:
    """Return a date in ISO 8601."""
    text = _text(node)
    try:
        if len(text) == 10:
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise _RefusedError(node, f"'{text}' is not a date", "write it as 2024-10-25")


def _seconds(node: yaml.Node) -> float:
    """Return a time in seconds, from `90`, `90s`, `1.5min` or `1h30min`."""
    text = _text(node)
    match = _SECONDS.fullmatch(f"{text}s" if re.fullmatch(_NUMBER, text) else text)
    hours, minutes, seconds = (float(part or 0) for part in match.groups()) if match else (0.0, 0.0, 0.0)
    if total := hours * 3600 + minutes * 60 + seconds:
        return total
    raise _RefusedError(node, f"'{text}' is not a duration", "write it as 90s, 20min or 1h30min")


def _tolerance(node: yaml.Node) -> float:
    """Return a number between 0 and 1."""
    text = _text(node)
    if _FLOAT.fullmatch(text) and 0 < float(text) < 1:
        return float(text)
    raise _RefusedError(node, f"'{text}' is not a number between 0 and 1", "write it as 1e-6")


def _memory(node: yaml.Node) -> int:
    """Return a size in bytes."""
    text = _text(node)
    match = _BYTES.fullmatch(text)
    if match is None:
        raise _RefusedError(node, f"'{text}' is not a memory size", "write it as 4GiB or 800MiB")
    size = int(float(match[1]) * _UNITS[match[2]])
    if size < _LEAST_MEMORY:
        raise _RefusedError(node, f"{text} is too little memory for a run", "write 512MiB or more")
    return size


def _symbols(node: yaml.Node) -> tuple[tuple[str, str], ...]:
    """Return symbol → role."""
    found: dict[str, str] = {}
    for name, key, value in _pairs(node):
        symbol = unicodedata.normalize("NFC", name)
        if len(symbol) != 1:
            raise _RefusedError(key, f"'{name}' is not one character", "write one letter, such as λ")
        _once(symbol, key, found)
        found[symbol] = _text(value)
    return tuple(found.items())


def _roles(node: yaml.Node) -> tuple[tuple[str, int], ...]:
    """Return role → number of its accent."""
    found: dict[str, int] = {}
    for name, key, value in _pairs(node):
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name) or name in STYLED:
            hint = "write a word of lower-case letters" if name not in STYLED else "write another word"
            raise _RefusedError(key, f"'{name}' cannot be a role", hint)
        _once(name, key, found)
        number = _text(value)
        if not re.fullmatch(rf"[1-{ACCENTS}]", number):
            raise _RefusedError(
                value, f"'{number}' is not the number of an accent", f"write a number from 1 to {ACCENTS}"
            )
        found[name] = int(number)
    return tuple(found.items())


def _check_symbols(root: yaml.Node, values: Mapping[str, Any]) -> Iterator[_RefusedError]:
    """Yield an error for each symbol whose role the deck does not have."""
    roles = [name for name, _ in values.get("roles") or Meta("").roles]
    for name, _, node in _pairs(root) if values.get("symbols") else ():
        for _, _, value in _pairs(node) if name == "symbols" else ():
            if (role := _text(value)) not in roles:
                hint = did_you_mean(role, roles) or "name it in `roles`"
                yield _RefusedError(value, f"'{role}' is not one of {', '.join(roles)}", hint)


def _macros(node: yaml.Node) -> tuple[tuple[str, str], ...]:
    """Return name → TeX of each macro, the name without its backslash."""
    found: dict[str, str] = {}
    for key_text, key, value in _pairs(node):
        name = key_text.removeprefix("\\")
        if not re.fullmatch("[A-Za-z]+", name):
            raise _RefusedError(key, f"'{key_text}' is not the name of a macro", "use letters alone: R, argmin")
        _once(name, key, found)
        found[name] = _text(value)
        try:
            mathml.check_macro(name, found[name])
        except mathml.TexError as error:
            hint = r"write TeX, with #1 for an argument: R: '\mathbb{R}', mean: '\operatorname{E}[#1]'"
            raise _RefusedError(value, f"the macro '{name}' cannot be used: {error}", hint) from None
    return tuple(sorted(found.items()))


def _parameters(node: yaml.Node) -> Parameters:
    """Return name → value, sorted by name."""
    found: dict[str, Value] = {}
    for name, key, value in _pairs(node):
        if not name.isidentifier() or keyword.iskeyword(name):
            raise _RefusedError(key, f"'{name}' is not a valid Python name", "use letters, digits and _")
        _once(name, key, found)
        found[name] = _value(value)
    return tuple(sorted(found.items()))


def _value(node: yaml.Node) -> Value:
    """Return the Python value of a scalar or list, by YAML 1.2's core schema: no octals, times, `yes` or `no`."""
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    if not isinstance(node, yaml.ScalarNode):
        raise _RefusedError(node, "a parameter must be text, a number, true, false, null, or a list of these")
    text: str = node.value
    words: dict[str, Value] = {"": None, "~": None, "null": None, "true": True, "false": False}
    if node.style is not None:
        return text
    if text in words:
        return words[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


_KEYS: Mapping[str, Callable[[yaml.Node], Any]] = MappingProxyType(
    {
        "title": _text,
        "subtitle": _text,
        "author": _text,
        "date": _date,
        "lang": _language,
        "description": _text,
        "duration": lambda node: round(_seconds(node)),
        "theme": _theme,
        "mode": _one_of(MODES),
        "css": _text,
        "logo": _text,
        "fit": _one_of(FITS),
        "footer": _text,
        "symbols": _symbols,
        "macros": _macros,
        "roles": _roles,
        "parameters": _parameters,
        "tolerance": _tolerance,
        "timeout": _seconds,
        "memory": _memory,
        "html": lambda node: _one_of(("true", "false"))(node) == "true",
        "license": _text,
    }
)
"""Key → function that reads its value; the defaults are in `Meta`."""
