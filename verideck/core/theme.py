"""The look of decks: templates, colours, sizes; each mistake in them is an error at its line."""

from __future__ import annotations

import functools
import json
import math
import re
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
"""What slides are laid out by; a theme may name further sizes for style sheets of its own."""
_TABLES: Mapping[str, Sequence[str]] = {"light": _ROLES, "dark": _ROLES, "size": _SIZES}


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Colours by role (`#rrggbb`) of both themes, and sizes in px."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    size: Mapping[str, float]


@functools.lru_cache(maxsize=8)
def load_palette(text: str) -> Palette:
    """Read tokens.toml; raises DeckErrors for each role that is missing, unknown or no colour, and each wrong size."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DeckErrors([_broken(text, str(error))]) from None
    if errors := [*_wrong_tables(text, tables), *(error for name in _TABLES for error in _wrong(text, name, tables))]:
        raise DeckErrors(errors)
    return Palette(tables["light"], tables["dark"], tables["size"])


def _broken(text: str, told: str) -> DeckError:
    """Return the error for text that is not TOML, from what tomllib says: its errors have no numbers before 3.14."""
    what, _, where = told.partition(" (at ")
    numbers = [int(number) for number in re.findall(r"\d+", where)] or [len(text.rstrip("\n").split("\n"))]
    hint = 'write a table as [light], a colour as ink = "#1B2130", a size as text = 28'
    return DeckError(f"this is not TOML: {what[:1].lower()}{what[1:]}", Location(TOKENS, *numbers), hint)


def _wrong_tables(text: str, tables: Mapping[str, object]) -> Iterator[DeckError]:
    for name in tables.keys() - _TABLES.keys():
        hint = did_you_mean(name, _TABLES) or f"the tables are {', '.join(_TABLES)}"
        yield DeckError(f"unknown table '{name}'", _place(text, "", name), hint)


def _wrong(text: str, name: str, tables: Mapping[str, object]) -> Iterator[DeckError]:
    """Yield what is wrong with one table: keys that are missing or unknown, values that are no colour or size."""
    known, table = _TABLES[name], tables.get(name, {})
    if not isinstance(table, dict):
        yield DeckError(f"'{name}' is a table", _place(text, "", name), f"begin it with a line [{name}]")
        return
    noun, example = ("size", "28") if name == "size" else ("colour", '"#1B2130"')
    missing = [key for key in known if key not in table]
    for key, value in table.items():
        at = _place(text, name, key)
        if key not in known and (noun == "colour" or did_you_mean(key, missing)):
            hint = did_you_mean(key, missing) or f"the roles are {', '.join(known)}"
            yield DeckError(f"unknown {noun} '{key}' in [{name}]", at, hint)
        elif noun == "colour" and not (isinstance(value, str) and COLOUR.fullmatch(value)):
            yield DeckError(f"{_toml(value)} is no colour", at, f"write it as {key} = {example}")
        elif noun == "size" and not (type(value) in (int, float) and 0 < value < math.inf):
            yield DeckError(f"{_toml(value)} is no size in px", at, f"write a number above 0: {key} = {example}")
    for key in missing:
        hint = f"add it: {key} = {example}"
        yield DeckError(f"[{name}] lacks the {noun} '{key}'", _place(text, "", name), hint)


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else json.dumps(value, default=str)


def _place(text: str, table: str, key: str) -> Location:
    """Return where a key of a table, or (`table` "") a table itself, stands; the whole file where that is not plain."""
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
    """Return the name of a colour in CSS, `--lam`, or of a size, `--size-text` for `size-text`."""
    return f"--{role}"


def custom_properties(palette: Palette) -> str:
    """Return CSS that defines `--ROLE` and `--size-NAME`: light, or dark by `data-theme` or the reader's system."""

    def block(colours: Mapping[str, str]) -> str:
        return "".join(f"{custom_property(role)}:{colour};" for role, colour in colours.items())

    sizes = "".join(f"{custom_property(f'size-{name}')}:{size:g}px;" for name, size in palette.size.items())
    dark = f"color-scheme:dark;{block(palette.dark)}"
    # Nested, so that a print engine passes over the query that it does not know.
    return (
        f":root{{color-scheme:light;{block(palette.light)}{sizes}}}\n"
        f"@media screen{{:root[data-theme=dark]{{{dark}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme]){{{dark}}}}}}}\n"
    )


@dataclass(frozen=True, slots=True)
class Theme:
    """The templates, colours and sizes of a project."""

    templates: Mapping[str, str]
    """File name in templates/ → text."""
    palette: Palette
    """Colours and sizes."""


_TEMPLATES = (
    *("deck.css", "screen.css", "reading.css", "speaker.css", "print.css", "handout.css", "index.css", "tokens.toml"),
    *("steps.js", "panels.js", "speaker.js", "deck.js"),
    *("screen.html.jinja", "panels.html.jinja", "print.html.jinja", "handout.html.jinja", "index.html.jinja"),
    "slide.html.jinja",
)


def load_theme(sources: Sources, names: Sequence[str] = _TEMPLATES) -> Theme:
    """Return the colours and sizes and the named templates; raises DeckErrors with all that is wrong in them."""
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
