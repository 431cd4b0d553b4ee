"""Themes: templates, colours and sizes; an error in them is reported with its line.

A theme is a folder. Its files are laid over those of the theme that it extends, and in the end over ours: theme.toml
key by key, theme.css after the others, any other file in place of the one with its name.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from verideck.core import files, folders
from verideck.core.errors import DeckError, DeckErrors, did_you_mean
from verideck.core.folders import THEMES, engine_file, template_path
from verideck.core.project import Sources, decode
from verideck.core.run_model import Location

SETTINGS = "theme.toml"
SHEET = "theme.css"
DEFAULT = "default"
"""Name of the theme whose files are those directly in templates/."""
GROUP = "verideck.themes"
"""Entry points of installed packages that bring a theme: NAME = "package"."""
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
Mode = Literal["light", "dark"]

FIT = (1.0, 1.0, 0.9, 0.8, 0.72)
"""Scale of the text of a slide by the step at which its content fits; from step 1 on it has less space, too."""
_FITTED = {"text": 18.0, "formula": 40.0, "caption": 18.0, "eyebrow": 16.0, "code": 15.0, "code-line": 23.0}
"""Sizes that these steps scale → least size in px."""
ACCENTS = tuple(f"accent-{number}" for number in range(1, 9))
COLOURS = ("paper", "ink", "soft", "rule", "code", "wash", *ACCENTS)
_SIZES = (
    *("cover", "section", "title", "eyebrow", "text", "formula", "caption", "code", "code-line", "notes", "footer"),
    *("body", "body-long", "listing", "listing-wide", "listing-column", "listing-narrow", "listing-callouts"),
)
"""Required sizes; a theme may define more sizes for its own style sheets."""
_TABLES: Mapping[str, Sequence[str]] = {"light": COLOURS, "dark": COLOURS, "size": _SIZES}
_CHOICES: Mapping[str, Sequence[str]] = {
    "mode": ("auto", "light", "dark"),
    "print": ("light", "dark"),
    "section": ("ink", "code", "paper"),
}

BASE: Mapping[str, str] = MappingProxyType(
    {
        **{"paper": "#FBFAF6", "ink": "#1B2130", "soft": "#5B6475", "rule": "#E4E0D6"},
        **{"accent-1": "#1D5FC4", "accent-2": "#C2410C", "accent-3": "#0B746B", "accent-4": "#3C485A"},
        **{"accent-5": "#7A1FE0", "accent-6": "#C07A45", "accent-7": "#A678C0", "accent-8": "#6E3A22"},
    }
)
"""The colours of matplotlibrc, in which all figures are drawn; a page shows those of its theme in their place."""
_ROLES = {colour.lower(): role for role, colour in BASE.items()}
_NEUTRAL = 12
"""The most by which red, green and blue of a grey differ, of 255."""


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Light and dark colours (role → `#rrggbb`), and sizes (name → px)."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    size: Mapping[str, float]
    mode: Literal["auto", "light", "dark"] = "auto"
    """Colours of the screen page, for decks that do not say; `auto` follows the reader's system."""
    print: Mode = "light"
    """Colours of the PDF."""

    section: str = "ink"
    """Role of the background of section slides."""

    @property
    def printed(self) -> Mapping[str, str]:
        """The colours of the PDF."""
        return self.dark if self.print == "dark" else self.light

    @property
    def on_section(self) -> tuple[str, str]:
        """Roles of text and of secondary text on section slides."""
        return ("paper", "rule") if self.section == "ink" else ("ink", "soft")

    @property
    def modes(self) -> Mapping[Mode, Mapping[str, str]]:
        """Both sets of colours by their names."""
        return {"light": self.light, "dark": self.dark}


def channels(colour: str) -> list[int]:
    """Return red, green and blue of `#rrggbb`, each from 0 to 255."""
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def figure_role(colour: str) -> str | float | None:
    """Return what a colour of a figure stands for: a role of `BASE`, a grey from 0 (ink) to 1 (paper), or neither."""
    if role := _ROLES.get(colour.lower()):
        return role
    parts = channels(colour)
    return round(sum(parts) / 765, 3) if max(parts) - min(parts) <= _NEUTRAL else None


def figure_colour(colour: str, colours: Mapping[str, str]) -> str:
    """Return the colour, `#rrggbb`, in which one of a figure is shown among these colours of a palette.

    Black is ink, white is paper, and greys are between, so that a figure keeps its contrast in dark colours.
    """
    role = figure_role(colour)
    if role is None:
        return colour
    return colours[role].lower() if isinstance(role, str) else _mixed(colours["paper"], colours["ink"], role)


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)


def custom_property(role: str) -> str:
    """Return the CSS name of a colour (`--ink` for `ink`) or a size (`--size-text` for `size-text`)."""
    return f"--{role}"


