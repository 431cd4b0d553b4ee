"""Fonts to set texts in: DejaVu as it comes with matplotlib, and a small one made here."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import matplotlib as mpl
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from verideck.render.pdf.text.fonts import Descriptors, FontMap, Style

SIZE = 10 * 1024
SANS = Style(families=("Sans",), size=SIZE)
MONO = Style(families=("Mono",), size=SIZE)
ADVANCE = 6165
"""Of each letter in MONO, 1/1024 px."""


def dejavu(name: str) -> bytes:
    return (Path(mpl.get_data_path()) / f"fonts/ttf/DejaVu{name}.ttf").read_bytes()


def font_map(*faces: tuple[str, Descriptors]) -> FontMap:
    """Return a map of DejaVu's faces; without any, of a proportional one and one for code."""
    made = FontMap()
    for name, descriptors in faces or (("Sans", Descriptors("Sans")), ("SansMono", Descriptors("Mono"))):
        made.add(dejavu(name), descriptors)
    return made


@cache
def tiny(letters: str, coloured: bool = False) -> bytes:
    """Return a font that has a square for each letter; in colours, yellow with a blue one within."""
    builder = FontBuilder(1000, isTTF=True)
    names = [".notdef", *(f"u{ord(letter):04X}" for letter in letters), "outer", "inner"]
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(letter): f"u{ord(letter):04X}" for letter in letters})
    glyphs = {name: _square(100, 800) for name in names} | {"inner": _square(300, 600)}
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (1000, 300 if name == "inner" else 100) for name in names})
    builder.setupHorizontalHeader(ascent=900, descent=-300)
    builder.setupNameTable({"familyName": "Tiny", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=900, sTypoDescender=-300, usWinAscent=900, usWinDescent=300)
    builder.setupPost()
    if coloured:
        builder.setupCOLR({name: [("outer", 0), ("inner", 1)] for name in names[1:-2]})
        builder.setupCPAL([[(1, 0.8, 0, 1), (0, 0, 1, 1)]])
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


def _square(low: int, high: int) -> object:
    pen = TTGlyphPen(None)
    pen.moveTo((low, low))
    for corner in ((low, high), (high, high), (high, low)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()
