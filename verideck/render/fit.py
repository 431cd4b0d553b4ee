"""Finds how far the text of each slide must shrink, so that its content fits: decided once, for screen and print."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from verideck.core.deck_model import Slide
from verideck.core.markdown_tokens import plain
from verideck.core.theme import FIT
from verideck.render.pdf.layout import LEAST_SCALE, Layout, SlideLayout
from verideck.render.slides import SlideView

LAST = len(FIT) - 1
TIGHT = 1
"""The step that only reduces space; `fit: strict` allows no further step."""
_SURE = 0.6
"""Part of a slide's height: content with a smaller estimated height fits without a layout."""
_OUTPUT = re.compile('<pre[^>]* class="output.*?</pre>', re.DOTALL)
_MOST_LINES = 300
"""Lines of output on a slide above which nothing is laid out: at 5 px each they are higher than a page."""
_PLAIN = ("text", "softbreak", "hardbreak", "strong_open", "strong_close", "em_open", "em_close", "code_inline")
_SIMPLE = ("paragraph", "bullet_list", "ordered_list", "list_item", "heading", "inline", "hr")


def fitted(view: SlideView, step: int) -> SlideView:
    """Return a slide's view at a step, from 0 (as designed) to `LAST`."""
    return replace(view, classes=(*view.classes, f"fit-{step}")) if step else view


def fit_steps(
    slides: Sequence[Slide], views: Sequence[SlideView], strict: bool, lay_out: Callable[[Sequence[SlideView]], Layout]
) -> dict[str, int]:
    """Return id of a slide → its step: the first at which all content fits, or the last if none does.

    strict: whether slides that do not say otherwise may lose space alone, no size.
    lay_out: returns the layout of the print page of some views.
    """
    steps = {slide.id: 0 for slide in slides}
    limits = {slide.id: TIGHT if (slide.fit or "strict" * strict) == "strict" else LAST for slide in slides}
    pending = [view for view in views if not surely_over(view)]
    steps |= {view.id: limits[view.id] for view in views if surely_over(view)}
    for step in range(LAST + 1):
        layout = lay_out([fitted(view, step) for view in pending]) if pending else Layout(())
        left = []
        for view, facts in zip(pending, layout.slides, strict=False):
            steps[view.id] = step
            if _fits(facts):
                continue
            if step < limits[view.id]:
                left.append(view)
            elif facts.overflows and all(overflow.side != "down" for overflow in facts.overflows):
                steps[view.id] = 0  # smaller text does not help against width
        pending = left
    return steps


def _fits(facts: SlideLayout) -> bool:
    """Tell whether all content fits, with room for its figures."""
    return not facts.overflows and all(drawing.scale >= LEAST_SCALE for drawing in facts.drawings)


def surely_over(view: SlideView) -> bool:
    """Tell whether a slide shows so many lines of output that they run over the foot at each step.

    To lay out what a script prints without end takes minutes.
    """
    return any(output.count("\n") > _MOST_LINES for output in _OUTPUT.findall(view.body))


def surely_fits(slide: Slide, width: float, height: float, text: float) -> bool:
    """Tell whether a slide has so little content that it fits without a layout.

    width, height: of the area for content, in px. text: font size in px. Only paragraphs, lists and headings count.
    """
    if slide.kind != "plain" or slide.footnotes or len(plain(slide.heading)) > 24:
        return False
    used = 0.0
    for token in slide.tokens:
        if token.type.removesuffix("_open").removesuffix("_close") not in _SIMPLE or token.attrs.get("class"):
            return False
        if token.type == "inline":
            if any(child.type not in _PLAIN for child in token.children or ()):
                return False
            used += (1 + len(token.content) * text // (0.7 * width)) * text * 1.65 + 32
    return used <= _SURE * height
