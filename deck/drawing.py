"""A figure's SVG as matplotlib wrote it: made fit for a page, and compared by structure."""

from __future__ import annotations

import functools
import math
import re
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

_ROLES = ("paper", "ink", "soft", "rule", "w", "lam", "lam-wash", "err", "data", "code")
_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_SCALE = 100 / 72
"""px on a slide per pt of matplotlib: one inch is 100 px."""

_ELEMENTS = re.compile(
    "svg|g|defs|path|use|text|tspan|clipPath|rect|circle|ellipse|line|polyline|polygon|image|pattern"
    "|(linear|radial)Gradient|stop|symbol|mask"
)
_DROPPED = frozenset([_SVG + "metadata", _SVG + "style", _SVG + "title"])
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_INCIDENTAL = re.compile(rf"(?<=Matplotlib )v[\w.+-]+|\bns0:| xmlns:ns0=\"{_SVG[1:-1]}\"")
"""The version of the program that drew, and how ElementTree writes SVG's names."""
_PICTURE = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=\s]*")


class UnsafeDrawing(ValueError):
    """A drawing that holds more than shapes and text: scripts, handlers, links, foreign content."""


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """Colours by role (`#rrggbb`) of both themes, and sizes in px."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    size: Mapping[str, float]


@functools.lru_cache(maxsize=8)
def load_tokens(text: str) -> Tokens:
    """Read tokens.toml; raises ValueError for a role that is missing, unknown or no colour."""
    table = tomllib.loads(text)
    for theme in ("light", "dark"):
        colours = table.get(theme, {})
        wrong = set(_ROLES).symmetric_difference(colours)
        wrong |= {role for role, colour in colours.items() if not _COLOUR.fullmatch(str(colour))}
        if wrong:
            raise ValueError(
                f"[{theme}] needs one colour #rrggbb for each of {', '.join(_ROLES)}: see {', '.join(sorted(wrong))}"
            )
    return Tokens(table["light"], table["dark"], table.get("size", {}))


def custom_properties(tokens: Tokens) -> str:
    """Return CSS that defines `--ROLE` and `--size-NAME`: light, or dark by `data-theme` or the reader's system."""

    def block(colours: Mapping[str, str]) -> str:
        return "".join(f"--{role}:{colour};" for role, colour in colours.items())

    sizes = "".join(f"--size-{name}:{size:g}px;" for name, size in tokens.size.items())
    dark = f"color-scheme:dark;{block(tokens.dark)}"
    # Nested, so that a print engine passes over the query that it does not know.
    return (
        f":root{{color-scheme:light;{block(tokens.light)}{sizes}}}\n"
        f"@media screen{{:root[data-theme=dark]{{{dark}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme]){{{dark}}}}}}}\n"
    )


@functools.lru_cache(maxsize=512)  # while presenting, a deck is painted again and again
def screen(svg: str, scope: str, tokens: Tokens, title: str) -> str:
    """Return the figure for the screen page: the tokens' colours become `var(--ROLE)` and follow the theme.

    `scope` keeps its ids apart from those of other figures, `title` is its accessible name. Raises UnsafeDrawing.
    """
    # Two roles may share a colour: the first keeps it.
    roles = {colour.lower(): f"var(--{role})" for role, colour in reversed(list(tokens.light.items()))}
    root = _page(svg, scope, title, tokens.light["ink"], lambda colour: roles.get(colour.lower(), colour))
    return ET.tostring(root, encoding="unicode")


def print_(svg: str, scope: str, tokens: Tokens, title: str) -> str:
    """Return the figure for the print page, as `screen` does, its colours left as they were drawn (light)."""
    root = _page(svg, scope, title, tokens.light["ink"], lambda colour: colour)
    # WeasyPrint reads style="" as the page's CSS, which knows no `fill`; attributes it leaves to SVG.
    for element in root.iter():
        declarations = (part.split(":", 1) for part in element.attrib.pop("style", "").split(";") if ":" in part)
        element.attrib |= {name.strip(): value.strip() for name, value in declarations}
    return ET.tostring(root, encoding="unicode")


