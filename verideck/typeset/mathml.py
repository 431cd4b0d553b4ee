"""Converts TeX formulas to MathML."""

from __future__ import annotations

import html
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import lru_cache
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
    "class|accent(under)?|(column|row)span|depth|display(style)?|fence|form|height|largeop|linethickness|[lr]space|mathvariant"
    "|(max|min)size|movablelimits|scriptlevel|separator|stretchy|style|symmetric|voffset|width"
)
_MACROS = {
    **dict.fromkeys(("mbox", "hbox", "textnormal", "textup", "textmd"), r"\text{#1}"),
    **dict.fromkeys(("mathds", "mathbbm"), r"\mathbb{#1}"),
    **dict.fromkeys(("si", "unit"), r"\mathrm{#1}"),
    **dict.fromkeys(("SI", "qty"), r"#1\,\mathrm{#2}"),
    "num": "#1",
    "substack": r"\begin{matrix}#1\end{matrix}",
    "textsuperscript": r"^{\text{#1}}",
    "textsubscript": r"_{\text{#1}}",
    "LaTeX": r"\text{LaTeX}",
    "TeX": r"\text{TeX}",
    "abs": r"\left|#1\right|",
    "norm": r"\left\|#1\right\|",
    "widetilde": r"\tilde{#1}",
    "mathnormal": "#1",
    "ensuremath": "#1",
}
"""Commands of LaTeX and its usual packages that the converter does not know."""

_ENVIRONMENTS = {
    **dict.fromkeys(("align", "alignat", "flalign", "split", "eqnarray"), "aligned"),
    **dict.fromkeys(("gather", "multline"), "gathered"),
    "smallmatrix": "matrix",
}
"""Environments that would number their lines, or that are unknown → those that do not."""
_ENVIRONMENT = re.compile(rf"\\(begin|end)\{{({'|'.join(_ENVIRONMENTS)}|equation)\*?\}}(?:(?<=alignat\}})\{{\d+\}})?")
_TAG = re.compile(r"\\tag\*?\{([^{}]*)\}")
_LABEL = re.compile(r"\\label\{[^{}]*\}")

_REMEDIES = (
    (r"\\(?:eq)?ref\b", "write the number itself, as in (1)"),
    (r"\\ce\b", r"write it with \mathrm: \mathrm{H_2O}"),
    (r"\\DeclareMathOperator\b", r"define it for the whole deck: `macros: {argmin: '\operatorname{argmin}'}`"),
    (r"\\(?:require|usepackage)\b", "remove it: no package is loaded; `macros` in the front matter defines commands"),
    (r"\\(?:tiny|small|large|Large|huge|normalsize)\b", "remove it: a formula has the size of its text"),
    (r"\\(?:color|fcolor)box\b", r"write \boxed{…}, or \textcolor{red}{…}"),
    (r"\\(?:href|url)\b", "put the link into the text: [text](address)"),
    (r"\\includegraphics\b", "write ![what it shows](name.png) in the text"),
    (r"\\intertext\b", "end the formula, write the text, and begin another formula"),
)  # fmt: skip
"""Command that is refused → what to write."""

_ENCLOSED = {"box", "updiagonalstrike", "downdiagonalstrike", "horizontalstrike"}
"""Kinds of <menclose> that style sheets draw."""

_STYLE = re.compile(r"(\s*[a-z-]+:[\w#%. -]*(;|$))*")


