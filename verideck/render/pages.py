"""Slides to pages, through the Jinja templates."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from markupsafe import Markup

from verideck.core import messages
from verideck.core.deck_model import Deck
from verideck.core.run_model import Meta
from verideck.core.theme import Theme, custom_properties
from verideck.render.slides import SlideView

_SHEETS = {"screen": ("deck", "screen"), "print": ("deck", "print"), "handout": ("deck", "print", "handout")}


def screen_html(
    deck: Deck,
    slides: Sequence[SlideView],
    theme: Theme,
    fonts_css: str,
    reveal_css: str,
    scripts: Sequence[str],
    csp: str,
    editions: Sequence[tuple[str, str]] = (),
) -> str:
    """Return the one HTML file of a deck, whose `scripts` run in their order.

    `csp` is its content security policy; `editions`: (language, name) of the decks that are this talk.
    """
    more = {
        "csp": csp,
        "reveal_css": Markup(reveal_css),
        "reading_css": Markup(theme.templates["reading.css"]),
        "speaker_css": Markup(theme.templates["speaker.css"]),
        "scripts": [Markup(script) for script in scripts],
        "editions": editions,
    }
    return _page("screen", deck, slides, theme, fonts_css, more)


def content_policy(scripts: Iterable[str], served: bool = False) -> str:
    """Return a content security policy: these scripts alone run, nothing is loaded but, if `served`, from there."""
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    own = "font-src 'self'; connect-src 'self'" if served else "font-src data:"
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; {own}; "
        "frame-src 'self'; base-uri 'none'; form-action 'none'"
    )


def slide_sections(deck: Deck, slides: Iterable[SlideView], theme: Theme) -> list[str]:
    """Return slides of the screen page, each alone."""
    from verideck.render import templates

    meta = _shown_meta(deck)
    return templates.call("slide.html.jinja", "render", theme.templates, [(meta, slide) for slide in slides])


def print_html(
    deck: Deck, slides: Sequence[SlideView], theme: Theme, fonts_css: str, *, handout: bool = False, modified: str = ""
) -> str:
    """Return the page that becomes the PDF: one slide a page; or a handout, with notes below each slide, on A4.

    `modified`: the time that the PDF gives for its making, ISO 8601; "" for none.
    """
    return _page("handout" if handout else "print", deck, slides, theme, fonts_css, {"modified": modified})


def shown_date(meta: Meta) -> str:
    """Return the day of the talk as its language writes it."""
    return meta.date.replace("-", "/") if messages.is_japanese(meta.lang) else meta.date


def render_template(name: str, templates: Mapping[str, str], **names: object) -> str:
    """Return a template filled in; `templates` holds it and those that it includes. Raises DeckError."""
    from verideck.render import templates as jinja  # imported here: a build that finds nothing to do goes without

    return jinja.fill(name, templates, names)


def _page(
    kind: str, deck: Deck, slides: Sequence[SlideView], theme: Theme, fonts_css: str, more: Mapping[str, object]
) -> str:
    return render_template(
        f"{kind}.html.jinja",
        theme.templates,
        deck=_shown_meta(deck),
        slides=slides,
        tokens_css=Markup(custom_properties(theme.palette)),
        fonts_css=Markup(fonts_css),
        css=Markup("".join(theme.templates[f"{name}.css"] for name in _SHEETS[kind])),
        **more,
    )


def _shown_meta(deck: Deck) -> dict[str, object]:
    more = {"date": shown_date(deck.meta), "day": deck.meta.date, "words": messages.of(deck.meta.lang)}
    return {**asdict(deck.meta), **more}


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
