"""The first line of a text: what of it fits a width, and what it measures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from verideck.render.pdf.text.fonts import Font, FontMap, Style
from verideck.render.pdf.text.segments import clusters, line_breaks
from verideck.render.pdf.text.shape import EMPTY, Glyph, Item, Run, Setting, halves, padded, shape, shape_item

_ENDS = re.compile("\r\n|[\n\r\u2028\u2029]")
_SOFT_HYPHEN = "\u00ad"


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its runs, and the index of the character behind its last one."""

    runs: tuple[Run, ...]
    end: int
    font: Font
    """What it measures by where it is empty."""

    @property
    def width(self) -> int:
        return sum(run.width for run in self.runs)

    @property
    def ascent(self) -> int:
        return max((run.font.ascent for run in self.runs), default=self.font.ascent)

    @property
    def descent(self) -> int:
        return max((run.font.descent for run in self.runs), default=self.font.descent)


class Paragraph:
    """A text without line ends, shaped; widths in 1/1024 px."""

    def __init__(self, text: str, fonts: FontMap, style: Style, setting: Setting, tab: int) -> None:
        self.text, self.fonts, self.style, self.setting = text, fonts, style, setting
        self.runs = tuple(_tabbed(text, shape(text, fonts, style, setting), tab))
        self.ends = list(accumulate(_widths(text, self.runs), initial=0))
        """Where each character begins, and the whole width."""

    def line(self) -> Line:
        """Return it as one line."""
        return self._line(self.runs, len(self.text))

    def _line(self, runs: Sequence[Run], end: int) -> Line:
        return Line(tuple(_trimmed(runs)), end, self.fonts.first(self.style))

    def fits(self, width: int) -> bool:
        """Return whether all of it fits a width, a blank at its end left aside."""
        return self._used(len(self.text), hyphens=False) <= width

    def broken(self, width: int, *, anywhere: bool, hyphens: bool) -> Line | None:
        """Return the line up to the last break that fits a width, else to the first one; None without any break."""
        if anywhere:
            breaks = list(clusters(self.text)[1:-1])
        else:
            breaks = [place for place, may in enumerate(line_breaks(self.text)[:-1]) if may]
        fitting = [place for place in breaks if self._used(place, hyphens=hyphens) <= width]
        for place in reversed(fitting):
            line = self._cut(place, hyphens=hyphens)
            if line.width <= width or place == fitting[0]:
                return line
        return self._cut(breaks[0], hyphens=hyphens) if breaks else None

    def _used(self, end: int, *, hyphens: bool) -> int:
        """Return the width of a line that ends before a character."""
        if end and _is_white(self.text[end - 1]):
            return self.ends[end - 1]
        return self.ends[end] + (self._hyphen(end).width if hyphens and self._is_soft(end) else 0)

    def _is_soft(self, end: int) -> bool:
        return 0 < end < len(self.text) and self.text[end - 1] == _SOFT_HYPHEN

    def _cut(self, end: int, *, hyphens: bool) -> Line:
        runs = list(self._before(end))
        if _is_white(self.text[end - 1]) and runs[-1].glyphs:
            last = runs[-1]
            runs[-1] = replace(last, glyphs=(*last.glyphs[:-1], last.glyphs[-1]._replace(id=EMPTY, advance=0)))
        elif hyphens and self._is_soft(end):
            runs.append(self._hyphen(end))
        return self._line(runs, end)

    def _before(self, end: int) -> Iterator[Run]:
        """Yield the runs up to a character, the last one shaped anew where breaking it changes its glyphs."""
        for run in self.runs:
            if run.end <= end:
                yield run
            elif run.start < end:
                behind = next((glyph for glyph in run.glyphs if glyph.at >= end), None)
                if run.item and (behind is None or behind.at > end or behind.unsafe or run.spacing):
                    yield shape_item(self.text, run.item, self.style, self.setting, end)
                else:
                    yield replace(run, end=end, glyphs=tuple(glyph for glyph in run.glyphs if glyph.at < end))

    def _hyphen(self, end: int) -> Run:
        """Return the hyphen that shows where a word is broken."""
        font = next(run.font for run in self.runs if run.start < end <= run.end)
        return _alone("\u2010" if font.face.covers("\u2010") else "-", font, end - 1)

    def ellipsized(self, width: int) -> Line:
        """Return it as one line with … in the place of what does not fit."""
        if self.fits(width):
            return self.line()
        for place in reversed(clusters(self.text)[:-1]):
            font = next(run.font for run in self.runs if run.start <= place < run.end)
            dots = _alone("…" if font.face.covers("…") else "...", font, place)
            if self.ends[place] + dots.width <= width or place == 0:
                break
        return self._line([*self._before(place), replace(dots, end=len(self.text))], len(self.text))


