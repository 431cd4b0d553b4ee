"""Markdown tokens: iteration, text, locations, and the data that parsing attaches to them."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from markdown_it.token import Token

from verideck.core.run_model import Location

if TYPE_CHECKING:
    from verideck.core.deck_model import EvalUse, Use


class Values(Protocol):
    """Provides the values of roles."""

    def use_text(self, use: Use) -> str:
        """Return the value of a role as plain text, "" if it is not known."""


def walk(tokens: Iterable[Token], *, within_pictures: bool = True) -> Iterator[Token]:
    """Yield each token and its inline children, depth first, in order; an image's children are its alternative text."""
    for token in tokens:
        yield token
        if token.children and (within_pictures or token.type != "image"):
            yield from walk(token.children, within_pictures=within_pictures)


def located(
    tokens: Iterable[Token], start: Location, *, within_pictures: bool = True
) -> Iterator[tuple[Token, Location]]:
    """Yield the tokens of `walk` with their locations; a token without a line has the line of the previous token."""
    line = start.line
    for token in walk(tokens, within_pictures=within_pictures):
        line = line_of(token) or line
        yield token, replace(place_of(token, start.path), line=line)


def line_of(token: Token) -> int:
    """Return the line on which a token begins, from 1; 0 if unknown."""
    return int(token.meta.get("line") or (token.map[0] + 1 if token.map else 0))


def place_of(token: Token, path: str) -> Location:
    """Return the location of a token: in the file that its slide includes, else in `path`."""
    return Location(token.meta.get("path", path), line_of(token), token.meta.get("column", 0))


def attach(token: Token, use: Use) -> None:
    """Store the use of a directive or role in its token."""
    token.meta["use"] = use


def use_of(token: Token) -> Use | None:
    """Return the use of a directive or role; None for other tokens."""
    return cast("Use | None", token.meta.get("use"))


class Picture(NamedTuple):
    """Content of an image file."""

    kind: str
    """Media type without `image/`: `png`, `svg+xml`."""
    data: bytes
    path: str
    """Path of the file."""

    @property
    def address(self) -> str:
        """The picture as a data: URL."""
        return f"data:image/{self.kind};base64,{base64.b64encode(self.data).decode()}"


def set_picture(token: Token, picture: Picture) -> None:
    """Store the content of an image in its token."""
    token.meta["picture"] = picture


def picture_of(token: Token) -> Picture:
    """Return the content of an image; every image of a parsed deck has one."""
    return cast("Picture", token.meta["picture"])


def set_mathml(token: Token, mathml: str) -> None:
    """Store the MathML of a formula in its token."""
    token.meta["mathml"] = mathml


def mathml_of(token: Token) -> str:
    """Return the MathML of a formula; "" for other tokens."""
    return str(token.meta.get("mathml", ""))


def value_of(token: Token) -> EvalUse:
    """Return the use of a role; every role of a parsed deck has one."""
    return cast("EvalUse", token.meta["use"])


def plain(tokens: Iterable[Token], values: Values | None = None) -> str:
    """Return inline tokens as text without markup: TeX and code as written, roles by `values` or as `…`."""
    parts = []
    for token in tokens:
        if token.type == "role":
            use = use_of(token)
            parts.append(values.use_text(use) if values and use else "…")
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image" or token.type == "inline":
            parts.append(plain(token.children or (), values))
        elif token.type != "html_inline":
            parts.append(token.content)
    return "".join(parts)
