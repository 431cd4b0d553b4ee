"""Checks of a deck's layout: content that does not fit, and text that is too small or has too little contrast."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from markdown_it.token import Token

from verideck.check.registry import CONTRAST, OVERFLOW, SMALL_TEXT
from verideck.core.deck_model import CellUse, Slide, SnippetUse, passages
from verideck.core.markdown_tokens import located, mathml_of, place_of, use_of
from verideck.core.run_model import Finding, Location
from verideck.core.theme import Mode, Palette, channels, figure_colour, figure_role
from verideck.render import LEAST_SCALE, Anchor, Drawing, Overflow, SlideLayout
from verideck.typeset.figure_facts import Paint

SMALLEST = 14
"""Minimum size of text in px, on a slide of 1280 × 720."""
OF_TEXT, OF_LARGE = 4.5, 3.0
"""Minimum contrast of text, and of large text and graphics (WCAG 2.2, 1.4.3 and 1.4.11)."""
_LARGE_SIZE, _LARGE_BOLD = 24.0, 56 / 3
"""Minimum size of large text in px, normal and bold: 18 pt, 14 pt."""
_GROUNDS = ("paper", "rule", "code", "wash")
"""Roles of backgrounds and thin lines, which may have little contrast."""
_WHITE = 0.97
"""Lighter greys count as white, the paper."""
_MAP = 8
"""A figure with more colours of areas, or of lines, has a colour scale, which may be pale."""
_NARROWER = {
    "callout": "give the code the slide's whole width, or remove its callouts",
    "table": "remove a column, or shorten its cells",
    "formula": r"break it: \begin{aligned} … \\ … \end{aligned}",
    "text": "break the line, or shorten the text",
}


def place(slide: Slide, anchor: Anchor) -> Location:
    """Return the location of an anchor's text in the deck or in a shown script."""
    path = slide.at.path
    if anchor.part == "footnotes":
        places = (place_of(token, path) for token in slide.footnotes[anchor.block])
        return next((place for place in places if place.line), Location(path))
    if anchor.part != "body" or anchor.block < 0:
        return slide.at
    token = slide.tokens[anchor.block]
    use = use_of(token)
    if isinstance(use, CellUse):
        use = next(part for part in use.parts if isinstance(part, SnippetUse))
    if isinstance(use, SnippetUse):
        return Location(use.snippet.path, use.snippet.lines[use.lines[0] + anchor.line - 2]) if anchor.line else use.at
    if anchor.line:
        at = place_of(token, path)
        return Location(at.path, at.line + anchor.line - 1 + (token.type == "fence"))
    at = place_of(token, path)
    return use.at if use else Location(at.path, _line(slide.tokens[: anchor.block + 1], at.path) or slide.at.line)


def _line(tokens: Iterable[Token], path: str) -> int:
    """Return the line of the last token of a file that has one; 0 without any."""
    places = (place_of(token, path) for token in tokens if token.nesting >= 0)
    return max((place.line for place in places if place.path == path), default=0)


def overflows(slide: Slide, layout: SlideLayout) -> Iterator[Finding]:
    """Yield content that does not fit on its slide, in its column or box, and figures without enough room."""
    for overflow in layout.overflows:
        message, hint = _told(overflow)
        yield OVERFLOW.finding(slide.number, place(slide, overflow.anchor), message, hint)
    for drawing in layout.drawings:
        if drawing.scale < LEAST_SCALE:
            message = f"this figure has only {drawing.height:.0f} px of height, {drawing.scale:.0%} of its size"
            yield OVERFLOW.finding(slide.number, place(slide, drawing.anchor), message)


def _told(overflow: Overflow) -> tuple[str, str]:
    """Return (message, hint)."""
    begins = f" ('{overflow.text}')" if overflow.text else ""
    if overflow.out_of == "callout":
        hint = "shorten it, or point at lines with more space between them"
        return f"this callout{begins} runs {overflow.by:.0f} px into the next one", hint
    if overflow.side == "down":
        into = {"footnotes": "into the footnotes", "byline": "into the author's line"}
        where = into.get(overflow.out_of, "over the bottom of the slide")
        return f"the content runs {overflow.by:.0f} px {where}, from this {overflow.what}{begins} on", ""
    if overflow.what in ("code", "output"):
        remedy = "break the line" if overflow.what == "code" else "print shorter lines"
        return f"this line of {overflow.what} is {overflow.by:.0f} px too wide{begins}", remedy
    remedy = _NARROWER.get(overflow.what, "make it narrower")
    where = "its column" if overflow.out_of == "column" else "the slide"
    return f"this {overflow.what} is {overflow.by:.0f} px too wide for {where}{begins}", remedy


def small_texts(slide: Slide, layout: SlideLayout) -> Iterator[Finding]:
    """Yield text that is too small for the last row, also in figures and scaled code."""
    shown = [(one.anchor, one.size, one.text, "") for one in layout.texts]
    drawings = [one for one in layout.drawings if one.text and one.scale >= LEAST_SCALE]
    shown += [(one.anchor, one.text, one.smallest, f" in {_named(one)}") for one in drawings]
    told: set[Location] = set()
    for anchor, size, text, where in sorted(shown, key=lambda one: one[1]):
        at = place(slide, anchor)
        if size < SMALLEST and at not in told:
            told.add(at)
            message = f"'{text}'{where} is shown at {size:.1f} px, below {SMALLEST} px"
            hint = "draw it larger, or give the figure more room" if where else "show less text, or make it larger"
            yield SMALL_TEXT.finding(slide.number, at, message, hint)


