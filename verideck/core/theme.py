"""How decks look: templates, colours, sizes."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from verideck.core.project import Sources

COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")

_ROLES = ("paper", "ink", "soft", "rule", "w", "lam", "lam-wash", "err", "data", "code")


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Colours by role (`#rrggbb`) of both themes, and sizes in px."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    size: Mapping[str, float]


@functools.lru_cache(maxsize=8)
def load_palette(text: str) -> Palette:
    """Read tokens.toml; raises ValueError for a role that is missing, unknown or no colour."""
    table = tomllib.loads(text)
    for theme in ("light", "dark"):
        colours = table.get(theme, {})
        wrong = set(_ROLES).symmetric_difference(colours)
        wrong |= {role for role, colour in colours.items() if not COLOUR.fullmatch(str(colour))}
        if wrong:
            raise ValueError(
                f"[{theme}] needs one colour #rrggbb for each of {', '.join(_ROLES)}: see {', '.join(sorted(wrong))}"
            )
    return Palette(table["light"], table["dark"], table.get("size", {}))


def custom_properties(palette: Palette) -> str:
    """Return CSS that defines `--ROLE` and `--size-NAME`: light, or dark by `data-theme` or the reader's system."""

    def block(colours: Mapping[str, str]) -> str:
        return "".join(f"--{role}:{colour};" for role, colour in colours.items())

    sizes = "".join(f"--size-{name}:{size:g}px;" for name, size in palette.size.items())
    dark = f"color-scheme:dark;{block(palette.dark)}"
    # Nested, so that a print engine passes over the query that it does not know.
    return (
        f":root{{color-scheme:light;{block(palette.light)}{sizes}}}\n"
        f"@media screen{{:root[data-theme=dark]{{{dark}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme]){{{dark}}}}}}}\n"
    )


@dataclass(frozen=True, slots=True)
class Theme:
    """How decks look."""

    templates: Mapping[str, str]
    """File name in templates/ → text."""
    palette: Palette
    """Colours and sizes."""


TEMPLATES = (
    *("deck.css", "screen.css", "reading.css", "speaker.css", "print.css", "handout.css", "index.css", "tokens.toml"),
    *("steps.js", "panels.js", "speaker.js", "deck.js"),
    *("screen.html.jinja", "panels.html.jinja", "print.html.jinja", "handout.html.jinja", "index.html.jinja"),
    "slide.html.jinja",
)


def load_theme(sources: Sources) -> Theme:
    """Return the templates; raises DeckError."""
    templates = {name: sources.text(f"templates/{name}") for name in TEMPLATES}
    return Theme(templates, load_palette(templates["tokens.toml"]))
