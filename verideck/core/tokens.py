"""Markdown tokens, read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from markdown_it.token import Token


class Values(Protocol):
    """What knows the values that roles show."""

    def use_text(self, use: Any) -> str:
        """Return a role's value as plain text, as far as it is known."""


def walk(tokens: Iterable[Token], *, within_pictures: bool = True) -> Iterator[Token]:
    """Yield each token and its inline children, depth first, in order; a picture's children are its words."""
    for token in tokens:
        yield token
        if token.children and (within_pictures or token.type != "image"):
            yield from walk(token.children, within_pictures=within_pictures)


def plain(tokens: Iterable[Token], values: Values | None = None) -> str:
    """Return inline tokens as text without markup: TeX and code as written, values from `values`."""
    parts = []
    for token in tokens:
        if token.type == "role":
            parts.append(values.use_text(token.meta["use"]) if values and "use" in token.meta else "…")
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image" or token.type == "inline":
            parts.append(plain(token.children or (), values))
        elif token.type != "html_inline":
            parts.append(token.content)
    return "".join(parts)
