"""Converts TeX formulas to MathML."""

from __future__ import annotations

import html
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from verideck.typeset.ziamath_patches import FENCES

_LONGEST = 2000
"""Maximum length of a formula: the converter recurses in native code, and deep nesting would crash the process."""

_ELEMENTS = re.compile(
    "m(ath|frac|i|multiscripts|n|o|over|padded|phantom|prescripts|root|row|s|space|sqrt|style|sub|subsup|sup|table|td|text"
    "|tr|under|underover)"
)
"""MathML Core 1 (https://www.w3.org/TR/mathml-core/), without elements that refer to anything outside the formula."""

_ATTRIBUTES = re.compile(
    "accent(under)?|(column|row)span|depth|display(style)?|fence|form|height|largeop|linethickness|[lr]space|mathvariant"
    "|(max|min)size|movablelimits|scriptlevel|separator|stretchy|style|symmetric|voffset|width"
)
_STYLE = re.compile(r"(\s*[a-z-]+:[\w#%. -]*(;|$))*")


class TexError(ValueError):
    """A formula that cannot be converted; `position`: index of the character in the TeX, from 0."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.position = position


def mathml(tex: str, display: bool, symbols: Mapping[str, str]) -> str:
    """Return the MathML of a formula; `symbols`: letter → role, as class `sym sym-ROLE`. Raises TexError."""
    return _mathml(tex, display, tuple(sorted(symbols.items())))


@lru_cache(4096)
def _mathml(tex: str, display: bool, symbols: tuple[tuple[str, str], ...]) -> str:
    root = _checked(_converted(tex, display))
    root.set("alttext", tex)
    roles = {unicodedata.normalize("NFKC", symbol): role for symbol, role in symbols}
    accented = set()
    for element in root.iter():
        if element.tag == "mover" and element.get("accent") == "true" and _colour(element, element[0], roles):
            accented.add(element[0])
        elif element.tag == "mi" and element not in accented:
            _colour(element, element, roles)
    _correct(root)
    return ET.tostring(root, encoding="unicode", short_empty_elements=False)


def _converted(tex: str, display: bool) -> str:
    """Return the converter's MathML as XML, with HTML entities replaced by characters."""
    from math_core import LatexError

    if not tex.strip():
        raise TexError("it is empty")
    if len(tex) > _LONGEST:
        raise TexError(f"it is longer than {_LONGEST} characters", _LONGEST)
    try:
        text = str(_converter().convert_with_local_state(tex, displaystyle=display))
    except LatexError as error:
        # "POSITION: message."
        position, _, message = str(error).partition(": ")
        message = message.rstrip(".").replace('"', "'")
        raise TexError(message[:1].lower() + message[1:], int(position) if position.isdigit() else 0) from None
    return re.sub(r"&(?!(?:lt|gt|amp|quot|apos);)\w+;", lambda entity: html.unescape(entity[0]), text)


@cache
def _converter() -> Any:
    from math_core import LatexToMathML

    return LatexToMathML(fancy_error=False, max_expansions=200)


def _checked(text: str) -> ET.Element:
    """Return the tree of a formula that contains only MathML Core: no links, images, scripts, ids."""
    try:
        root = ET.fromstring(text)
    except ET.ParseError:
        raise TexError("it contains a character that is not allowed in a page") from None
    for element in root.iter():
        if not _ELEMENTS.fullmatch(element.tag):
            raise TexError(f"it needs <{element.tag}>, which browsers do not support in formulas")
        for name in element.attrib:
            if not _ATTRIBUTES.fullmatch(name):
                raise TexError(f"it needs the attribute '{name}', which is not allowed in formulas")
        if not _STYLE.fullmatch(element.get("style", "")):
            raise TexError("it needs a style that is not allowed")
    return root


def _colour(element: ET.Element, letter: ET.Element, roles: Mapping[str, str]) -> bool:
    """Give `element` a colour class if `letter` is a symbol (italic, bold or upright); return whether it is one."""
    role = roles.get(unicodedata.normalize("NFKC", letter.text or "")) if letter.tag == "mi" else None
    if role:
        element.set("class", f"sym sym-{role}")
    return role is not None


_FENCE = "0.43"
"""Width of a stretchy bracket in em; browsers use that of the tallest variant (MathML Core 1, 3.2.4.3)."""


_DESCENDING = frozenset("fgjpqyβγζημξρφχψϕ")


def _correct(root: ET.Element) -> None:
    """Correct uneven layout of browsers: wide brackets, low subscripts after descenders, low roots."""
    for element in list(root.iter()):
        if element.tag == "mo" and element.text in FENCES and element.get("stretchy") != "false":
            element.set("style", f"width:{_FENCE}em")
        elif element.tag in ("msub", "msubsup") and element[0].tag == "mi" and element[0].text in _DESCENDING:
            letter, element[0] = element[0], ET.Element("mpadded", depth="0")
            element[0].append(letter)
        elif element.tag in ("msqrt", "mroot"):
            _correct_root(element)
        elif element.tag == "mover" and element[1].text == "\u20d7":
            element[1].set("style", "padding-left:0.435em")  # a combining arrow is drawn to the left of its position
        elif element.tag == "mover" and element[1].text == "\u0332":
            element[1].text = "\u203e"  # the overline that stretches to the width of its base


def _correct_root(root: ET.Element) -> None:
    """Make all small roots equally high; correct the width, which in browsers is that of the tallest variant."""
    index = list(root[1:]) if root.tag == "mroot" else []
    row = ET.Element("mrow")
    row.append(ET.Element("mspace", height="0.7em", depth="0.2em"))
    row.extend(child for child in root if child not in index)
    root[:] = [row, *index]
    if {element.tag for element in row.iter()} <= {"mrow", "mspace", "mi", "mn", "mo", "msub", "mpadded"}:
        root.set("style", "margin-right:-0.4em")
