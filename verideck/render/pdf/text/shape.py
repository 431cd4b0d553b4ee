"""Text to glyphs: runs of one font, script and spacing, each shaped by HarfBuzz."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import uharfbuzz
from fontTools import unicodedata as scripts
from uniseg.emoji import emoji_presentation

from verideck.render.pdf.text.fonts import UNITS, Face, Font, FontMap, Style
from verideck.render.pdf.text.segments import clusters

EMPTY = 0x0FFFFFFF
"""The glyph of what takes room, if any, and shows nothing."""
UNKNOWN = 0x10000000
"""Flag of a glyph that stands for a character which no font has: the rest is its code point."""
_UNSAFE = uharfbuzz.GlyphFlags.UNSAFE_TO_BREAK
_UNLIGATED = {"liga": 0, "clig": 0, "dlig": 0, "hlig": 0}
_PAIRS = "()<>[]{}«»‘’“”‹›⁅⁆⁽⁾₍₎⟦⟧⟨⟩⟪⟫⦃⦄⦅⦆〈〉《》「」『』【】〔〕〖〗〘〙〚〛"
_OPENS = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
_COMMON = ("Zyyy", "Zinh", "Zzzz")


class Glyph(NamedTuple):
    """A glyph of a run; lengths in 1/1024 px, upwards and to the right."""

    id: int
    at: int
    """Index of the first character that it shows."""
    advance: int
    dx: int = 0
    dy: int = 0
    unsafe: bool = False
    """Whether a line that begins with it would have to be shaped anew."""


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs of one font, for the characters [start, end)."""

    font: Font
    start: int
    end: int
    glyphs: tuple[Glyph, ...]
    item: Item | None = None
    """What it was shaped of; None for what a line adds to its text."""

    @property
    def spacing(self) -> int:
        """Between letters: half of it stands on each side of one."""
        return self.item.spacing if self.item else 0

    @property
    def width(self) -> int:
        return sum(glyph.advance for glyph in self.glyphs)


@dataclass(frozen=True, slots=True)
class Item:
    """Characters of a text that are shaped together."""

    start: int
    end: int
    face: Face
    script: str
    spacing: int


class Setting(NamedTuple):
    """How a text is set, beside its font."""

    language: str = ""
    features: tuple[tuple[str, int], ...] = ()
    spacings: tuple[tuple[int, int, int], ...] = ()
    """(first character, the one behind the last, spacing between letters); later ones replace earlier ones."""


def shape(text: str, fonts: FontMap, style: Style, setting: Setting) -> tuple[Run, ...]:
    """Return the runs of a text without breaks of lines."""
    items = itemize(text, fonts.choices(style), setting.spacings)
    return tuple(shape_item(text, item, style, setting, item.end) for item in items)


def shape_item(text: str, item: Item, style: Style, setting: Setting, end: int) -> Run:
    """Return the run of an item, as far as one of its characters."""
    font = item.face.at(style.size, style.weight, style.variations)
    if text[item.start] == "\t":
        return Run(font, item.start, end, (Glyph(EMPTY, item.start, 0),), item)
    features = item.face.features | dict(setting.features) | (_UNLIGATED if item.spacing else {})
    glyphs = _shaped(text, item.start, end, font, item.script, setting.language, features)
    if item.spacing:
        glyphs = _spaced(text, glyphs, item.spacing)
    return Run(font, item.start, end, tuple(glyphs), item)


def _shaped(
    text: str, start: int, end: int, font: Font, script: str, language: str, features: Mapping[str, int]
) -> list[Glyph]:
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text, start, end - start)
    buffer.direction, buffer.script = "ltr", script
    if language:
        buffer.language = language
    flags = uharfbuzz.BufferFlags
    buffer.flags = (flags.BOT if start == 0 else 0) | (flags.EOT if end == len(text) else 0)
    buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.invisible_glyph = EMPTY
    uharfbuzz.shape(font.hb, buffer, features)
    return [
        Glyph(
            info.codepoint or UNKNOWN | ord(text[info.cluster]),
            info.cluster,
            place[2],
            place[0],
            place[1],
            bool(info.flags & _UNSAFE),
        )
        for info, place in zip(buffer.glyph_infos, (one.position for one in buffer.glyph_positions), strict=True)
    ]