def custom_properties(palette: Palette) -> str:
    """Return CSS that defines `--ROLE` and `--size-NAME`; `data-mode`, or else the system, selects light or dark."""

    def block(mode: Mode) -> str:
        colours = "".join(f"{custom_property(role)}:{colour};" for role, colour in palette.modes[mode].items())
        on = zip(("section", "on-section", "on-section-soft"), (palette.section, *palette.on_section), strict=True)
        return f"color-scheme:{mode};{colours}{''.join(f'--{name}:{palette.modes[mode][role]};' for name, role in on)}"

    sizes = "".join(f"{custom_property(f'size-{name}')}:{size:g}px;" for name, size in palette.size.items())
    other: Mode = "light" if palette.print == "dark" else "dark"
    # Nested, so that a print engine ignores it together with the outer query.
    fits = "".join(f"{_fit_rule(palette.size, step)}\n" for step, scale in enumerate(FIT) if scale < 1)
    return (
        f":root{{{block(palette.print)}{sizes}}}\n{fits}"
        f"@media screen{{:root[data-mode={other}]{{{block(other)}}}\n"
        f"@media (prefers-color-scheme:{other}){{:root:not([data-mode]){{{block(other)}}}}}}}\n"
    )


def _fit_rule(sizes: Mapping[str, float], step: int) -> str:
    """Return CSS with the sizes of text in a slide's body at a step of `FIT`."""
    scaled = {name: min(sizes[name], max(least, round(FIT[step] * sizes[name], 1))) for name, least in _FITTED.items()}
    names = {name: f"fit-{name}" if name.startswith("code") else f"size-{name}" for name in scaled}
    return f":where(.fit-{step}>.body){{{''.join(f'--{names[name]}:{size:g}px;' for name, size in scaled.items())}}}"


@dataclass(frozen=True, slots=True)
class Theme:
    """Templates, colours and sizes of a deck."""

    templates: Mapping[str, str]
    """File name → text; `base/NAME` is the file that NAME stands in place of."""
    palette: Palette
    places: Mapping[str, str] = field(default_factory=dict)
    """File name → path of the file, for errors in it."""
    name: str = DEFAULT


TEMPLATES = (
    *("deck.css", "screen.css", "reading.css", "speaker.css", "print.css", "handout.css", "index.css", "verify.css"),
    *("steps.js", "panels.js", "speaker.js", "deck.js", "plotly.js", "present.css", "present.js"),
    *("screen.html.jinja", "panels.html.jinja", "print.html.jinja", "handout.html.jinja", "index.html.jinja"),
    *("slide.html.jinja", "verify.html.jinja"),
)
"""Files that every theme has, its own or ours."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """A folder of a theme."""

    name: str
    folder: Path
    label: str
    """Path of the folder in errors: relative to the project, or absolute for a folder outside."""
    read: Callable[[str], str]
    """Returns the text of a file in it; raises DeckError."""

    def place(self, name: str) -> str:
        return f"{self.label}/{name}"

    def names(self) -> list[str]:
        """Return the names of its files."""
        return sorted(file.name for file in self.folder.iterdir() if file.is_file()) if self.folder.is_dir() else []


def ours() -> Path:
    """Return the folder of the templates that come with Verideck."""
    return engine_file(folders.TEMPLATES)


def theme_names(sources: Sources) -> list[str]:
    """Return the names of all themes that a deck of the project can have."""
    folders = (sources.root / template_path(THEMES), ours() / THEMES)
    found = {folder.name for above in folders if above.is_dir() for folder in above.iterdir() if folder.is_dir()}
    return sorted({DEFAULT, *found, *(point.name for point in importlib.metadata.entry_points(group=GROUP))})


def load_theme(sources: Sources, name: str = "", at: Location | None = None) -> Theme:
    """Return a theme of the project by its name (by default, the files directly in templates/).

    It is looked up in the project's templates/themes/, then among installed packages, then among ours.
    Raises DeckErrors with all errors in its files; for an unknown theme DeckError, at `at` where the deck names it.
    """
    layers, settings = _layers(sources, name or DEFAULT, at)
    templates, places = _templates(layers)
    merged: dict[str, Any] = {}
    for layer, table in zip(layers, settings, strict=True):
        _merge(merged, table)
        places[SETTINGS] = layer.place(SETTINGS)
    templates[SETTINGS] = json.dumps(merged)
    return Theme(templates, _palette(templates[SETTINGS]), places, name or DEFAULT)


def _layers(sources: Sources, name: str, at: Location | None) -> tuple[list[_Layer], list[dict[str, Any]]]:
    """Return the folders of a theme, ours first, each with what its theme.toml says; raises DeckErrors."""
    layers: list[_Layer] = []
    settings: list[dict[str, Any]] = []
    seen: list[str] = []
    base = _layer(sources, DEFAULT, ours())
    while name:
        if name in seen:
            raise DeckError(f"the theme '{name}' extends itself", at, f"remove 'extends' from {layers[-1].label}")
        seen.append(name)
        folder = sources.root / template_path("") if name == DEFAULT else _folder(sources, name, at)
        layer = _layer(sources, name, folder)
        layers.append(layer)
        table, at = _settings(layer)
        settings.append(table)
        name = str(table.pop("extends", ""))
    if layers[-1].folder != base.folder:
        layers.append(base)
        settings.append(_settings(base)[0])
    return layers[::-1], settings[::-1]


def _folder(sources: Sources, name: str, at: Location | None) -> Path:
    """Return the folder of a theme by its name; raises DeckError."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise DeckError(f"'{name}' is not the name of a theme", at, "write the name of a folder in templates/themes/")
    own = sources.root / template_path(THEMES) / name
    if own.is_dir():
        return own
    for point in importlib.metadata.entry_points(group=GROUP, name=name):
        found = importlib.util.find_spec(point.module)  # imports the packages around it
        for folder in (found and found.submodule_search_locations) or ():
            return Path(folder)
        raise DeckError(f"the theme '{name}' is not in '{point.value}'", at, "reinstall its package")
    if (ours() / THEMES / name).is_dir():
        return ours() / THEMES / name
    known = theme_names(sources)
    hint = did_you_mean(name, known) or f"use one of {', '.join(known)}, or put it into templates/themes/{name}/"
    raise DeckError(f"no theme '{name}'", at, hint)


