"""A deck's slides and their results as pieces of HTML, which the templates put into pages."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from markupsafe import Markup

from verideck.core import messages
from verideck.core.deck_model import Deck, Origin, Slide
from verideck.core.errors import DeckError, DeckErrors
from verideck.core.markdown_tokens import line_of, plain
from verideck.core.run_model import Location, Results
from verideck.core.theme import Palette
from verideck.render import classes, markdown
from verideck.render.html import HtmlRenderer, Medium
from verideck.typeset import linebreak, math_svg, mathml


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


def slide_views(
    deck: Deck, results: Results, palette: Palette, medium: Medium, notes: bool, done: int | None = None
) -> tuple[SlideView, ...]:
    """Return the slides as HTML pieces; raises DeckErrors for values and figures that are not there."""
    made = [slide_view(deck, index, results, palette, medium, notes, done) for index in range(len(deck.slides))]
    errors = [error for _, several in made for error in several]
    if errors:
        raise DeckErrors(errors)
    return tuple(one for one, _ in made)


def stepped_views(deck: Deck, results: Results, palette: Palette) -> tuple[SlideView, ...]:
    """Return the slides of the print page step by step: each as often as it advances, and once more."""
    made: list[SlideView] = []
    for index, first in enumerate(slide_views(deck, results, palette, "print", notes=False, done=0)):
        later = (slide_view(deck, index, results, palette, "print", False, step + 1)[0] for step in range(first.steps))
        made += [first, *(replace(one, classes=(*one.classes, "again")) for one in later)]
    return tuple(made)


def slide_view(
    deck: Deck,
    index: int,
    results: Results,
    palette: Palette,
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
    renderer = HtmlRenderer(f"{scope}s{index + 1}", results, palette, medium, slide.lang or deck.meta.lang, done)
    appendix = messages.of(deck.meta.lang)["appendix"]
    number = f"{appendix} {slide.shown_number}" if slide.appendix else f"{slide.shown_number} / {total}"
    title = plain(slide.heading, renderer)
    made = SlideView(
        id=slide.id,
        label=f"{number}: {title}",
        title=Markup(linebreak.hold(markdown.render_inline(slide.heading, renderer))),
        title_text=title,
        kind=slide.kind,
        classes=slide.classes,
        eyebrow=Markup(markdown.render_inline(slide.eyebrow, renderer)),
        body=Markup(markdown.render(slide.tokens, renderer, numbered=medium == "print")),
        footnotes=tuple(Markup(_unwrapped(markdown.render(note, renderer))) for note in slide.footnotes),
        notes=Markup(markdown.render(slide.notes, renderer) if notes else ""),
        number=number,
        progress=100.0 if slide.appendix else 100.0 * slide.number / total,
        seconds=slide.seconds,
        section_number=slide.section or None,
        mark=_mark(slide, palette, medium),
        lang=slide.lang,
    )
    if not notes:
        markdown.render(slide.notes, renderer)  # values in notes are checked even where notes are left out
    if medium == "screen":
        renderer.errors += _unreached(slide, renderer.steps.count)
    return replace(made, steps=renderer.steps.count), tuple(renderer.errors)


def _unreached(slide: Slide, steps: int) -> Iterator[DeckError]:
    """Yield an error for each part of the notes whose step the slide has not."""
    for token in slide.notes:
        step = int(token.attrs.get("data-step", 0))
        if step > steps:
            at = Location(slide.at.path, line_of(token), 1)
            hint = "steps are items of incremental lists, `:steps:` of code and of figures"
            yield DeckError(f"this slide has no step {step}: it has {steps}", at, hint)


def _mark(slide: Slide, palette: Palette, medium: Medium) -> Markup:
    """Return a letter as an outline; in print as a ground, because there an SVG is a figure that wants words."""
    if not slide.mark:
        return Markup("")
    outline = math_svg.svg(mathml.mathml(slide.mark, False, {}), 400.0, {}, "none").svg
    colour = palette.light["paper"] if medium == "print" else "currentColor"
    faint = 'stroke-opacity="0.3" ' if medium == "print" else ""
    kind = f'<svg class="{classes.MARK}" aria-hidden="true" fill="none" stroke="{colour}" {faint}stroke-width="0.8" '
    drawn = outline.replace("<svg ", kind, 1)
    if medium == "screen":
        return Markup(drawn)
    picture = base64.b64encode(drawn.encode()).decode()
    return Markup(
        f'<div class="{classes.MARK}" style="background-image:url(data:image/svg+xml;base64,{picture})"></div>'
    )


def _unwrapped(markup: str) -> str:
    """Return a footnote of one paragraph without the paragraph."""
    match = re.fullmatch(r"\s*<p>(.*)</p>\s*", markup, re.DOTALL)
    return match[1] if match and "<p" not in match[1] else markup
