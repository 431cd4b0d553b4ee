"""Compares two drawings of a figure by structure, so that a difference is one that a reader can see."""

from __future__ import annotations

import base64
import io
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from itertools import zip_longest

from verideck.core.theme import COLOUR
from verideck.typeset.svg import NUMBER, REFERENCE, SVG, WORDS, ParsedSvg, UnsafeDrawing, parse_svg

_SAME_SHADE = 1
"""By this much of 255 a pixel's red, green, blue or opacity may differ: processors round differently."""
_INCIDENTAL = re.compile(rf"(?<=Matplotlib )v[\w.+-]+|\bns0:| xmlns:ns0=\"{SVG[1:-1]}\"")
"""The version of matplotlib, and ElementTree's names for SVG: they do not count as differences."""


def differences(before: str, after: str, tolerance: float) -> list[str]:
    """Return the differences of two drawings in words; [] if they are the same.

    Drawings are the same if their trees have the same elements, texts and attributes. Numbers may differ by `tolerance`
    relative to the larger, and by a thousandth of a pt. Ids may differ; references are compared by their targets.
    Comments, titles, style sheets and metadata (except matplotlib's version) are compared, too: viewers show them.
    """
    if before == after:
        return []
    try:
        old, new = parse_svg(before), parse_svg(after)
    except UnsafeDrawing as error:
        return [f"cannot be compared: {error}"]
    one, two = old.root, new.root
    found = [*_differ(one, two, "figure", tolerance, (_order(one), _order(two)))]
    # Changed references come last, because they often follow from another difference.
    found.sort(key=lambda difference: difference.endswith("something else"))
    if _repeated(one) != _repeated(two):
        names = ", ".join(f"'{name}'" for _, name in [*_repeated(one), *_repeated(two)])
        found.append(f"elements have the same id: {names}")
    pairs = zip_longest(_beside(before, old), _beside(after, new), fillvalue="nothing")
    return [*found, *(f"beside shapes and text: {_short(was)} → {_short(now)}" for was, now in pairs if was != now)]


def _beside(svg: str, drawing: ParsedSvg) -> list[str]:
    """Return the parts of an SVG file that are not shapes or text, by kind."""
    texts = [*re.findall(r"<!DOCTYPE[^>]*>|<!--.*?-->", svg, re.DOTALL), *drawing.beside]
    return [" ".join(_INCIDENTAL.sub("", text).split()) for text in texts]


def _repeated(root: ET.Element) -> list[tuple[int, str]]:
    """Return (position, id) of each element that repeats the id of an earlier element."""
    order = _order(root)
    named = ((index, element.get("id", "")) for index, element in enumerate(root.iter()))
    return [(index, name) for index, name in named if name and order[name] != index]


def _order(root: ET.Element) -> dict[str, int]:
    """Return id → position in the tree; for repeated ids, references point to the first element."""
    order: dict[str, int] = {}
    for index, element in enumerate(root.iter()):
        order.setdefault(element.get("id", ""), index)
    return order


_Orders = tuple[dict[str, int], dict[str, int]]


def _differ(one: ET.Element, two: ET.Element, where: str, tolerance: float, orders: _Orders) -> Iterator[str]:
    kind = one.tag.removeprefix(SVG)
    where = _place(one, where)
    if one.tag != two.tag:
        yield f"{where}: <{kind}> → <{two.tag.removeprefix(SVG)}>"
        return
    if one.get(WORDS) != two.get(WORDS):  # other letters have other shapes
        yield f"text '{one.get(WORDS, '')}' → '{two.get(WORDS, '')}'"
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
    """Return the name of the nearest group that matplotlib named, such as `line2d_5`; hashed ids do not count."""
    name = element.get("id", "")
    return name if element.tag == SVG + "g" and re.search(r"_\d+$", name) else where


def _count(element: ET.Element) -> str:
    tags = [child.tag.removeprefix(SVG) for child in element]
    return ", ".join(f"{tags.count(tag)} <{tag}>" for tag in dict.fromkeys(tags)) or "nothing"


def _changed(name: str, one: str, two: str, tolerance: float, orders: _Orders) -> str:
    """Return the change of an attribute in words; "" if it is within the tolerance."""
    if one == two and _targets(one, orders[0]) == _targets(two, orders[1]):
        return ""
    name = name.rpartition("}")[2]
    if one.startswith("data:") or two.startswith("data:"):
        return _changed_pixels(one, two)
    for first, second in zip_longest(COLOUR.findall(one), COLOUR.findall(two), fillvalue="none"):
        if first.lower() != second.lower():
            return f"colour {first} → {second}"
    if _targets(one, orders[0]) != _targets(two, orders[1]):
        return f"its {name} leads to something else"
    parts = _neutral(one), _neutral(two)
    if NUMBER.sub("0", parts[0]) != NUMBER.sub("0", parts[1]):
        return f"{name} '{_short(one)}' → '{_short(two)}'"
    numbers = [[float(number) for number in NUMBER.findall(part)] for part in parts]
    for index, (before, after) in enumerate(zip(*numbers, strict=True)):
        if not math.isclose(before, after, rel_tol=tolerance, abs_tol=1e-3):
            if name not in ("d", "points"):
                return f"{name} {before:g} → {after:g}"
            point = slice(index - index % 2, index - index % 2 + 2)
            return f"point {index // 2 + 1} moved by {math.dist(numbers[0][point], numbers[1][point]):.3g}"
    return ""


def _changed_pixels(one: str, two: str) -> str:
    """Return how many pixels of two pictures differ, in words; "" if none: files of the same pixels may differ."""
    import numpy as np
    from PIL import Image

    try:
        pictures = [Image.open(io.BytesIO(base64.b64decode(text.partition(",")[2]))) for text in (one, two)]
        before, after = (np.asarray(picture.convert("RGBA"), dtype=np.int16) for picture in pictures)
    except (ValueError, OSError):
        return "its pixels changed"
    if before.shape != after.shape:
        return f"{before.shape[1]} × {before.shape[0]} → {after.shape[1]} × {after.shape[0]} pixels"
    count = int((np.abs(before - after).max(axis=2) > _SAME_SHADE).sum())
    return f"{count:,} of {before.shape[0] * before.shape[1]:,} pixels changed" if count else ""


def _targets(value: str, order: Mapping[str, int]) -> list[int]:
    """Return the positions in the tree that the references of an attribute point to."""
    names = [value[1:]] if value.startswith("#") else REFERENCE.findall(value)
    return [order[name] for name in names if name in order]


def _neutral(value: str) -> str:
    """Return a value without colours and references, which are compared separately."""
    return "#" if value.startswith("#") else COLOUR.sub("#", REFERENCE.sub("url()", value))


def _short(value: str) -> str:
    return value if len(value) <= 40 else value[:40] + "…"
