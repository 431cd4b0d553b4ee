"""Templates, colours and sizes of decks; an error in them is reported with its line."""

from __future__ import annotations

import functools
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from verideck.core.errors import DeckError, DeckErrors, did_you_mean
from verideck.core.folders import template_path
from verideck.core.project import Sources
from verideck.core.run_model import Location

TOKENS = template_path("tokens.toml")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")

_ROLES = ("paper", "ink", "soft", "rule", "w", "lam", "lam-wash", "err", "data", "code")
_SIZES = (
    *("cover", "section", "title", "eyebrow", "text", "formula", "caption", "code", "code-line", "notes", "footer"),
    *("body", "body-long", "listing", "listing-wide", "listing-column", "listing-narrow", "listing-callouts"),
)
"""Required sizes; a theme may define more sizes for its own style sheets."""
_TABLES: Mapping[str, Sequence[str]] = {"light": _ROLES, "dark": _ROLES, "size": _SIZES}


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Light and dark colours (role → `#rrggbb`), and sizes (name → px)."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    size: Mapping[str, float]


@functools.lru_cache(maxsize=8)
def load_palette(text: str) -> Palette:
    """Read the text of tokens.toml; raises DeckErrors for all missing, unknown and invalid colours and sizes."""
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number of too many digits, and lists nested too deep
        raise DeckErrors([_broken(text, str(error))]) from None
    if errors := [*_wrong_tables(text, tables), *(error for name in _TABLES for error in _wrong(text, name, tables))]:
        raise DeckErrors(errors)
    return Palette(tables["light"], tables["dark"], tables["size"])


def _broken(text: str, reason: str) -> DeckError:
    """Return the error for text that is not TOML. Before Python 3.14, only tomllib's message has the line number."""
    what, _, where = reason.partition(" (at ")
    numbers = [int(number) for number in re.findall(r"\d+", where)] or [len(text.rstrip("\n").split("\n"))]
    hint = 'write tables as [light], colours as ink = "#1B2130", sizes as text = 28'
    return DeckError(f"not valid TOML: {what[:1].lower()}{what[1:]}", Location(TOKENS, *numbers), hint)


def _wrong_tables(text: str, tables: Mapping[str, object]) -> Iterator[DeckError]:
    for name in tables.keys() - _TABLES.keys():
        hint = did_you_mean(name, _TABLES) or f"use one of {', '.join(_TABLES)}"
        yield DeckError(f"unknown table '{name}'", _place(text, "", name), hint)


def _wrong(text: str, name: str, tables: Mapping[str, object]) -> Iterator[DeckError]:
    """Yield the errors of one table: missing keys, unknown keys, invalid values."""
    known, table = _TABLES[name], tables.get(name, {})
    if not isinstance(table, dict):
        yield DeckError(f"'{name}' must be a table", _place(text, "", name), f"begin it with the line [{name}]")
        return
    noun, example = ("size", "28") if name == "size" else ("colour", '"#1B2130"')
    missing = [key for key in known if key not in table]
    for key, value in table.items():
        at = _place(text, name, key)
        if key not in known and (noun == "colour" or did_you_mean(key, missing)):
            hint = did_you_mean(key, missing) or f"use one of {', '.join(known)}"
            yield DeckError(f"unknown {noun} '{key}' in [{name}]", at, hint)
        elif noun == "colour" and not (isinstance(value, str) and COLOUR.fullmatch(value)):
            yield DeckError(f"{_toml(value)} is not a colour", at, f"write it as {key} = {example}")
        elif noun == "size" and not (type(value) in (int, float) and 0 < value <= sys.float_info.max):
            yield DeckError(f"{_toml(value)} is not a size in px", at, f"write a number above 0: {key} = {example}")
    for key in missing:
        hint = f"add it: {key} = {example}"
        yield DeckError(f"[{name}] lacks the {noun} '{key}'", _place(text, "", name), hint)


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else json.dumps(value, default=str)


def _place(text: str, table: str, key: str) -> Location:
    """Return the location of a key in a table, or of a table if `table` is ""; the whole file if it is not found."""
    within = ""
    for number, line in enumerate(text.split("\n"), 1):
        if head := re.match(r"""\s*\[{1,2}\s*["']?([\w-]+)""", line):
            within = head[1]
            if not table and within == key:
                return Location(TOKENS, number)
        elif (name := re.match(r"""\s*["']?([\w-]+)["']?\s*=""", line)) and (within, name[1]) == (table, key):
            return Location(TOKENS, number, line.index(name[1]) + 1)
    return Location(TOKENS)


def custom_property(role: str) -> str:
    """Return the CSS name of a colour (`--lam` for `lam`) or a size (`--size-text` for `size-text`)."""
    return f"--{role}"


def custom_properties(palette: Palette) -> str:
    """Return CSS that defines `--ROLE` and `--size-NAME`; `data-theme`, or else the system, selects light or dark."""

    def block(colours: Mapping[str, str]) -> str:
        return "".join(f"{custom_property(role)}:{colour};" for role, colour in colours.items())

    sizes = "".join(f"{custom_property(f'size-{name}')}:{size:g}px;" for name, size in palette.size.items())
    dark = f"color-scheme:dark;{block(palette.dark)}"
    # Nested, so that a print engine ignores it together with the outer query.
    return (
        f":root{{color-scheme:light;{block(palette.light)}{sizes}}}\n"
        f"@media screen{{:root[data-theme=dark]{{{dark}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme]){{{dark}}}}}}}\n"
    )


@dataclass(frozen=True, slots=True)
class Theme:
    """Templates, colours and sizes of a project."""

    templates: Mapping[str, str]
    """File name in templates/ → text."""
    palette: Palette


_TEMPLATES = (
    *("deck.css", "screen.css", "reading.css", "speaker.css", "print.css", "handout.css", "index.css", "tokens.toml"),
    *("steps.js", "panels.js", "speaker.js", "deck.js"),
    *("screen.html.jinja", "panels.html.jinja", "print.html.jinja", "handout.html.jinja", "index.html.jinja"),
    "slide.html.jinja",
)


def load_theme(sources: Sources, names: Sequence[str] = _TEMPLATES) -> Theme:
    """Return the named templates with colours and sizes; raises DeckErrors with all errors in them."""
    templates: dict[str, str] = {}
    errors: list[DeckError] = []
    for name in dict.fromkeys([*names, TOKENS.rpartition("/")[2]]):
        try:
            templates[name] = sources.text(template_path(name), Location(template_path(name)))
        except DeckError as error:
            errors.append(error)
    if errors:
        raise DeckErrors(errors)
    return Theme(templates, load_palette(templates["tokens.toml"]))
