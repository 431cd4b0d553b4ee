"""Renders slides as complete pages: for the screen, for print, for presenting, and static pages.

The text of a deck is data for the Jinja templates, never template source.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType

from markupsafe import Markup

from verideck.core import messages
from verideck.core.cache import Cache
from verideck.core.deck_model import Deck, Slide
from verideck.core.errors import DeckError, DeckErrors
from verideck.core.folders import template_path
from verideck.core.run_model import Location, Results
from verideck.core.theme import Theme, custom_properties
from verideck.render import classes
from verideck.render.assets import print_fonts, screen_fonts, served_fonts
from verideck.render.charset import in_page, shown_text
from verideck.render.fit import fit_steps, fitted, surely_fits
from verideck.render.pdf.document import CUT
from verideck.render.pdf.layout import Layout
from verideck.render.provenance import slide_origins
from verideck.render.reveal import plotly_library, reveal_assets
from verideck.render.slides import SlideView, slide_view, slide_views, stepped_views
from verideck.typeset.fonts import Fonts

_SHEETS = {
    "screen": ("deck", "screen", "theme"),
    "print": ("deck", "print", "theme"),
    "handout": ("deck", "print", "theme", "handout"),
}


def screen_page(
    deck: Deck,
    results: Results,
    theme: Theme,
    fonts: Fonts,
    text_of: Callable[[str], str],
    *,
    notes: bool,
    editions: Sequence[tuple[str, str]] = (),
    fits: Mapping[str, int] = MappingProxyType({}),
) -> str:
    """Return the HTML file of a deck, with or without notes. The file loads nothing from outside.

    `text_of`: path → text of a project file. `editions`: (language, name) of all decks of this talk.
    Raises DeckErrors for missing values and figures, DeckError for an error in a template.
    """
    views = slide_views(deck, results, theme.palette, "screen", notes=notes)
    origins = (slide_origins(slide, results, text_of) for slide in deck.slides)
    views = tuple(replace(view, origins=given) for view, given in zip(_fitted(views, fits), origins, strict=True))
    return _screen(deck, views, theme, screen_fonts(shown_text(views, deck.meta), fonts), editions=editions)


def served_page(deck: Deck, slides: Sequence[SlideView], theme: Theme, fonts: Fonts, script: str, sheet: str) -> str:
    """Return the page of a deck for the server of `present`, from which it loads fonts and changes.

    `script` and `sheet` are added to those of the screen page. Raises DeckError for an error in a template.
    """
    css = "\n".join([*served_fonts(fonts), sheet])
    return _screen(deck, slides, theme, css, script=script, served=True)


def print_page(
    deck: Deck,
    results: Results,
    theme: Theme,
    fonts: Fonts,
    *,
    kind: str = "pdf",
    modified: str = "",
    fits: Mapping[str, int] = MappingProxyType({}),
) -> tuple[str, dict[str, Path]]:
    """Return the HTML page of a PDF, and URL → file of its fonts.

    `kind`: `pdf`, one page per slide; `steps.pdf`, one page per step; `notes.pdf`, a handout on A4 with the notes
    below each slide. `modified`: modification time in the PDF, ISO 8601; "" for none.
    Raises DeckErrors for missing values and figures, DeckError for an error in a template.
    """
    handout = kind == "notes.pdf"
    if kind == "steps.pdf":
        views = stepped_views(deck, results, theme.palette)
    else:
        views = slide_views(deck, results, theme.palette, "print", notes=handout)
    css, files = print_fonts(shown_text(views, deck.meta), fonts)
    return print_html(deck, _fitted(views, fits), theme, css, handout=handout, modified=modified), files


def deck_fits(
    deck: Deck,
    results: Results,
    theme: Theme,
    fonts: Fonts,
    slide: Slide | None = None,
    *,
    modified: str = "",
    cache: Cache | None = None,
) -> dict[str, int]:
    """Return how far the text of each slide (or of one) must shrink: its id → step of `FIT`.

    cache: keeps the slides as painted, for `write_pdf`.

    Raises DeckErrors for missing values and figures, DeckError for an error in a template.
    """
    from verideck.render.pdf.document import lay_out

    slides = [slide] if slide else deck.slides
    size = theme.palette.size
    width, height = 1280 - 2 * size["side"], size["body"]
    if all(surely_fits(one, width, height, size["text"]) for one in slides):
        return {}
    chosen = [index for index, one in enumerate(deck.slides) if one in slides]
    made = [slide_view(deck, index, results, theme.palette, "print", notes=False) for index in chosen]
    if errors := [error for _, several in made for error in several]:
        raise DeckErrors(errors)
    views = [view for view, _ in made]
    css, files = print_fonts(shown_text(views, deck.meta), fonts)
    strict = deck.meta.fit == "strict"

    def layout_of(some: Sequence[SlideView]) -> Layout:
        whole = cache if list(some) == views and not slide else None
        return lay_out(print_html(deck, some, theme, css, modified=modified), files, whole, f"{deck.name}.pdf")

    return fit_steps(slides, views, strict, layout_of)


def _fitted(views: Iterable[SlideView], fits: Mapping[str, int]) -> tuple[SlideView, ...]:
    return tuple(fitted(view, fits.get(view.id, 0)) for view in views)


def print_html(
    deck: Deck, slides: Sequence[SlideView], theme: Theme, fonts_css: str, *, handout: bool = False, modified: str = ""
) -> str:
    """Return the HTML page of a PDF with these slides; raises DeckError for an error in a template."""
    # A handout counts its pages, and raw HTML may leave elements open: there no slide is laid out on its own.
    cut = Markup("" if handout or deck.meta.html else CUT)
    return _page("handout" if handout else "print", deck, slides, theme, fonts_css, {"modified": modified, "cut": cut})


def static_page(
    name: str, theme: Theme, fonts: Fonts, css: str, texts: Mapping[str, str], names: Mapping[str, object]
) -> str:
    """Return a page without scripts; its fonts contain only the characters that it shows.

    `name`: the template. `css`: the style sheet. `texts`: additional characters by kind of font, as in `Cover`.
    Raises DeckError for an error in the template.
    """
    names = {**names, "tokens_css": Markup(custom_properties(theme.palette)), "css": Markup(css)}
    shown = in_page(_fill(name, theme, {**names, "fonts_css": ""}), texts)
    return _fill(name, theme, {**names, "fonts_css": Markup(screen_fonts(shown, fonts))})


@dataclass(frozen=True, slots=True)
class Cover:
    """The first slide of a deck, as a preview that links to the deck."""

    title: Markup
    """The title with its line breaks; `title_text` is its text alone."""
    title_text: str
    picture: Markup
    texts: Mapping[str, str]
    """Characters by kind of font: text, code, math."""


def cover(deck: Deck, results: Results, theme: Theme, fits: Mapping[str, int] = MappingProxyType({})) -> Cover:
    """Return the cover of a deck, with ids unique among all decks; raises DeckError for an error in a template."""
    view, _ = slide_view(deck, 0, results, theme.palette, "screen", notes=False, scope=f"{deck.name}-")
    view = replace(fitted(view, fits.get(view.id, 0)), id=f"{deck.name}-cover")
    # The whole preview is a link, and links cannot be nested.
    picture = re.sub(r"</?a\b[^>]*>", "", slide_sections(deck, [view], theme)[0])
    return Cover(view.title, view.title_text, Markup(picture), shown_text([view], deck.meta))


def slide_sections(deck: Deck, slides: Iterable[SlideView], theme: Theme) -> list[str]:
    """Return the HTML of each slide of the screen page; raises DeckError for an error in a template."""
    from verideck.render import jinja

    meta = _shown_meta(deck)
    with _placed(theme):
        return jinja.call("slide.html.jinja", "render", theme.templates, [(meta, slide) for slide in slides])


def _screen(
    deck: Deck,
    slides: Sequence[SlideView],
    theme: Theme,
    fonts_css: str,
    *,
    script: str = "",
    served: bool = False,
    editions: Sequence[tuple[str, str]] = (),
) -> str:
    scripts, popup, reveal_css = reveal_assets(theme, deck.meta.lang)
    scripts += [script] if script else []
    if any(classes.PLOTLY in view.body for view in slides):
        scripts += [plotly_library(Location(deck.path)), theme.templates["plotly.js"]]
    more = {
        "csp": _content_policy([*scripts, popup], served),
        "reveal_css": Markup(reveal_css),
        "reading_css": Markup(theme.templates["reading.css"]),
        "speaker_css": Markup(theme.templates["speaker.css"]),
        "scripts": [Markup(script) for script in scripts],
        "editions": editions,
    }
    return _page("screen", deck, slides, theme, fonts_css, more)


def _content_policy(scripts: Iterable[str], served: bool) -> str:
    """Return a policy that allows only these scripts, and loads nothing except, if `served`, from the server."""
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    own = "font-src 'self'; connect-src 'self'" if served else "font-src data:"
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; {own}; "
        "frame-src 'self'; base-uri 'none'; form-action 'none'"
    )


def _page(
    kind: str, deck: Deck, slides: Sequence[SlideView], theme: Theme, fonts_css: str, more: Mapping[str, object]
) -> str:
    names = {
        "deck": _shown_meta(deck),
        "slides": slides,
        "mode": deck.meta.mode or theme.palette.mode,
        "tokens_css": Markup(custom_properties(theme.palette) + _role_rules(deck)),
        "fonts_css": Markup(fonts_css),
        "css": Markup("".join(theme.templates[f"{name}.css"] for name in _SHEETS[kind])),
    }
    return _fill(f"{kind}.html.jinja", theme, {**names, **more})


def _role_rules(deck: Deck) -> str:
    """Return CSS that gives the words of `roles`, and formulas' symbols, their colours."""
    rules = (f".{role},.sym-{role}{{color:var(--accent-{number})}}" for role, number in deck.meta.roles)
    return "".join(f"{rule}\n" for rule in rules)


def _fill(name: str, theme: Theme, names: Mapping[str, object]) -> str:
    from verideck.render import jinja  # imported here: a build without work does not need Jinja

    with _placed(theme):
        return jinja.fill(name, theme.templates, names)


@contextmanager
def _placed(theme: Theme) -> Iterator[None]:
    """Name the file of a theme in the place of an error that names the template."""
    try:
        yield
    except DeckError as error:
        if error.at and (path := theme.places.get(error.at.path.removeprefix(template_path("")))):
            error.at = replace(error.at, path=path)
        raise


def _shown_meta(deck: Deck) -> dict[str, object]:
    more = {
        "date": messages.day(deck.meta.date, deck.meta.lang),
        "day": deck.meta.date,
        "words": messages.of(deck.meta.lang),
    }
    return {**asdict(deck.meta), **more}


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
