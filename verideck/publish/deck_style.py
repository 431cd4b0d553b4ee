"""The style sheet of one deck: its `css` and `logo`, and the backgrounds of its slides, laid over its theme."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from verideck.core.deck_model import Deck, Slide
from verideck.core.project import Sources
from verideck.core.run_model import Location
from verideck.core.theme import SHEET, Theme, load_theme
from verideck.read import frontmatter, pictures

_LOGO = (
    '.slide:not(.section):not(:has(.long))::after {{ content: ""; position: absolute; right: 80px; top: 22px; '
    "width: 240px; height: 40px; background: url({address}) right center / contain no-repeat; }}\n"
)


def deck_theme(deck: Deck, sources: Sources) -> Theme:
    """Return the theme of a deck with the deck's own styles.

    Raises DeckError for an unknown theme and for files that are missing, DeckErrors for errors in the theme.
    """
    at = _place(deck, sources, "theme") if deck.meta.theme else None
    theme = load_theme(sources, deck.meta.theme, at)
    own = "".join(_rules(deck, sources))
    return replace(theme, templates={**theme.templates, SHEET: theme.templates[SHEET] + own}) if own else theme


def _place(deck: Deck, sources: Sources, key: str) -> Location:
    return frontmatter.key_place(deck.path, sources.text(deck.path), key)


def _rules(deck: Deck, sources: Sources) -> Iterator[str]:
    if deck.meta.css:
        yield f"\n{sources.text(pictures.path_beside(deck.path, deck.meta.css), _place(deck, sources, 'css'))}\n"
    if deck.meta.logo:
        yield _LOGO.format(address=_address(deck, deck.meta.logo, sources, _place(deck, sources, "logo")))
    for slide in deck.slides:
        if slide.background:
            name = slide.id.replace("\\", "\\\\").replace('"', '\\"')
            yield f'.slide[id="{name}"] {{ background: {_background(deck, slide, sources)}; }}\n'


def _background(deck: Deck, slide: Slide, sources: Sources) -> str:
    value = slide.background
    if pictures.is_picture(value):
        return f"url({_address(deck, value, sources, slide.at)}) center / cover no-repeat"
    return value if value.startswith("#") else f"var(--{value})"


def _address(deck: Deck, name: str, sources: Sources, at: Location) -> str:
    """Return a picture as a data: URL; raises DeckError."""
    return f'"{pictures.load(name, deck.path, sources, at).address}"'
