"""A deck and its results as pages: one for the screen, one for print, through the Jinja templates.

The environment is strict about missing names and escapes all that is not marked as HTML;
a deck's text is data to the templates, never template source.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from deck import drawing, markdown, phrases, tex, words
from deck.errors import DeckError, DeckErrors
from deck.fonts import composed
from deck.model import Location, Meta, Results
from deck.paint import Medium, Painter
from deck.provenance import Origin
from deck.slides import Deck, Slide

if TYPE_CHECKING:
    from jinja2 import Environment

_DRAWN = re.compile(r'<img class="drawn"[^>]*;base64,([^"]*)">')
"""A drawing of the print page."""
_SHEETS = {"screen": ("deck", "screen"), "print": ("deck", "print"), "handout": ("deck", "print", "handout")}


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
    steps: int = 0
    """How often the slide advances before the next."""
    origins: tuple[Origin, ...] = ()
    """Where its figures and numbers came from; none in print."""


def views(
    deck: Deck, results: Results, tokens: drawing.Tokens, medium: Medium, notes: bool, done: int | None = None
) -> tuple[SlideView, ...]:
    """Return the slides as HTML pieces; raises DeckErrors for values and figures that are not there."""
    made = [view(deck, index, results, tokens, medium, notes, done) for index in range(len(deck.slides))]
    errors = [error for _, several in made for error in several]
    if errors:
        raise DeckErrors(errors)
    return tuple(one for one, _ in made)


def stepped(deck: Deck, results: Results, tokens: drawing.Tokens) -> tuple[SlideView, ...]:
    """Return the slides of the print page step by step: each as often as it advances, and once more."""
    made: list[SlideView] = []
    for index, first in enumerate(views(deck, results, tokens, "print", notes=False, done=0)):
        later = (view(deck, index, results, tokens, "print", False, step + 1)[0] for step in range(first.steps))
        made += [first, *(replace(one, classes=(*one.classes, "again")) for one in later)]
    return tuple(made)


def view(
    deck: Deck,
    index: int,
    results: Results,
    tokens: drawing.Tokens,
    medium: Medium,
    notes: bool,
    done: int | None = None,
    scope: str = "",
) -> tuple[SlideView, tuple[DeckError, ...]]:
    """Return slide `index` (from 0) as HTML pieces, and what is wrong with it: that is left out of the HTML.

    `done`: how many steps the slide has behind it; None for the whole slide. `scope`: begins its drawings' ids.
    """
    slide = deck.slides[index]
    total = next((one.number for one in reversed(deck.slides) if not one.appendix), 0)
    painter = Painter(f"{scope}s{index + 1}", results, tokens, medium, slide.lang or deck.meta.lang, done)
    appendix = words.of(deck.meta.lang)["appendix"]
    number = f"{appendix} A{slide.number}" if slide.appendix else f"{slide.number} / {total}"
    title = markdown.plain(slide.heading, painter)
    made = SlideView(
        id=slide.id,
        label=f"{number}: {title}",
        title=Markup(phrases.hold(markdown.render_inline(slide.heading, painter))),
        title_text=title,
        kind=slide.kind,
        classes=slide.classes,
        eyebrow=Markup(markdown.render_inline(slide.eyebrow, painter)),
        body=Markup(markdown.render(slide.tokens, painter, numbered=medium == "print")),
        footnotes=tuple(Markup(_unwrapped(markdown.render(note, painter))) for note in slide.footnotes),
        notes=Markup(markdown.render(slide.notes, painter) if notes else ""),
        number=number,
        progress=100.0 if slide.appendix else 100.0 * slide.number / total,
        seconds=slide.seconds,
        section_number=slide.section or None,
        mark=_mark(slide, tokens, medium),
        lang=slide.lang,
    )
    if not notes:
        markdown.render(slide.notes, painter)  # values in notes are checked even where notes are left out
    if medium == "screen":
        painter.errors += _unreached(slide, painter.steps)
    return replace(made, steps=painter.steps), tuple(painter.errors)


def _unreached(slide: Slide, steps: int) -> Iterator[DeckError]:
    """Yield an error for each part of the notes whose step the slide has not."""
    for token in slide.notes:
        step = int(token.attrs.get("data-step", 0))
        if step > steps:
            at = Location(slide.at.path, token.map[0] + 1, 1)
            hint = "steps are items of incremental lists, `:steps:` of code and of figures"
            yield DeckError(f"this slide has no step {step}: it has {steps}", at, hint)


def shown_text(slides: Sequence[SlideView], meta: Meta) -> dict[str, str]:
    """Return the characters that each font family has to cover: text, code, mathematics."""
    pieces = [
        piece for slide in slides for piece in (slide.title, slide.eyebrow, slide.body, *slide.footnotes, slide.notes)
    ]
    markup = _DRAWN.sub(lambda match: base64.b64decode(match[1]).decode(), "".join(map(str, pieces)))
    math = "".join(re.findall(r"<math.*?</math>", markup, re.DOTALL))
    listings = "".join(re.findall(r"<(?:code|samp)\b.*?</(?:code|samp)>", markup, re.DOTALL))
    furniture = "".join(
        [meta.title, meta.subtitle, meta.author, shown_date(meta), meta.footer, *(slide.number for slide in slides)]
    )
    furniture += str(words.of(meta.lang))
    listings += html.escape(str([slide.origins for slide in slides]), quote=False)
    text = _text(re.sub(r"<math.*?</math>|<style.*?</style>", "", markup, flags=re.DOTALL)) + furniture
    return {
        "text": characters(text + _text(listings)),
        "code": characters(_text(listings)),
        "math": characters(_text(math) + "√" * ("<msqrt" in math or "<mroot" in math)),
    }


def screen(
    deck: Deck,
    slides: Sequence[SlideView],
    look: Look,
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
        "reading_css": Markup(look.templates["reading.css"]),
        "speaker_css": Markup(look.templates["speaker.css"]),
        "scripts": [Markup(script) for script in scripts],
        "editions": editions,
    }
    return _page("screen", deck, slides, look, fonts_css, more)


def policy(scripts: Iterable[str], served: bool = False) -> str:
    """Return a content security policy: these scripts alone run, nothing is loaded but, if `served`, from there."""
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    own = "font-src 'self'; connect-src 'self'" if served else "font-src data:"
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; {own}; "
        "frame-src 'self'; base-uri 'none'; form-action 'none'"
    )


def sections(deck: Deck, slides: Iterable[SlideView], look: Look) -> list[str]:
    """Return slides of the screen page, each alone."""
    macro = _environment(tuple(look.templates.items())).get_template("slide.html.jinja").module
    return [str(macro.render(_shown_meta(deck), slide)) for slide in slides]  # type: ignore[attr-defined]


def print_(
    deck: Deck, slides: Sequence[SlideView], look: Look, fonts_css: str, *, handout: bool = False, modified: str = ""
) -> str:
    """Return the page that becomes the PDF: one slide a page; or a handout, with notes below each slide, on A4.

    `modified`: the time that the PDF gives for its making, ISO 8601; "" for none.
    """
    return _page("handout" if handout else "print", deck, slides, look, fonts_css, {"modified": modified})


def shown_date(meta: Meta) -> str:
    """Return the day of the talk as its language writes it."""
    return meta.date.replace("-", "/") if meta.lang.split("-")[0] == "ja" else meta.date


def render(name: str, templates: Mapping[str, str], **names: object) -> str:
    """Return a template filled in; `templates` holds it and those that it includes."""
    return _environment(tuple(templates.items())).get_template(name).render(**names)


@lru_cache(maxsize=4)
def _environment(templates: tuple[tuple[str, str], ...]) -> Environment:
    from jinja2 import DictLoader, Environment, StrictUndefined

    loader = DictLoader(dict(templates))
    return Environment(loader=loader, undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)


def _page(
    kind: str, deck: Deck, slides: Sequence[SlideView], look: Look, fonts_css: str, more: Mapping[str, object]
) -> str:
    return render(
        f"{kind}.html.jinja",
        look.templates,
        deck=_shown_meta(deck),
        slides=slides,
        tokens_css=Markup(drawing.custom_properties(look.tokens)),
        fonts_css=Markup(fonts_css),
        css=Markup("".join(look.templates[f"{name}.css"] for name in _SHEETS[kind])),
        **more,
    )


def _shown_meta(deck: Deck) -> dict[str, object]:
    more = {"date": shown_date(deck.meta), "day": deck.meta.date, "words": words.of(deck.meta.lang)}
    return {**asdict(deck.meta), **more}


def _mark(slide: Slide, tokens: drawing.Tokens, medium: Medium) -> Markup:
    """Return a letter as an outline; in print as a ground, because there an SVG is a figure that wants words."""
    if not slide.mark:
        return Markup("")
    outline = tex.svg(tex.mathml(slide.mark, False, {}), 400.0, {}, "none").svg
    colour = tokens.light["paper"] if medium == "print" else "currentColor"
    faint = 'stroke-opacity="0.3" ' if medium == "print" else ""
    kind = f'<svg class="mark" aria-hidden="true" fill="none" stroke="{colour}" {faint}stroke-width="0.8" '
    drawn = outline.replace("<svg ", kind, 1)
    if medium == "screen":
        return Markup(drawn)
    picture = base64.b64encode(drawn.encode()).decode()
    return Markup(f'<div class="mark" style="background-image:url(data:image/svg+xml;base64,{picture})"></div>')


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _text(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def characters(text: str) -> str:
    """Return the distinct characters of a text, sorted, with printable ASCII and what accents make of letters."""
    return "".join(sorted({*map(chr, range(0x20, 0x7F)), *text, *composed(text)} - {"\n", "\t"}))


def _unwrapped(markup: str) -> str:
    """Return a footnote of one paragraph without the paragraph."""
    match = re.fullmatch(r"\s*<p>(.*)</p>\s*", markup, re.DOTALL)
    return match[1] if match and "<p" not in match[1] else markup