class TexError(ValueError):
    """A formula that cannot be converted."""

    def __init__(self, message: str, position: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.position = position
        """Index of the character in the TeX, from 0."""
        self.hint = hint
        """What to write; "" if there is no special advice."""


Macros = tuple[tuple[str, str], ...]
"""(name without backslash, TeX with `#1`, `#2` for arguments)."""


def mathml(tex: str, display: bool, symbols: Mapping[str, str], macros: Macros = ()) -> str:
    """Return the MathML of a formula; `symbols`: letter → role, as class `sym sym-ROLE`. Raises TexError."""
    return _mathml(tex, display, tuple(sorted(symbols.items())), macros)


@lru_cache(4096)
def _mathml(tex: str, display: bool, symbols: tuple[tuple[str, str], ...], macros: Macros) -> str:
    root = _checked(_converted(tex, display, macros))
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


def _converted(tex: str, display: bool, macros: Macros) -> str:
    """Return the converter's MathML as XML, with HTML entities replaced by characters."""
    from math_core import LatexError

    if not tex.strip():
        raise TexError("it is empty")
    if len(tex) > _LONGEST:
        raise TexError(f"it is longer than {_LONGEST} characters", _LONGEST)
    for pattern, hint in _REMEDIES:
        if match := re.search(pattern, tex):
            raise TexError(f"'{match[0]}' is not supported", match.start(), hint)
    try:
        text = str(_converter(macros).convert_with_local_state(_unnumbered(tex), displaystyle=display))
    except LatexError as error:
        raise _located(str(error), tex) from None
    return re.sub(r"&(?!(?:lt|gt|amp|quot|apos);)\w+;", lambda entity: html.unescape(entity[0]), text)


def _located(error: str, tex: str) -> TexError:
    """Return an error of the converter, `POSITION: message.`, as ours."""
    position, _, message = error.partition(": ")
    message = message.rstrip(".").replace('"', "'")
    at = int(position) if position.isdigit() else 0
    hint = ""
    if "within text mode" in message or "in text mode" in message:
        hint = r"a text holds no formula: end it before, as in \text{a } x \text{ b}; write \_ for _"
    elif "nknown command" in message:
        hint = "correct its name, or define it for the whole deck: `macros` in the front matter"
    return TexError(message[:1].lower() + message[1:], at, hint)


def _unnumbered(tex: str) -> str:
    """Return TeX without numbered lines, as long as it was up to the first change; `\\tag{1}` becomes (1) beside it."""
    tex = _ENVIRONMENT.sub(lambda match: f"\\{match[1]}{{{new}}}" if (new := _ENVIRONMENTS.get(match[2])) else "", tex)
    return _TAG.sub(r"\\qquad\\text{(\1)}", _LABEL.sub("", tex))


def check_macro(name: str, definition: str) -> None:
    """Raise TexError if a definition cannot be a macro."""
    from math_core import LatexError

    arguments = "{x}" * max((int(number) for number in re.findall(r"#([1-9])", definition)), default=0)
    try:
        _converter(((name, definition),)).convert_with_local_state(f"\\{name}{arguments}", displaystyle=True)
    except (LatexError, ValueError) as error:
        raise TexError(_located(str(error), definition).args[0]) from None


@lru_cache(64)
def _converter(macros: Macros) -> Any:
    from math_core import LatexToMathML

    return LatexToMathML(fancy_error=False, max_expansions=200, macros={**_MACROS, **dict(macros)})


def _checked(text: str) -> ET.Element:
    """Return the tree of a formula that contains only MathML Core: no links, images, scripts, ids."""
    try:
        root = ET.fromstring(text)
    except ET.ParseError:
        raise TexError("it contains a character that is not allowed in a page") from None
    _enclose(root)
    for element in list(root.iter("mtext")):
        _flatten(element)
    for element in root.iter():
        if not _ELEMENTS.fullmatch(element.tag):
            raise TexError(f"it needs <{element.tag}>, which browsers do not support in formulas")
        if not re.fullmatch(r"(?:enclosed-\w+ ?)*", element.get("class", "")):
            raise TexError("it needs a class that is not allowed")
        for name in element.attrib:
            if not _ATTRIBUTES.fullmatch(name):
                raise TexError(f"it needs the attribute '{name}', which is not allowed in formulas")
        if not _STYLE.fullmatch(element.get("style", "")):
            raise TexError("it needs a style that is not allowed")
    return root


_FACES = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "code": "monospace"}
_FIRST = {
    "bold": "\U0001d400\U0001d41a\U0001d7ce",
    "italic": "\U0001d434\U0001d44e ",
    "bold italic": "\U0001d468\U0001d482\U0001d7ce",
    "sans-serif": "\U0001d5a0\U0001d5ba\U0001d7e2",
    "monospace": "\U0001d670\U0001d68a\U0001d7f6",
}
"""Face → the first capital, small letter and digit of its alphabet (Unicode, Mathematical Alphanumeric Symbols)."""


def _flatten(text: ET.Element) -> None:
    """Replace the HTML in a text (`\\textbf`, `\\texttt`) by letters of mathematical alphabets, which all can draw."""

    def letters(element: ET.Element, faces: frozenset[str]) -> str:
        if element.tag == "span" and "sans-serif" in element.get("class", ""):
            faces = faces | {"sans-serif"}
        faces = faces | {_FACES[element.tag]} if element.tag in _FACES else faces
        inner = "".join(letters(child, faces) + _in_face(child.tail or "", faces) for child in element)
        return _in_face(element.text or "", faces) + inner

    if {child.tag for child in text.iter()} <= {"mtext", "span", *_FACES}:
        text.text = letters(text, frozenset())
        text[:] = []


def _in_face(text: str, faces: frozenset[str]) -> str:
    name = next((face for face in ("monospace", "sans-serif") if face in faces), " ".join(sorted(faces)))
    first = _FIRST.get(name)
    if not first:
        return text
    starts = [(low, chr_) for low, chr_ in zip("Aa0", first, strict=True) if chr_ != " "]
    table = {ord(low) + n: ord(new) + n for low, new in starts for n in range(10 if low == "0" else 26)}
    return text.translate(table | ({ord("h"): 0x210E} if name == "italic" else {}))


def _enclose(root: ET.Element) -> None:
    """Replace <menclose>, which is not MathML Core, by rows with classes that style sheets draw."""
    for element in root.iter("menclose"):
        kinds = element.attrib.pop("notation", "").split()
        if set(kinds) <= _ENCLOSED:
            element.tag = "mrow"
            element.set("class", " ".join(f"enclosed-{kind}" for kind in kinds))
            for child in [child for child in element if child.get("class", "").startswith("menclose-")]:
                element.remove(child)


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
        elif element.tag == "mtable" and element.get("displaystyle") == "true":
            _space_signs(element)
        if element.tag in _SCRIPTS:
            for table in (table for script in element[1:] for table in script.iter("mtable")):
                table.attrib.pop("scriptlevel", "")  # lines below a sum are as small as other limits


def _space_signs(table: ET.Element) -> None:
    """Set the space around a sign with which a cell of aligned lines begins, as TeX does: `a &+ b`."""
    for cell in (cell for row in table for cell in row[1:]):
        if len(cell) > 1 and cell[0].tag == "mo" and unicodedata.category((cell[0].text or " ")[0]) == "Sm":
            cell[0].set("form", "infix")


_SCRIPTS = ("msub", "msup", "msubsup", "munder", "mover", "munderover")


def _correct_root(root: ET.Element) -> None:
    """Make all small roots equally high; correct the width, which in browsers is that of the tallest variant."""
    index = list(root[1:]) if root.tag == "mroot" else []
    row = ET.Element("mrow")
    row.append(ET.Element("mspace", height="0.7em", depth="0.2em"))
    row.extend(child for child in root if child not in index)
    root[:] = [row, *index]
    if {element.tag for element in row.iter()} <= {"mrow", "mspace", "mi", "mn", "mo", "msub", "mpadded"}:
        root.set("style", "margin-right:-0.4em")
