"""A deck and its results as pages: one for the screen, one for print, through the Jinja templates.

The environment is built per call, strict about missing names, and escapes all that is not marked as HTML;
a deck's text is data to the templates, never template source.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from markupsafe import Markup

from deck import drawing, markdown, tex
from deck.errors import DeckErrors
from deck.model import Meta, Results
from deck.paint import Medium, Painter
from deck.slides import Deck, Slide

_WORDS = {"ja": {"appendix": "付録", "slide": "スライド"}, "en": {"appendix": "Appendix", "slide": "Slide"}}


@dataclass(frozen=True, slots=True)
class Look:
    """How decks look."""

    templates: Mapping[str, str]
    """File name in templates/ → text."""
    tokens: drawing.Tokens
    """Colours and sizes."""


@dataclass(frozen=True, slots=True)
class SlideView:
    """One slide as the templates take it; fields of HTML are safe, the others are escaped."""

    id: str
    label: str
    """Accessible name: number and title."""
    title: Markup
    title_text: str
    kind: str
    classes: tuple[str, ...]
    eyebrow: Markup
    body: Markup
    footnotes: tuple[Markup, ...]
    notes: Markup
    number: str
    """`5 / 16` or `付録 A1`."""
    progress: float
    """Percent of the main path."""
    seconds: int
    section_number: int | None
    mark: Markup
    """Outlined glyph of a section slide."""
    lang: str


def views(deck: Deck, results: Results, tokens: drawing.Tokens, medium: Medium, notes: bool) -> tuple[SlideView, ...]:
    """Return the slides as HTML pieces; raises DeckErrors for values and figures that are not there."""
    lang = deck.meta.lang.split("-")[0]
    words = _WORDS.get(lang, _WORDS["en"])
    total = sum(not slide.appendix for slide in deck.slides)
    errors, made, section = [], [], 0
    for index, slide in enumerate(deck.slides, 1):
        painter = Painter(f"s{index}", results, tokens, medium, slide.lang or deck.meta.lang)
        section += slide.kind == "section"
        number = f"{words['appendix']} A{slide.number}" if slide.appendix else f"{slide.number} / {total}"
        title = markdown.plain(slide.heading, painter)
        made.append(
            SlideView(
                id=slide.id,
                label=f"{number}: {title}",
                title=Markup(markdown.render_inline(slide.heading, painter)),
                title_text=title,
                kind=slide.kind,
                classes=slide.classes,
                eyebrow=Markup(markdown.render_inline(markdown.parse_inline(slide.eyebrow, slide.at)[0], painter)),
                body=Markup(markdown.render(slide.tokens, painter)),
                footnotes=tuple(Markup(_unwrapped(markdown.render(note, painter))) for note in slide.footnotes),
                notes=Markup(markdown.render(slide.notes, painter) if notes else ""),
                number=number,
                progress=100.0 if slide.appendix else 100.0 * slide.number / total,
                seconds=slide.seconds,
                section_number=section if slide.kind == "section" and not slide.appendix else None,
                mark=_mark(slide, tokens, medium),
                lang=slide.lang,
            )
        )
        if not notes:
            markdown.render(slide.notes, painter)  # values in notes are checked even where notes are left out
        errors += painter.errors
    if errors:
        raise DeckErrors(errors)
    return tuple(made)


def shown_text(slides: Sequence[SlideView], meta: Meta) -> dict[str, str]:
    """Return the characters that each font family has to cover: text, code, mathematics."""
    pieces = [
        piece for slide in slides for piece in (slide.title, slide.eyebrow, slide.body, *slide.footnotes, slide.notes)
    ]
    markup = "".join(str(piece) for piece in pieces)
    math = "".join(re.findall(r"<math.*?</math>", markup, re.DOTALL))
    listings = "".join(re.findall(r"<(?:code|samp)\b.*?</(?:code|samp)>", markup, re.DOTALL))
    furniture = "".join(
        [meta.title, meta.subtitle, meta.author, shown_date(meta), meta.footer, *(slide.number for slide in slides)]
    )
    text = _text(re.sub(r"<math.*?</math>|<style.*?</style>", "", markup, flags=re.DOTALL)) + furniture
    return {
        "text": _characters(text + _text(listings)),
        "code": _characters(_text(listings)),
        "math": _characters(_text(math)),
    }


def screen(
    deck: Deck,
    slides: Sequence[SlideView],
    look: Look,
    fonts_css: str,
    reveal_css: str,
    scripts: Sequence[str],
    popup: str,
) -> str:
    """Return the one HTML file of a deck; `scripts` run in their order, `popup` in the speaker's window, no others."""
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in (*scripts, popup))
    csp = (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        "frame-src 'self'; base-uri 'none'; form-action 'none'"
    )
    more = {"csp": csp, "reveal_css": Markup(reveal_css), "scripts": [Markup(script) for script in scripts]}
    return _page("screen", deck, slides, look, fonts_css, more)


def print_(deck: Deck, slides: Sequence[SlideView], look: Look, fonts_css: str) -> str:
    """Return the page that becomes the PDF: one slide a page."""
    return _page("print", deck, slides, look, fonts_css, {})


def shown_date(meta: Meta) -> str:
    """Return the day of the talk as its language writes it."""
    return meta.date.replace("-", "/") if meta.lang.split("-")[0] == "ja" else meta.date


def _page(
    medium: Medium, deck: Deck, slides: Sequence[SlideView], look: Look, fonts_css: str, more: Mapping[str, object]
) -> str:
    from jinja2 import DictLoader, Environment, StrictUndefined

    loader = DictLoader(dict(look.templates))
    environment = Environment(
        loader=loader, undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(f"{medium}.html.jinja").render(
        deck={**asdict(deck.meta), "date": shown_date(deck.meta)},
        slides=slides,
        tokens_css=Markup(drawing.custom_properties(look.tokens)),
        fonts_css=Markup(fonts_css),
        css=Markup(look.templates["deck.css"] + look.templates[f"{medium}.css"]),
        **more,
    )


def _mark(slide: Slide, tokens: drawing.Tokens, medium: Medium) -> Markup:
    """Return a letter as an outline; in print as a ground, because there an SVG is a figure that wants words."""
    if not slide.mark:
        return Markup("")
    outline = tex.svg(tex.mathml(slide.mark, False, {}), 400.0, {}, "none").svg
    colour = tokens.light["paper"] if medium == "print" else "currentColor"
    kind = f'<svg class="mark" aria-hidden="true" fill="none" stroke="{colour}" stroke-width="0.8" '
    drawn = outline.replace("<svg ", kind, 1)
    if medium == "screen":
        return Markup(drawn)
    picture = base64.b64encode(drawn.encode()).decode()
    return Markup(f'<div class="mark" style="background-image:url(data:image/svg+xml;base64,{picture})"></div>')


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _text(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def _characters(text: str) -> str:
    """Return the distinct characters of a text, sorted, with printable ASCII always among them."""
    return "".join(sorted({*map(chr, range(0x20, 0x7F)), *text} - {"\n", "\t"}))


def _unwrapped(markup: str) -> str:
    """Return a footnote of one paragraph without the paragraph."""
    match = re.fullmatch(r"\s*<p>(.*)</p>\s*", markup, re.DOTALL)
    return match[1] if match and "<p" not in match[1] else markup
