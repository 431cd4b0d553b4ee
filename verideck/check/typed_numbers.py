"""Finds numbers that are typed on a slide although a snippet computes them.

It looks for decimals, whole numbers of three or more digits, and percentages; not for dates, versions, parts of names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verideck.core import messages
from verideck.core.deck_model import Slide, passages
from verideck.core.errors import LineOf
from verideck.core.folders import snippet_name
from verideck.core.markdown_tokens import located, use_of
from verideck.core.run_model import Location, RunId, Value

if TYPE_CHECKING:
    from markdown_it.token import Token

_TYPED = re.compile(
    r"(?<![A-Za-z0-9_.])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+[eE][-+]?\d{1,3}|\d*\.\d+(?:[eE][-+]?\d{1,3})?)"
    r"(?![0-9_]|\.\d)"
    # 1,234 · 0.84 · .84 · 1.2e-3
    r"|(?<![A-Za-z0-9_./-])(?:\d{3,}|\d{2,}(?=\s?(?:%|per ?cent|Prozent|pour cent|パーセント)))"
    r"(?![0-9_/]|\.\d|-\d|\s?年)"  # 150 · 84 %
)
_PERCENT = re.compile(r"\s*(?:%|per ?cent\b|Prozent\b|pour cent\b|パーセント)")
_WITH_COMMA = ("cs", "da", "de", "es", "fi", "fr", "it", "nb", "nl", "no", "pl", "pt", "ru", "sv", "tr", "uk")
"""Languages with a decimal comma: 0,84."""
_WITH_POINTS = re.compile(r"(?<![\d.,])\d{1,3}(?:(?:\.\d{3})+(?=,\d)|(?:\.\d{3}){2,})(?!\d|\.\d)")
"""Points between thousands in these languages: 1.234 before a decimal comma, 1.234.567."""
_PERHAPS = re.compile(r"(?<![\w.,:/(\[{-])0,\d{2,}(?![\dA-Za-z_]|[.,]\d)")
"""A possible decimal in other languages, as 0,84: it counts only if it equals a value."""
_UNITS = {"万": 1e4, "億": 1e8}
_WITH_UNITS = re.compile(r"(?<![A-Za-z0-9_.,])\d[\d,]*(?:\.\d+)?(?:億(?:\d[\d,]*(?:\.\d+)?万)?|万)(?:\d[\d,]*\d)?")
"""12万, 1.2億, 1億2000万, 1万2345."""
_SEPARATORS = dict.fromkeys("\u2009\u202f\u00a0\u2007\u2008", "\x1f") | dict.fromkeys("'’", "\x1e")
"""Spaces and apostrophes between thousands."""
_EMPHASIS = re.compile(r"</?(?:b|i|em|strong|span|s|u|mark|small|del|ins)\b[^>]*>")
"""Raw HTML that may be within a word."""
_MARKUP = r"(?:[*_~`]+|<[^>]*>|\[|\](?:\{[^}]*\}|\([^)]*\))?)?"
"""Markup between the characters of a number in a deck."""
_PASTED = ("", "text", "txt", "plain", "plaintext", "output", "console", "none")
"""Languages of code blocks whose content is text, not code."""
_PRINTED = re.compile(r"(?<![\w.,:/-])[-+]?(?:\d+\.\d+|\d{3,})(?![\w:/-]|[.,]\w)")
"""Decimals and whole numbers of three or more digits in an output; not dates, times, versions."""
_NUMBER = re.compile(r"[-+−]?[\d.,'’\u2009\u202f\u00a0]+[万億]?\d*(?:[eE][-+]?\d+)?\s?%?")
"""Inline code that is only a number counts as text."""
_NEAR = 0.01
"""A typed decimal within 1 % of a value is probably an older result of it."""
_LARGEST = 1e300
"""Larger whole numbers may have no floating-point value."""
_REACH = 40
"""Maximum length of a directive in lines, to find numbers in its alternative text."""


@dataclass(frozen=True, slots=True)
class Number:
    """A typed number."""

    written: str
    """Its text in the deck."""
    size: float
    """Its value without sign."""
    digits: int
    """Number of decimals."""
    power: str
    """Format of a number with an exponent: `1e` for 1.2e-3; "" for others."""
    percent: bool
    """Whether a percent sign follows."""
    at: Location
    """Line and column of its first digit."""
    unit: float = 1.0
    """Factor of a unit: 10,000 for 万."""
    doubtful: bool = False
    """Whether it may be something else; it then counts only if it equals a value."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A value from a run, or its output (expression "")."""

    run: RunId
    expression: str
    value: Value
    recorded: bool
    """Whether it comes from the record, not from a fresh run."""


