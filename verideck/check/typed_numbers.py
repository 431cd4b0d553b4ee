"""Numbers typed on a slide by hand, and which of its snippets' values they repeat.

A decimal, a whole number of three digits or more, or a percentage; no dates, versions, parts of names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from verideck.core import messages
from verideck.core.deck_model import Slide, passages
from verideck.core.errors import LineOf
from verideck.core.folders import snippet_name
from verideck.core.markdown_tokens import located
from verideck.core.run_model import Location, RunId, Value

_TYPED = re.compile(
    r"(?<![A-Za-z0-9_.])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+[eE][-+]?\d+|\d*\.\d+(?:[eE][-+]?\d+)?)(?![0-9_]|\.\d)"
    # 1,234 · 0.84 · .84 · 1.2e-3
    r"|(?<![A-Za-z0-9_./-])(?:\d{3,}|\d{2,}(?=\s?%))(?![0-9_/]|\.\d|-\d|\s?年)"  # 150 · 84 %
)
_WITH_COMMA = ("de", "fr")
"""Languages that write 0,84."""
_PRINTED = re.compile(r"(?<![\w.,:/-])[-+]?(?:\d+\.\d+|\d{3,})(?![\w:/-]|[.,]\w)")
"""Decimals and whole numbers of three digits or more in an output; no dates, times, versions."""
_NUMBER = re.compile(r"[-+−]?[\d.,]+(?:[eE][-+]?\d+)?\s?%?")
"""Inline code that is a number is no code."""
_NEAR = 0.01
"""Typed decimals within 1 % of a value are likely to be that value as it once was."""
_LARGEST = 1e300
"""Whole numbers beyond have no floating-point form; nobody types them."""
_REACH = 40
"""Lines of a directive in which its alternative text is looked for."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that somebody typed."""

    written: str
    """As it stands in the deck."""
    size: float
    """Its value, without sign."""
    digits: int
    """Digits after the point."""
    power: str
    """Format of a number with a power of ten: `1e` for 1.2e-3; "" for others."""
    percent: bool
    """Whether `%` follows."""
    at: Location
    """Line and column of its first digit."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A value that a run gave, or all that it printed (expression "")."""

    run: RunId
    expression: str
    value: Value
    recorded: bool
    """From the record, not made now."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a typed number repeats."""

    message: str
    """What is typed and what is computed."""
    remedy: str
    """What to write instead."""


def numbers(slide: Slide, line_of: LineOf, lang: str = "") -> Iterator[Number]:
    """Yield the numbers in a slide's text, formulas, alternative texts, captions, callouts and notes, each located.

    lang: the deck's language; some write a comma before decimals.
    """
    comma = messages.primary(slide.lang or lang) in _WITH_COMMA
    taken: set[Location] = set()
    for text, at, last in _texts(slide):
        plain = "".join(_narrow(char) for char in text)
        if comma:
            plain = re.sub(r"(?<=\d),(?=\d)", ".", plain)
        for match in _TYPED.finditer(plain):
            place = _place(text[match.start() : match.end()], at, last, line_of, taken)
            taken.add(place)
            digits = match[0].replace(",", "")
            percent = plain[match.end() :].lstrip()[:1] == "%"
            mantissa, _, ten = digits.lower().partition("e")
            decimals = len(mantissa.partition(".")[2])
            power, decimals = (f"{decimals}e", max(decimals - int(ten), 0)) if ten else ("", decimals)
            yield Number(text[match.start() : match.end()], float(digits), decimals, power, percent, place)


def same(number: Number, computed: Iterable[Computed]) -> Match | None:
    """Return what a number repeats: a value to its digits, else one that it nearly is; None for neither.

    Of several the one with the shortest expression, of what is computed now before what was recorded.
    """
    found: list[tuple[tuple[bool, bool, bool, int], Match]] = []
    form = number.power or f"{number.digits}f"
    for one in computed:
        for expression, value in _leaves(one):
            scaled = abs(value) * (100 if number.percent and abs(value) <= 1 else 1)
            exact = f"{scaled:.{form}}" == f"{number.size:.{form}}"
            if exact or _is_near(number, scaled):
                rank = not exact, one.recorded, not expression, len(expression)
                found.append((rank, _match(number, one, expression, value, exact=exact)))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _texts(slide: Slide) -> Iterator[tuple[str, Location, int]]:
    """Yield (text, where it begins, last line in which it may stand)."""
    for passage in passages(slide):
        last = passage.at.line + (_REACH if passage.at is not slide.at else 0)
        for token, at in located(passage.tokens, passage.at):
            last = token.map[1] if token.map else last
            number = token.type == "code_inline" and _NUMBER.fullmatch(token.content)
            if number or token.type in ("text", "math_inline", "math_block"):
                yield token.content, at, last


def _narrow(char: str) -> str:
    """Return a character as its plain form: full-width digits, point and percent sign, the minus sign."""
    plain = unicodedata.normalize("NFKC", char).replace("−", "-")
    return plain if len(plain) == 1 else char


def _place(written: str, at: Location, last: int, line_of: LineOf, taken: set[Location]) -> Location:
    """Return where a number stands that is not among those `taken`; its text's own place where it cannot be found."""
    whole = re.compile(rf"(?<![\d.]){re.escape(written)}(?!\d)")
    for line in range(at.line, max(last, at.line) + 1):
        start = max(at.column - 1, 0) if line == at.line else 0
        for match in whole.finditer(line_of(at.path, line) or "", start):
            place = Location(at.path, line, match.start() + 1)
            if place not in taken:
                return place
    return at


def _leaves(one: Computed) -> Iterator[tuple[str, float]]:
    """Yield (expression, number) of all numbers in a value, or in what was printed."""
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
    """Whether the last digit differs by one, or a decimal by little; single digits are near to everything."""
    if len(number.written.replace(",", "").replace(".", "").lstrip("0０")) < 2:
        return False
    apart = abs(round(value, number.digits) - number.size)
    if apart < 1.5 * 10.0**-number.digits:
        return True
    return number.digits > 0 and abs(value - number.size) <= _NEAR * number.size


def _match(number: Number, one: Computed, expression: str, value: float, *, exact: bool) -> Match:
    name = snippet_name(one.run.snippet)
    verb = ("gave" if one.recorded else "computes") if one.expression else ("printed" if one.recorded else "prints")
    message = f"{number.written} is typed, and {name} {verb} {'it' if exact and not one.recorded else f'{value:.6g}'}"
    if one.recorded:
        message += " when it was recorded, not now"
    elif not exact:
        message += ": nearly the same"
    if not expression:
        return Match(message, f"show it from the script: {{eval}}`{name}: NAME`")
    form = f":.{number.digits}{'%' if number.percent and abs(value) <= 1 else 'f'}"
    if number.power:
        form = f":.{number.power}"
    elif not number.digits and isinstance(value, int) and not number.percent:
        form = ":," if "," in number.written else ""
    with_sign = " (it writes the % too)" if form.endswith("%") else ""
    return Match(message, f"write {{eval}}`{name}: {expression}{form}`{with_sign}")