def halves(spacing: int) -> tuple[int, int]:
    """Return what of a spacing stands before a letter, and what behind; whole px where it is in px."""
    before = int(spacing / 2)
    if spacing % UNITS == 0:
        before = (before + UNITS // 2) // UNITS * UNITS
    return before, spacing - before


def _spaced(text: str, glyphs: Sequence[Glyph], spacing: int) -> list[Glyph]:
    """Return the glyphs with half of a spacing on each side of each cluster."""
    before, behind = halves(spacing)
    starts = set(clusters(text))
    found: list[Glyph] = []
    for place, glyph in enumerate(glyphs):
        first = place == 0 or glyphs[place - 1].at != glyph.at
        last = place == len(glyphs) - 1 or glyphs[place + 1].at != glyph.at
        if glyph.at not in starts:
            found.append(glyph._replace(dx=glyph.dx - behind) if first and not glyph.advance else glyph)
            continue
        if first and place:
            glyph = glyph._replace(advance=glyph.advance + before, dx=glyph.dx + before)
        if last and place < len(glyphs) - 1:
            glyph = glyph._replace(advance=glyph.advance + behind)
        found.append(glyph)
    return padded(padded(found, before, left=True), behind, left=False)


def padded(glyphs: Sequence[Glyph], by: int, *, left: bool) -> list[Glyph]:
    """Return glyphs with more room, or less, before the first that has a width, or behind the last."""
    found = list(glyphs)
    order = range(len(found)) if left else reversed(range(len(found)))
    for place in order:
        glyph = found[place]
        if glyph.advance:
            found[place] = glyph._replace(advance=max(0, glyph.advance + by), dx=glyph.dx + (by if left else 0))
            break
    return found


def itemize(text: str, faces: Sequence[Face], spacings: Sequence[tuple[int, int, int]]) -> Iterator[Item]:
    """Yield what is shaped together: one face, one script, one spacing; a tab is alone."""
    if not text:
        return
    chosen = _chosen_faces(text, faces)
    written = _scripts(text)
    spaces = [0] * len(text)
    for first, behind, spacing in spacings:
        spaces[first:behind] = [spacing] * (min(behind, len(text)) - first)
    start = 0
    for place in range(1, len(text) + 1):
        if (
            place == len(text)
            or chosen[place] is not chosen[start]
            or written[place] != written[start]
            or spaces[place] != spaces[start]
            or "\t" in text[place - 1 : place + 1]
        ):
            yield Item(start, place, chosen[start], written[start], spaces[start])
            start = place


def _chosen_faces(text: str, faces: Sequence[Face]) -> list[Face]:
    """Return each character's face: the first that has all of its cluster, else its base.

    Blanks and what is never seen take the face around them, the better one of two.
    """
    places: list[int | None] = []
    for start, end in pairwise(clusters(text)):
        places += [_place(text[start:end], faces)] * (end - start)
    blank = next((place for place, face in enumerate(faces) if face.covers(" ")), 0)
    before, behind = _filled(places), _filled(places[::-1])[::-1]
    chosen = []
    for own, *around in zip(places, before, behind, strict=True):
        better = min((place for place in around if place is not None), default=blank)
        chosen.append(faces[better if own is None else own])
    return chosen


def _filled(places: Sequence[int | None]) -> list[int | None]:
    """Return the places, each that is None as the one before it."""
    found: list[int | None] = []
    for place in places:
        found.append(found[-1] if place is None and found else place)
    return found


def _place(cluster: str, faces: Sequence[Face]) -> int | None:
    """Return which face shows a cluster; the first where none does, None where there is nothing to show."""
    seen = "".join(char for char in cluster if not _is_blank(char))
    if not seen:
        return None
    composed = unicodedata.normalize("NFC", seen)
    able = [place for place, face in enumerate(faces) if all(map(face.covers, composed))]
    able = able or [place for place, face in enumerate(faces) if all(map(face.covers, seen))]
    able = able or [place for place, face in enumerate(faces) if face.covers(seen[0])]
    if _is_emoji(cluster):
        able.sort(key=lambda place: not faces[place].coloured)
    return able[0] if able else 0


@lru_cache(None)
def _is_blank(char: str) -> bool:
    category = unicodedata.category(char)
    selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return selector or category in ("Cc", "Cf", "Cs", "Zl", "Zp") or (category == "Zs" and char != "\u1680")


@lru_cache(None)
def _is_emoji(cluster: str) -> bool:
    return "\ufe0f" in cluster or ("\ufe0e" not in cluster and emoji_presentation(cluster[0]))


def _scripts(text: str) -> list[str]:
    """Return each character's script; punctuation has that of what it follows, a closing bracket its opener's."""
    found: list[str] = []
    opened: list[tuple[str, str]] = []
    now = ""
    for char in text:
        script = _script(char)
        if script in _COMMON:
            script = now
            if char in _OPENS:
                opened.append((_OPENS[char], now))
            elif any(closing == char for closing, _ in opened):
                while (pair := opened.pop())[0] != char:
                    pass
                script = now = pair[1] or now
        elif not now:
            opened = [(closing, script) for closing, _ in opened]
        now = script or now
        found.append(script)
    first = next((script for script in found if script), "Zyyy")
    return [script or first for script in found]


@lru_cache(None)
def _script(char: str) -> str:
    return str(scripts.script(char))