@dataclass(frozen=True, slots=True)
class Match:
    """The computed value that a typed number repeats."""

    message: str
    """Says what is typed and what is computed."""
    remedy: str
    """Says what to write instead."""


def numbers(slide: Slide, line_of: LineOf, lang: str = "") -> Iterator[Number]:
    """Yield the numbers in a slide's text, formulas, alternative texts, captions, callouts and notes.

    lang: language tag of the deck; some languages have a decimal comma.
    """
    comma = messages.primary(slide.lang or lang) in _WITH_COMMA
    taken: set[Location] = set()
    for text, at, last in _texts(slide):
        plain = _plain(text, comma)
        for start, end, number in sorted(_found(plain, comma), key=lambda one: one[0]):
            place = _place(text[start:end], at, last, line_of, taken)
            taken.add(place)
            yield replace(number, written=text[start:end], at=place)


def _plain(text: str, comma: bool) -> str:
    """Return a text of the same length with numbers in the form 12,345.6. comma: whether `text` has a decimal comma."""
    plain = "".join(_SEPARATORS.get(char) or _narrow(char) for char in text)
    if comma:
        plain = _WITH_POINTS.sub(lambda match: match[0].replace(".", "\x1f"), plain)
        plain = re.sub(r"(?<=\d),(?=\d)", ".", plain)
    plain = re.sub(r"(?<=\d)[\x1e\x1f](?=\d{3}(?!\d))", ",", plain)
    return plain.replace("\x1e", "'").replace("\x1f", " ")


def _found(plain: str, comma: bool) -> Iterator[tuple[int, int, Number]]:
    """Yield (start, end, number without location) for all numbers in a plain text."""
    for match in _WITH_UNITS.finditer(plain):
        if len(re.findall(r"\d", match[0])) > 1:
            yield match.start(), match.end(), _with_units(match[0])
    plain = _WITH_UNITS.sub(lambda match: " " * len(match[0]), plain)
    for match in () if comma else _PERHAPS.finditer(plain):
        number = match[0].replace(",", ".")
        yield (
            match.start(),
            match.end(),
            Number("", float(number), len(number) - 2, "", False, Location(""), doubtful=True),
        )
    for match in _TYPED.finditer(plain if comma else _PERHAPS.sub(lambda match: " " * len(match[0]), plain)):
        digits = match[0].replace(",", "")
        percent = bool(_PERCENT.match(plain, match.end()))
        mantissa, _, ten = digits.lower().partition("e")
        decimals = len(mantissa.partition(".")[2])
        power, decimals = (f"{decimals}e", max(decimals - int(ten), 0)) if ten else ("", decimals)
        yield match.start(), match.end(), Number("", float(digits), decimals, power, percent, Location(""))


def _with_units(written: str) -> Number:
    """Return the number in a text such as 1.2万, 1億2000万 or 1万2345."""
    parts = [(float(digits.replace(",", "")), unit) for digits, unit in re.findall(r"([\d,.]+)([万億]?)", written)]
    last = parts[-1][1]
    unit = _UNITS.get(last, 1.0)
    size = sum(amount * _UNITS.get(name, 1.0) for amount, name in parts) / unit
    digits = len(written.rstrip(last or None).rpartition(".")[2]) if "." in written else 0
    return Number("", size, digits, "", False, Location(""), unit=unit)


def same(number: Number, computed: Iterable[Computed]) -> Match | None:
    """Return the value that a typed number repeats: equal at its precision, else nearly equal; None without one.

    If there are several, fresh values come before recorded ones, and shorter expressions first.
    """
    found: list[tuple[tuple[bool, bool, bool, int], Match]] = []
    form = number.power or f"{number.digits}f"
    for one in computed:
        for expression, value in _leaves(one):
            scaled = abs(value) * (100 if number.percent and abs(value) <= 1 else 1) / number.unit
            exact = f"{scaled:.{form}}" == f"{number.size:.{form}}"
            if exact or (not number.doubtful and _is_near(number, scaled)):
                rank = not exact, one.recorded, not expression, len(expression)
                found.append((rank, _match(number, one, expression, value, exact=exact)))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _texts(slide: Slide) -> Iterator[tuple[str, Location, int]]:
    """Yield (text, location of its beginning, last line that it may be on); emphasis does not end a text."""
    for passage in passages(slide):
        last = passage.at.line + (_REACH if passage.at is not slide.at else 0)
        pieces: list[str] = []
        start = passage.at
        for token, at in located(passage.tokens, passage.at):
            if token.type == "text":
                start = start if pieces else at
                pieces.append(token.content)
            elif token.block or not (token.nesting or _EMPHASIS.fullmatch(token.content or "")):
                yield "".join(pieces), start, last
                pieces = []
            last = token.map[1] if token.map else last
            if _is_typed(token):
                yield _without_tex(token.content), at, last
        yield "".join(pieces), start, last


