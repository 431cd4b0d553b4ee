"""Markdown tokens: how they are walked, what they say, where they stand, what they take from runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from markdown_it.token import Token

from verideck.core.run_model import Location

if TYPE_CHECKING:
    from verideck.core.deck_model import EvalUse, Use


class Values(Protocol):
    """What knows the values that roles show."""

    def use_text(self, use: Use) -> str:
        """Return a role's value as plain text, as far as it is known."""


def walk(tokens: Iterable[Token], *, within_pictures: bool = True) -> Iterator[Token]:
    """Yield each token and its inline children, depth first, in order; a picture's children are its words."""
    for token in tokens:
        yield token
        if token.children and (within_pictures or token.type != "image"):
            yield from walk(token.children, within_pictures=within_pictures)


def located(
    tokens: Iterable[Token], start: Location, *, within_pictures: bool = True
) -> Iterator[tuple[Token, Location]]:
    """Yield what `walk` does, each with its place: one that does not know its line stands on that of the one before."""
    line = start.line
    for token in walk(tokens, within_pictures=within_pictures):
        line = line_of(token) or line
        yield token, replace(start, line=line, column=token.meta.get("column", 0))


def line_of(token: Token) -> int:
    """Return the line on which a token begins, from 1; 0 where it is not known."""
    return int(token.meta.get("line") or (token.map[0] + 1 if token.map else 0))


def attach(token: Token, use: Use) -> None:
    """Let a directive or role know what it takes from runs."""
    token.meta["use"] = use


def use_of(token: Token) -> Use | None:
    """Return what a directive or role takes from runs; None for other tokens."""
    return cast("Use | None", token.meta.get("use"))


class Picture(NamedTuple):
    """A picture's file."""

    kind: str
    """After `image/` in its media type: `png`, `svg+xml`."""
    data: bytes


def set_picture(token: Token, picture: Picture) -> None:
    """Let an image know its file."""
    token.meta["picture"] = picture


def picture_of(token: Token) -> Picture:
    """Return an image's file; every image has one once the deck is read."""
    return cast("Picture", token.meta["picture"])


def set_mathml(token: Token, mathml: str) -> None:
    """Let a formula know its MathML."""
    token.meta["mathml"] = mathml


def mathml_of(token: Token) -> str:
    """Return a formula's MathML; "" for other tokens."""
    return str(token.meta.get("mathml", ""))


def value_of(token: Token) -> EvalUse:
    """Return the value that a role shows; every role has one once the deck is read."""
    return cast("EvalUse", token.meta["use"])


def plain(tokens: Iterable[Token], values: Values | None = None) -> str:
    """Return inline tokens as text without markup: TeX and code as written, values from `values`."""
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