def _alone(text: str, font: Font, at: int) -> Run:
    """Return a run for a text of its own that stands for a character."""
    item = Item(0, len(text), font.face, "Zyyy", 0)
    run = shape_item(text, item, Style(size=font.size), Setting(), len(text))
    glyphs = tuple(glyph._replace(at=at) for glyph in run.glyphs)
    return Run(font, at, at + 1, glyphs)


def _is_white(char: str) -> bool:
    return char in "\t\f" or unicodedata.category(char) in ("Zs", "Zl", "Zp")


def _widths(text: str, runs: Sequence[Run]) -> list[int]:
    """Return each character's width; characters that share a glyph share its width."""
    found = [0] * len(text)
    for run in runs:
        for glyph in run.glyphs:
            found[glyph.at] += glyph.advance
        starts = sorted({glyph.at for glyph in run.glyphs})
        for start, end in zip(starts, (*starts[1:], run.end), strict=True):
            if end - start > 1:
                whole, each = found[start], found[start] // (end - start)
                found[start:end] = [whole - each * (end - start - 1)] + [each] * (end - start - 1)
    return found


def _tabbed(text: str, runs: Sequence[Run], tab: int) -> Iterator[Run]:
    """Yield the runs, tabs reaching to the next multiple of `tab`."""
    x = 0
    for run in runs:
        if text[run.start] == "\t":
            run = replace(run, glyphs=(Glyph(EMPTY, run.start, tab - x % tab),))
        x += run.width
        yield run


def _trimmed(runs: Sequence[Run]) -> Iterator[Run]:
    """Yield the runs of a line without the spacing of letters at its ends, and beside tabs."""
    for place, run in enumerate(runs):
        if not run.spacing or not run.glyphs:
            yield run
            continue
        before, behind = halves(run.spacing)
        glyphs = run.glyphs
        if not glyphs[0].advance or place == 0:
            glyphs = tuple(padded(glyphs, -before, left=True))
        if not glyphs[-1].advance or place == len(runs) - 1:
            glyphs = tuple(padded(glyphs, -behind, left=False))
        yield replace(run, glyphs=glyphs)


class Layout:
    """A text, how it is to be set, and its first line."""

    def __init__(self, fonts: FontMap, language: str) -> None:
        self.fonts = fonts
        self.text = ""
        self.style = Style()
        self.setting = Setting(language)
        self.width: int | None = None
        self.tab = 0
        self.anywhere = self.ellipsis = self.joined = False
        self.hyphens = True

    def lines(self) -> tuple[Line, int | None]:
        """Return the first line, and the index of the character with which the second begins, None without one."""
        text, second = self.text, None
        if not self.joined and (end := _ENDS.search(text)):
            text, second = text[: end.start()], end.end()
        paragraph = self._paragraph(text)
        if self.width is None or paragraph.fits(self.width):
            return paragraph.line(), second
        if self.ellipsis:
            return paragraph.ellipsized(self.width), second
        line = paragraph.broken(self.width, anywhere=self.anywhere, hyphens=self.hyphens)
        return (line, line.end) if line else (paragraph.line(), second)

    def _paragraph(self, text: str) -> Paragraph:
        tab = self.tab or 8 * self.fonts.first(self.style).advance(0)
        key = (text, self.style, self.setting, tab)
        if key not in self.fonts.paragraphs:
            self.fonts.paragraphs[key] = Paragraph(text, self.fonts, self.style, self.setting, tab)
        found: Paragraph = self.fonts.paragraphs[key]
        return found