def _is_typed(token: Token) -> bool:
    """Tell whether a token without text content may have typed numbers: formulas, numbers as code, pasted output."""
    if token.type == "code_inline":
        return bool(_NUMBER.fullmatch(token.content))
    if token.type == "fence":
        return use_of(token) is None and token.info.strip() in _PASTED
    return token.type in ("math_inline", "math_block")


def _without_tex(source: str) -> str:
    """Return a formula in which numbers such as 12\\,345, 0{,}52 and 87\\% are written as in text."""
    source = re.sub(r"(?<=\d)\{([.,])\}(?=\d)", r"\1", source)
    return re.sub(r"(?<=\d)\\[,;:! ](?=\d{3})", ",", source).replace(r"\%", "%")


def _narrow(char: str) -> str:
    """Return the plain form of full-width digits, points and percent signs, and of the minus sign."""
    plain = unicodedata.normalize("NFKC", char).replace("−", "-")
    return plain if len(plain) == 1 else char


def _place(written: str, at: Location, last: int, line_of: LineOf, taken: set[Location]) -> Location:
    """Return the first location of a number that is not in `taken`; `at`, that of its text, if it is not found."""
    letters = _MARKUP.join(map(re.escape, written))
    whole = re.compile(rf"(?<![\d.]){letters}(?!\d)")
    for line in range(at.line, max(last, at.line) + 1):
        start = max(at.column - 1, 0) if line == at.line else 0
        for match in whole.finditer(line_of(at.path, line) or "", start):
            place = Location(at.path, line, match.start() + 1)
            if place not in taken:
                return place
    return at


def _leaves(one: Computed) -> Iterator[tuple[str, float]]:
    """Yield (expression, number) for all numbers in a value or in an output."""
    if not one.expression:
        yield from (("", float(text)) for text in _PRINTED.findall(str(one.value)))
        return
    simple = re.fullmatch(r"[\w.\[\]()'\"]+", one.expression)
    stack: list[tuple[str, Value]] = [(one.expression if simple else f"({one.expression})", one.value)]
    while stack:
        expression, value = stack.pop(0)
        if isinstance(value, int | float) and not isinstance(value, bool):
            if abs(value) < _LARGEST:
                yield (expression if value is not one.value else one.expression), value
        elif isinstance(value, list):
            stack += [(f"{expression}[{index}]", item) for index, item in enumerate(value)]
        elif isinstance(value, dict):
            stack += [(f"{expression}[{key!r}]", item) for key, item in value.items()]


def _is_near(number: Number, value: float) -> bool:
    """Tell whether a number and a value differ by one in the last digit, or decimals by 1 %; not for single digits."""
    if len(number.written.replace(",", "").replace(".", "").lstrip("0０")) < 2:
        return False
    apart = abs(round(value, number.digits) - number.size)
    if apart < 1.5 * 10.0**-number.digits:
        return True
    return number.digits > 0 and abs(value - number.size) <= _NEAR * number.size


def _match(number: Number, one: Computed, expression: str, value: float, *, exact: bool) -> Match:
    name = snippet_name(one.run.snippet)
    verb = ("gave" if one.recorded else "computes") if one.expression else ("printed" if one.recorded else "prints")
    message = f"{number.written} is typed, but {name} {verb} {'it' if exact and not one.recorded else f'{value:.6g}'}"
    if one.recorded:
        message += " when it was recorded, not now"
    elif not exact:
        message += ", nearly the same"
    if not expression:
        return Match(message, f"write {{eval}}`{name}: NAME`")
    if number.unit != 1:
        name_of_unit = next(name for name, unit in _UNITS.items() if unit == number.unit)
        remedy = f"write {{eval}}`{name}: {expression} / {number.unit:.0f}:.{number.digits}f`{name_of_unit}"
        return Match(message, remedy)
    form = f":.{number.digits}{'%' if number.percent and abs(value) <= 1 else 'f'}"
    if number.power:
        form = f":.{number.power}"
    elif not number.digits and isinstance(value, int) and not number.percent:
        form = ":," if "," in number.written else ""
    with_sign = " (with the % sign)" if form.endswith("%") else ""
    return Match(message, f"write {{eval}}`{name}: {expression}{form}`{with_sign}")
