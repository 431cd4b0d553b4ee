"""Adds to the tags of a PDF what WeasyPrint 70 omits: languages, formulas, bounds of figures, text of links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from verideck.render import classes

_POINT = 0.75
"""pt per px."""
_JOINER = "\u2060"
"""Keeps Japanese phrases on one line."""


def watch(pages: Sequence[Any]) -> None:
    """Make each page record the marks of its boxes, which WeasyPrint discards when it writes the tags."""
    for page in pages:
        page.paint = _Painted(page)


class _Painted:
    """The `paint` method of a page, which also records the marks."""

    def __init__(self, page: Any) -> None:
        self._paint = page.paint
        self.marks: dict[Any, int] = {}

    def __call__(self, stream: Any, scale: float) -> None:
        self._paint(stream, scale)
        self.marks = {box: mark["mcid"] for box, mark in stream._tags.items()}


def complete(document: Any, file: Any) -> None:
    """Complete the tags before the file is written."""
    import pydyf
    from weasyprint.matrix import Matrix

    for page, elements in zip(document.pages, _elements(file), strict=False):
        whole = Matrix(_POINT, 0, 0, -_POINT, 0, page.height * _POINT)
        for box, matrix in _below(page._page_box, whole):
            mark = page.paint.marks.get(getattr(box, "_box", box))
            if mark is not None:
                _adapt(file.objects[_number(elements[mark])], box, matrix, document.metadata.lang)
            if box.link_annotation and (words := "".join(_words(box.element)).replace(_JOINER, "").strip()):
                box.link_annotation["Contents"] = pydyf.String(words)
            if box.element_tag == "th" and hasattr(box, "mark"):  # ISO 32000-1, table 349
                box.mark["A"]["Scope"] = "/Row" if box.element.get("scope") == "row" else "/Column"
    for element in (one for one in file.objects if isinstance(one, dict) and one.get("S") == "/L"):
        # A list may contain only items, not the line above them.
        element["K"] = pydyf.Array(kid for kid in element["K"] if file.objects[_number(kid)]["S"] != "/NonStruct")


def _elements(file: Any) -> Iterator[Any]:
    """Yield for each page the references to its elements, in order of their marks (ISO 32000-1, 14.7.4.4)."""
    root = file.objects[_number(file.catalog["StructTreeRoot"])]
    yield from file.objects[_number(root["ParentTree"])]["Nums"][1::2]


def _number(reference: bytes) -> int:
    return int(reference.split()[0])


def _below(box: Any, matrix: Any) -> Iterator[tuple[Any, Any]]:
    """Yield a box and its descendants, each with the matrix from its px to pt on the page."""
    if box.transformation_matrix:
        matrix = box.transformation_matrix @ matrix
    yield box, matrix
    for child in box.all_children():
        yield from _below(child, matrix)


def _adapt(element: Any, box: Any, matrix: Any, language: str) -> None:
    """Set the language if it is not that of the document, the type of formulas, and the bounds of figures."""
    import pydyf

    if box.style["lang"] != language:
        element["Lang"] = pydyf.String(box.style["lang"])
    if not hasattr(box, "replacement"):
        return
    if classes.TEX in (box.element.get("class") or "").split():
        element["S"] = "/Formula"
    left, top = box.content_box_x(), box.content_box_y()
    corners = matrix.transform_point(left, top + box.height), matrix.transform_point(left + box.width, top)
    element["A"]["BBox"] = pydyf.Array(round(length, 3) for corner in corners for length in corner)


def _words(element: Any) -> Iterator[str]:
    """Yield the text of an element and the alternative text of images."""
    yield element.get("alt") or element.text or ""
    for child in element:
        yield from _words(child)
        yield child.tail or ""
