"""Renders slides as pieces of HTML, which the templates put into pages."""

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
    """One slide for the templates. Fields of type `Markup` are HTML; templates escape all others."""

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
    """Items of a list."""
    notes: Markup
    number: str
    """`5 / 16` or `付録 A1`."""
    progress: float
    """Position on the main path in percent."""
    seconds: int
    section_number: int | None
    mark: Markup
    """Outline of the letter on a section slide."""
    lang: str
    steps: int = 0
    """Number of steps before the next slide."""
    origins: tuple[Origin, ...] = ()
    """Origins of its figures and values; empty in print."""


def slide_views(
    deck: Deck, results: Results, palette: Palette, medium: Medium, notes: bool, done: int | None = None
) -> tuple[SlideView, ...]:
    """Return the slides of a deck as HTML; raises DeckErrors for missing values and figures."""
    made = [slide_view(deck, index, results, palette, medium, notes, done) for index in range(len(deck.slides))]
    errors = [error for _, several in made for error in several]
    if errors:
        raise DeckErrors(errors)
    return tuple(one for one, _ in made)


def stepped_views(deck: Deck, results: Results, palette: Palette) -> tuple[SlideView, ...]:
    """Return the slides of the print page step by step: one view per step, and one before the first step."""
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
    """Return slide `index` (from 0) as HTML, and the errors of the parts that are left out.

    `done`: number of steps that have been taken; None to show the whole slide. `scope`: prefix of the ids in figures.
    """
    slide = deck.slides[index]
    total = next((one.number for one in reversed(deck.slides) if not one.appendix), 0)
    renderer = HtmlRenderer(
        f"{scope}s{index + 1}", results, palette, medium, slide.lang or deck.meta.lang, done, deck.meta.roles
    )
    appendix = messages.of(deck.meta.lang)["appendix"]
    number = f"{appendix} {slide.shown_number}" if slide.appendix else f"{slide.shown_number} / {total}"
    title = plain(slide.heading, renderer)
    made = SlideView(
        id=slide.id,
        label=f"{number}: {title}",
        title=Markup(linebreak.keep_last_words(markdown.render_inline(slide.heading, renderer))),
        title_text=title,
        kind=slide.kind,
        classes=slide.classes,
        eyebrow=Markup(markdown.render_inline(slide.eyebrow, renderer)),
        body=Markup(markdown.render(slide.tokens, renderer, numbered=medium == "print")),
        footnotes=tuple(_footnotes(slide, renderer)),
        notes=Markup(markdown.render(slide.notes, renderer, stepped=False) if notes else ""),
        number=number,
        progress=100.0 if slide.appendix else 100.0 * slide.number / total,
        seconds=slide.seconds,
        section_number=slide.section or None,
        mark=_mark(slide, palette, medium),
        lang=slide.lang,
    )
    if not notes:
        markdown.render(slide.notes, renderer, stepped=False)  # check the values in notes, too
    if medium == "screen":
        renderer.errors += _unreached(slide, renderer.steps.count)
    return replace(made, steps=renderer.steps.count), tuple(renderer.errors)


def _footnotes(slide: Slide, renderer: HtmlRenderer) -> Iterator[Markup]:
    """Yield each footnote as an item that appears with the first reference to it."""
    for number, note in enumerate(slide.footnotes, 1):
        step = renderer.footnotes.get(number, 0)
        renderer.steps.enter(step)
        text = _unwrapped(markdown.render(note, renderer))
        renderer.steps.leave()
        yield Markup(markdown.appearing(f"<li>{text}</li>", step, renderer))


def _unreached(slide: Slide, steps: int) -> Iterator[DeckError]:
    """Yield an error for each part of the notes with a step that the slide does not have."""
    for token in slide.notes:
        step = int(token.attrs.get("data-step", 0))
        if step > steps:
            at = Location(slide.at.path, line_of(token), 1)
            hint = "steps are items of incremental lists, and `:steps:` of code and figures"
            yield DeckError(f"this slide has no step {step}: it has {steps} step{'s' * (steps != 1)}", at, hint)


def _mark(slide: Slide, palette: Palette, medium: Medium) -> Markup:
    """Return a letter as an outline; in print as a background image, because an SVG would need alternative text."""
    if not slide.mark:
        return Markup("")
    outline = math_svg.svg(mathml.mathml(slide.mark, False, {}), 400.0, {}, "none").svg
    colour = palette.printed[palette.on_section[0]] if medium == "print" else "currentColor"
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
    """Return a footnote of one paragraph without its <p> element."""
    match = re.fullmatch(r"\s*<p>(.*)</p>\s*", markup, re.DOTALL)
    return match[1] if match and "<p" not in match[1] else markup