def _layer(sources: Sources, name: str, folder: Path) -> _Layer:
    folder = folder.resolve()
    if not folder.is_relative_to(sources.root):
        label = folder.as_posix()
        return _Layer(name, folder, label, lambda file: decode(f"{label}/{file}", files.read(folder / file)))
    label = folder.relative_to(sources.root).as_posix()
    return _Layer(name, folder, label, lambda file: sources.text(f"{label}/{file}", Location(f"{label}/{file}")))


def _templates(layers: Sequence[_Layer]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the texts of all files, and the path of each; raises DeckErrors."""
    templates: dict[str, str] = {}
    places: dict[str, str] = {}
    sheets, errors = [""], []
    for layer in layers:
        for name in layer.names():
            known = name in TEMPLATES or name == SETTINGS
            if not name.endswith((".css", ".js", ".jinja", ".toml")) or name == SETTINGS:
                continue
            try:
                text = layer.read(name)
            except DeckError as error:
                errors.append(error)
                continue
            if name == SHEET:
                sheets.append(text)
                places[name] = layer.place(name)
            elif known or name.endswith(".jinja"):
                _lay_over(templates, places, name, text, layer.place(name))
            elif hint := did_you_mean(name, (*TEMPLATES, SETTINGS, SHEET)):
                errors.append(DeckError(f"a theme has no file '{name}'", Location(layer.place(name)), hint))
    lacking = [layers[0].place(name) for name in TEMPLATES if name not in templates]
    errors += [DeckError(f"no file '{file}'", Location(file), "put it back, or reinstall Verideck") for file in lacking]
    if errors:
        raise DeckErrors(errors)
    templates[SHEET] = "\n".join(sheets)
    return templates, places


def _lay_over(templates: dict[str, str], places: dict[str, str], name: str, text: str, place: str) -> None:
    """Put a file in place of the one with its name, which stays as `base/NAME`, also for the files below it."""
    if name in templates:
        _lay_over(templates, places, f"base/{name}", templates[name].replace('"base/', '"base/base/'), places[name])
    templates[name], places[name] = text, place


def _merge(into: dict[str, Any], table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            into[key] = {**into[key], **value}
        else:
            into[key] = value


@functools.lru_cache(maxsize=8)
def _palette(text: str) -> Palette:
    tables = json.loads(text)
    return Palette(tables["light"], tables["dark"], tables["size"], tables["mode"], tables["print"], tables["section"])


def load_palette(text: str, path: str = template_path(SETTINGS)) -> Palette:
    """Return the palette of a theme.toml that is complete; raises DeckErrors."""
    return _palette(json.dumps(read_settings(text, path, complete=True)))


def _settings(layer: _Layer) -> tuple[dict[str, Any], Location | None]:
    """Return what a theme.toml says, and where it names the theme that it extends; raises DeckErrors."""
    if not (layer.folder / SETTINGS).is_file():
        return {}, None
    text, path = layer.read(SETTINGS), layer.place(SETTINGS)
    table = read_settings(text, path, complete=layer.folder == ours().resolve())
    return table, _place(text, path, "", "extends")


def read_settings(text: str, path: str, *, complete: bool = False) -> dict[str, Any]:
    """Return the tables of a theme.toml; raises DeckErrors for all unknown and invalid entries, and missing ones.

    complete: whether all must be there, because no other theme gives them.
    """
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number of too many digits, and lists nested too deep
        raise DeckErrors([_broken(text, path, str(error))]) from None
    check = _Check(text, path, complete)
    errors = [*check.top(tables), *(error for name in _TABLES for error in check.table(name, tables))]
    if errors:
        raise DeckErrors(errors)
    return tables


def _broken(text: str, path: str, reason: str) -> DeckError:
    """Return the error for text that is not TOML. Before Python 3.14, only tomllib's message has the line number."""
    what, _, where = reason.partition(" (at ")
    numbers = [int(number) for number in re.findall(r"\d+", where)] or [len(text.rstrip("\n").split("\n"))]
    hint = 'write tables as [light], colours as ink = "#1B2130", sizes as text = 28'
    return DeckError(f"not valid TOML: {what[:1].lower()}{what[1:]}", Location(path, *numbers), hint)


@dataclass(frozen=True, slots=True)
class _Check:
    """Finds the errors of a theme.toml."""

    text: str
    path: str
    complete: bool

    def top(self, tables: Mapping[str, object]) -> Iterator[DeckError]:
        """Yield the errors outside of tables."""
        known = (*_TABLES, *_CHOICES, "extends")
        for name, value in tables.items():
            at = _place(self.text, self.path, "", name)
            if name not in known:
                hint = did_you_mean(name, known) or f"use one of {', '.join(known)}"
                yield DeckError(f"unknown {'table' if isinstance(value, dict) else 'key'} '{name}'", at, hint)
            elif name == "extends" and not (isinstance(value, str) and value):
                yield DeckError(f"{_toml(value)} is not the name of a theme", at, f'write it as extends = "{DEFAULT}"')
            elif name in _CHOICES and value not in _CHOICES[name]:
                hint = did_you_mean(str(value), _CHOICES[name]) or f'write it as {name} = "{_CHOICES[name][-1]}"'
                yield DeckError(f"{_toml(value)} is not one of {', '.join(_CHOICES[name])}", at, hint)
        for name in _CHOICES.keys() - tables.keys() if self.complete else ():
            yield DeckError(f"the theme lacks '{name}'", Location(self.path), f'add it: {name} = "{_CHOICES[name][0]}"')

    def table(self, name: str, tables: Mapping[str, object]) -> Iterator[DeckError]:
        """Yield the errors of one table: missing keys, unknown keys, invalid values."""
        known, table = _TABLES[name], tables.get(name, {})
        if not isinstance(table, dict):
            at = _place(self.text, self.path, "", name)
            yield DeckError(f"'{name}' must be a table", at, f"begin it with the line [{name}]")
            return
        noun, example = ("size", "28") if name == "size" else ("colour", '"#1B2130"')
        missing = [key for key in known if key not in table]
        if self.complete and name not in tables:
            hint = f"add it, with {', '.join(known)}"
            yield DeckError(f"the theme lacks the table [{name}]", Location(self.path), hint)
            return
        for key, value in table.items():
            at = _place(self.text, self.path, name, key)
            if key not in known and (noun == "colour" or did_you_mean(key, missing)):
                hint = did_you_mean(key, missing) or f"use one of {', '.join(known)}"
                yield DeckError(f"unknown {noun} '{key}' in [{name}]", at, hint)
            elif noun == "colour" and not (isinstance(value, str) and COLOUR.fullmatch(value)):
                yield DeckError(f"{_toml(value)} is not a colour", at, f"write it as {key} = {example}")
            elif not re.fullmatch(r"[\w-]+", key):
                yield DeckError(f"'{key}' is not the name of a {noun}", at, "use letters, digits, - and _")
            elif noun == "size" and not (type(value) in (int, float) and 0 < value <= sys.float_info.max):
                yield DeckError(f"{_toml(value)} is not a size in px", at, f"write a number above 0: {key} = {example}")
        for key in missing if self.complete else ():
            at = _place(self.text, self.path, "", name)
            yield DeckError(f"[{name}] lacks the {noun} '{key}'", at, f"add it: {key} = {example}")


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else json.dumps(value, default=str)


def _place(text: str, path: str, table: str, key: str) -> Location:
    """Return the location of a key in a table ("": outside of tables), or of a table; the file if it is not found."""
    within = ""
    for number, line in enumerate(text.split("\n"), 1):
        if head := re.match(r"""\s*\[{1,2}\s*["']?([\w-]+)""", line):
            within = head[1]
            if not table and within == key:
                return Location(path, number)
        elif (name := re.match(r"""\s*["']?([\w-]+)["']?\s*=""", line)) and (within, name[1]) == (table, key):
            return Location(path, number, line.index(name[1]) + 1)
    return Location(path)