def pale(slide: Slide, layout: SlideLayout, palette: Palette, mode: str) -> Iterator[Finding]:
    """Yield text and graphics with too little contrast to their background, in print or in a mode of the screen."""
    modes = _modes(palette, mode)
    told: set[tuple[Anchor, str]] = set()
    for text in layout.texts:
        need = OF_LARGE if text.size >= (_LARGE_BOLD if text.bold else _LARGE_SIZE) else OF_TEXT
        colour, ground = _of_page(text.colour, palette), _of_page(text.ground, palette)
        found = _worst(colour, ground, need, palette, modes, text.alpha)
        if found and (text.anchor, text.colour) not in told:
            told.add((text.anchor, text.colour))
            yield _pale(slide, text.anchor, f"'{text.text}'", found)
    seen: set[tuple[Anchor, Paint]] = set()
    for drawing in layout.drawings:
        for paint in (one for one in _paints(drawing) if (drawing.anchor, one) not in seen):
            seen.add((drawing.anchor, paint))
            found = _worst_paint(paint, drawing.ground, palette, modes)
            if found:
                what = f"{'an' if paint.kind == 'area' else 'a'} {paint.kind} of {_named(drawing)}"
                yield _pale(slide, drawing.anchor, what, found)


def _modes(palette: Palette, mode: str) -> set[Mode]:
    only = mode or palette.mode
    return {name for name in palette.modes if only in ("auto", name)} | {palette.print}


_FORMULA_COLOUR = re.compile(r'style="[^"]*?(?<!-)color:\s*(#[0-9a-fA-F]{6})')


def pale_formulas(slide: Slide, palette: Palette, mode: str) -> Iterator[Finding]:
    r"""Yield formulas with a colour (`\color`) of too little contrast; it is the same in all modes."""
    role = "ink" if slide.kind == "section" else "paper"
    ground = _Colour(role, lambda colours: colours[role])
    for passage in passages(slide):
        need = OF_LARGE if passage.where in ("heading", "body") else OF_TEXT
        for token, at in located(passage.tokens, passage.at):
            for colour in dict.fromkeys(map(str.lower, _FORMULA_COLOUR.findall(mathml_of(token)))):
                if found := _worst(_as_drawn(colour), ground, need, palette, _modes(palette, mode)):
                    message = f"the formula '{token.content.strip():.40}' has too little contrast: {found}"
                    yield CONTRAST.finding(slide.number, at, message, "write [$…$]{.w}, or another colour of the deck")


def _pale(slide: Slide, anchor: Anchor, what: str, found: str) -> Finding:
    return CONTRAST.finding(slide.number, place(slide, anchor), f"{what} has too little contrast: {found}")


def _named(drawing: Drawing) -> str:
    return f"this figure's frame '{drawing.frame}'" if drawing.frame else "this figure"


def _paints(drawing: Drawing) -> Iterator[Paint]:
    """Yield the colours of a figure that need contrast."""
    counts = Counter(kind for kind, _ in {(paint.kind, paint.colour) for paint in drawing.colours})
    for paint in drawing.colours:
        role = figure_role(paint.colour)
        faint = role in _GROUNDS or (isinstance(role, float) and role >= _WHITE)
        if paint.kind == "text" or (not faint and counts[paint.kind] <= _MAP):
            yield paint


def _worst_paint(paint: Paint, ground: str, palette: Palette, modes: Set[Mode]) -> str:
    """Return the lowest contrast of a colour in a figure, as `_worst` does; "" for an area with a visible edge."""
    need = OF_TEXT if paint.kind == "text" else OF_LARGE
    own = _as_drawn if paint.fixed else _of_figure
    behind = own(paint.ground) if paint.ground else _of_page(ground, palette)
    found = _worst(own(paint.colour), behind, need, palette, modes, paint.alpha)
    if found and paint.edge and not _worst(own(paint.edge), behind, need, palette, modes):
        return ""
    return found


@dataclass(frozen=True, slots=True)
class _Colour:
    """A colour by its name and by the colours of a palette."""

    name: str
    among: Callable[[Mapping[str, str]], str]


def _as_drawn(colour: str) -> _Colour:
    return _Colour(colour, lambda _: colour)


def _of_figure(colour: str) -> _Colour:
    role = figure_role(colour)
    return _Colour(role if isinstance(role, str) else colour, lambda colours: figure_colour(colour, colours))


def _of_page(colour: str, palette: Palette) -> _Colour:
    """Return a colour of the print page; that of a role (the first, where two share it) differs by mode."""
    role = next((role for role, value in palette.printed.items() if value.lower() == colour), "")
    return _Colour(role, lambda colours: colours[role]) if role else _as_drawn(colour)


def _worst(
    colour: _Colour, ground: _Colour, need: float, palette: Palette, modes: Set[Mode], alpha: float = 1.0
) -> str:
    """Return a text with the lowest contrast and its mode, if it is below `need`; else ""."""
    found = []
    for mode in modes:
        shown, behind = (rgb(one.among(palette.modes[mode])) for one in (colour, ground))
        seen = [alpha * one + (1 - alpha) * other for one, other in zip(shown, behind, strict=True)]
        found.append((contrast(seen, behind), mode))
    ratio, mode = min(found)
    pair = f"{colour.name} on {ground.name}"
    return f"{pair} has {ratio:.1f}:1 in the {mode} mode, below {need:g}:1" if ratio < need else ""


def contrast(one: Iterable[float], other: Iterable[float]) -> float:
    """Return the contrast of two sRGB colours in 0…1, from 1 to 21 (WCAG 2.2, relative luminance)."""
    darker, lighter = sorted(_luminance(list(colour)) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: list[float]) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def rgb(colour: str) -> list[float]:
    """Return `#rrggbb` as `contrast` takes it."""
    return [part / 255 for part in channels(colour)]
