"""The tree of tags of a PDF, as a test reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf


def elements(document: pikepdf.Pdf) -> Iterator[Any]:
    """Yield all elements of the tree of tags, parents first."""
    return within(document.Root.StructTreeRoot.K[0])


def within(element: Any) -> Iterator[Any]:
    """Yield an element of the tree of tags and all below it, parents first."""
    waiting = [element]
    while waiting:
        element = waiting.pop()
        yield element
        children: list[Any] = list(element.get("/K", []))
        waiting += [kid for kid in reversed(children) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def tagged(document: pikepdf.Pdf, tag: str) -> list[Any]:
    found = [element for element in elements(document) if str(element.S) == f"/{tag}"]
    assert found
    return found