def _page(svg: str, scope: str, title: str, ink: str, colour: Callable[[str], str]) -> ET.Element:
    root, _ = _parse(svg)
    box = [float(number) for number in root.get("viewBox", "").split()]
    if len(box) != 4:
        raise UnsafeDrawing("it has no viewBox")
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        element.attrib = {
            name.removeprefix(_XLINK): _rewritten(name, value, scope, colour) for name, value in element.items()
        }
        element.text, element.tail = (part if part and part.strip() else None for part in (element.text, element.tail))
    # What matplotlib's own style sheet says, and ink for what it leaves to SVG's default, black.
    style = f"stroke-linejoin:round;stroke-linecap:butt;fill:{colour(ink)}"
    root.attrib = {
        "xmlns": _SVG[1:-1],
        "viewBox": root.get("viewBox", ""),
        "width": f"{box[2] * _SCALE:g}",
        "height": f"{box[3] * _SCALE:g}",
        "role": "img",
        "aria-labelledby": f"{scope}-title",
        "style": style,
    }
    name = ET.Element("title", {"id": f"{scope}-title"})
    name.text = title
    root.insert(0, name)
    return root


def _rewritten(name: str, value: str, scope: str, colour: Callable[[str], str]) -> str:
    """Return an attribute's value with its ids scoped, its colours replaced, its numbers short."""
    if name == "id":
        return f"{scope}-{value}"
    if name in ("href", _XLINK + "href"):
        return f"#{scope}-{value[1:]}" if value.startswith("#") else value
    if name in ("d", "x", "y", "points"):
        return _shortened(value)
    if "#" in value:
        value = _COLOUR.sub(lambda match: colour(match[0]), value)
        value = _REFERENCE.sub(rf"url(#{scope}-\1)", value)
    return value


def _shortened(data: str) -> str:
    """Return coordinates in pt to two decimals: a 70th of a px on a slide."""
    return " ".join(_round(part) if "." in part else part for part in data.split())


def _round(number: str) -> str:
    return f"{float(number):.2f}".rstrip("0").rstrip(".") if _NUMBER.fullmatch(number) else number


def _parse(svg: str) -> tuple[ET.Element, list[str]]:
    """Return the tree of shapes and text, and what is no part of it: metadata, style sheets; raises UnsafeDrawing."""
    # A document type may be named, as matplotlib does, not defined: entities could grow without end.
    if "<!ENTITY" in svg or "<!ATTLIST" in svg:
        raise UnsafeDrawing("it defines entities")
    if re.search(r"<\?(?!xml\s)", svg):
        raise UnsafeDrawing("it holds a processing instruction")
    dropped = []
    try:
        root = ET.fromstring(svg)
    except ET.ParseError as error:
        raise UnsafeDrawing(f"it is no XML: {error}") from None
    for element in root.iter():
        for child in [child for child in element if child.tag in _DROPPED]:
            dropped.append(ET.tostring(child, encoding="unicode"))
            element.remove(child)
        if not _ELEMENTS.fullmatch(element.tag.removeprefix(_SVG)):
            raise UnsafeDrawing(f"it holds <{element.tag.rpartition('}')[2]}>")
        for name, value in element.items():
            _refuse(name.lower(), value)
    return root, dropped


def _refuse(name: str, value: str) -> None:
    """Raise UnsafeDrawing for an attribute that runs something or reaches out of the drawing."""
    if name.startswith("on") or ("{" in name and not name.startswith((_XLINK, "{http://www.w3.org/xml"))):
        raise UnsafeDrawing(f"it has the attribute '{name}'")
    if name in ("href", _XLINK + "href") and not value.startswith("#") and not _PICTURE.fullmatch(value):
        raise UnsafeDrawing(f"it refers to '{value[:60]}'")
    if len(re.findall(r"url\s*\(|@import|expression|\\", value, re.IGNORECASE)) != len(_REFERENCE.findall(value)):
        raise UnsafeDrawing(f"its '{name}' refers to something outside")


# ---- Comparison ----


def differences(before: str, after: str, tolerance: float) -> list[str]:
    """Return in words how two drawings differ, [] if they are the same.

    Same = the same tree of elements, texts and attributes; numbers may differ by `tolerance` relative to the larger
    and by a thousandth of a pt. Ids are names alone: references are compared by what they lead to. What no slide shows
    of a drawing, a viewer of its file may: comments, titles, style sheets, metadata but for matplotlib's version.
    """
    if before == after:
        return []
    try:
        (one, rest), (two, other_rest) = _parse(before), _parse(after)
    except UnsafeDrawing as error:
        return [f"cannot be compared: {error}"]
    found = [*_differ(one, two, "figure", tolerance, (_order(one), _order(two)))]
    found.sort(key=lambda told: told.endswith("something else"))  # often no more than what follows from a change above
    if _repeated(one) != _repeated(two):
        names = ", ".join(f"'{name}'" for _, name in [*_repeated(one), *_repeated(two)])
        found.append(f"elements have the same id: {names}")
    pairs = zip_longest(_beside(before, rest), _beside(after, other_rest), fillvalue="nothing")
    return [*found, *(f"beside shapes and text: {_short(old)} → {_short(new)}" for old, new in pairs if old != new)]


def _beside(svg: str, dropped: list[str]) -> list[str]:
    """Return what a drawing's file holds beside shapes and text, in its order of kinds."""
    texts = [*re.findall(r"<!DOCTYPE[^>]*>|<!--.*?-->", svg, re.DOTALL), *dropped]
    return [" ".join(_INCIDENTAL.sub("", text).split()) for text in texts]


def _repeated(root: ET.Element) -> list[tuple[int, str]]:
    """Return position and id of each element that has the id of one before it."""
    order = _order(root)
    named = ((index, element.get("id", "")) for index, element in enumerate(root.iter()))
    return [(index, name) for index, name in named if name and order[name] != index]


def _order(root: ET.Element) -> dict[str, int]:
    """Return the position in the tree of each id: where several elements have one, references lead to the first."""
    order: dict[str, int] = {}
    for index, element in enumerate(root.iter()):
        order.setdefault(element.get("id", ""), index)
    return order


_Orders = tuple[dict[str, int], dict[str, int]]


def _differ(one: ET.Element, two: ET.Element, where: str, tolerance: float, orders: _Orders) -> Iterator[str]:
    kind = one.tag.removeprefix(_SVG)
    where = _place(one, where)
    if one.tag != two.tag:
        yield f"{where}: <{kind}> → <{two.tag.removeprefix(_SVG)}>"
        return
    for first, second in ((one.text, two.text), (one.tail, two.tail)):
        if (first or "").strip() != (second or "").strip():
            yield f"text '{(first or '').strip()}' → '{(second or '').strip()}'"
    for name in sorted({*one.keys(), *two.keys()} - {"id"}):
        change = _changed(name, one.get(name, ""), two.get(name, ""), tolerance, orders)
        if change:
            yield f"{kind} ({where}): {change}"
    if len(one) != len(two):
        yield f"{where}: {_count(one)} → {_count(two)}"
    for first_child, second_child in zip(one, two, strict=False):
        yield from _differ(first_child, second_child, where, tolerance, orders)


def _place(element: ET.Element, where: str) -> str:
    """Return the name of the nearest group that matplotlib named: `line2d_5`; hashed ids name nothing."""
    name = element.get("id", "")
    return name if element.tag == _SVG + "g" and re.search(r"_\d+$", name) else where


def _count(element: ET.Element) -> str:
    tags = [child.tag.removeprefix(_SVG) for child in element]
    return ", ".join(f"{tags.count(tag)} <{tag}>" for tag in dict.fromkeys(tags)) or "nothing"


def _changed(name: str, one: str, two: str, tolerance: float, orders: _Orders) -> str:
    """Return how an attribute changed, "" where it did not by more than the tolerance."""
    if one == two and _targets(one, orders[0]) == _targets(two, orders[1]):
        return ""
    name = name.rpartition("}")[2]
    if one.startswith("data:") or two.startswith("data:"):
        return "its pixels changed"
    for first, second in zip_longest(_COLOUR.findall(one), _COLOUR.findall(two), fillvalue="none"):
        if first.lower() != second.lower():
            return f"colour {first} → {second}"
    if _targets(one, orders[0]) != _targets(two, orders[1]):
        return f"its {name} leads to something else"
    parts = _neutral(one), _neutral(two)
    if _NUMBER.sub("0", parts[0]) != _NUMBER.sub("0", parts[1]):
        return f"{name} '{_short(one)}' → '{_short(two)}'"
    numbers = [[float(number) for number in _NUMBER.findall(part)] for part in parts]
    for index, (before, after) in enumerate(zip(*numbers, strict=True)):
        if not math.isclose(before, after, rel_tol=tolerance, abs_tol=1e-3):
            if name not in ("d", "points"):
                return f"{name} {before:g} → {after:g}"
            point = slice(index - index % 2, index - index % 2 + 2)
            return f"point {index // 2 + 1} moved by {math.dist(numbers[0][point], numbers[1][point]):.3g}"
    return ""


def _targets(value: str, order: Mapping[str, int]) -> list[int]:
    """Return where in the tree the references of an attribute lead."""
    names = [value[1:]] if value.startswith("#") else _REFERENCE.findall(value)
    return [order[name] for name in names if name in order]


def _neutral(value: str) -> str:
    """Return a value without what is compared apart: colours and references."""
    return "#" if value.startswith("#") else _COLOUR.sub("#", _REFERENCE.sub("url()", value))


def _short(value: str) -> str:
    return value if len(value) <= 40 else value[:40] + "…"
