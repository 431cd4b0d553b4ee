"""Renders Markdown tokens as HTML, with the help of a `Renderer`."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from markdown_it.presets import commonmark
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from verideck.core.deck_model import Use
from verideck.core.markdown_tokens import plain, use_of, value_of
from verideck.render import classes
from verideck.typeset.linebreak import Piece, wrap

_OPTIONS = OptionsDict(commonmark.make()["options"])
_TAG = re.compile(r"\A\s*<[a-z][a-z0-9]*(?=[\s>])")
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)


class Renderer(Protocol):
    """Provides the HTML of everything that is not plain Markdown."""

    def use(self, use: Use, within: str = "") -> str:
        """Return the HTML of a directive or role; `within`: classes of the blocks around it."""

    def use_text(self, use: Use) -> str:
        """Return the value of a role as plain text; "" if it is not known."""

    def advance(self, steps: int) -> int | None:
        """Count the next steps of the slide; return how many of them are taken, None to show the whole slide."""

    def math(self, token: Token, tex: str) -> str:
        """Return the HTML of a formula."""

    def listing(self, text: str, language: str) -> str:
        """Return the HTML of code that is not run."""

    def image(self, token: Token, alt: str, attributes: str) -> str:
        """Return the HTML of an image."""

    def footnote(self, number: int) -> str:
        """Return the HTML of a reference to a footnote."""

    @property
    def roles(self) -> Mapping[str, str]:
        """Return words that have a colour → name of the colour."""

    @property
    def breaks(self) -> bool:
        """Whether lines may break only between Japanese phrases."""


def render(tokens: Sequence[Token], renderer: Renderer, numbered: bool = False) -> str:
    """Return block tokens as HTML; if `numbered`, each block has an attribute with its index: `data-block="3"`."""
    return _token_renderer().render(tokens, _OPTIONS, {"renderer": renderer, "numbered": numbered})


def render_inline(tokens: Sequence[Token], renderer: Renderer) -> str:
    """Return inline tokens as HTML."""
    return _inline(tokens, {"renderer": renderer})


class _TokenRenderer(RendererHTML):
    """Renders the tokens that markdown-it does not know or renders differently."""

    def render(self, tokens: Sequence[Token], options: Any, env: Any) -> str:
        pieces = []
        for index, token in enumerate(tokens):
            rule = self.rules.get(token.type, self.renderToken)
            if token.type == "inline":
                pieces.append(_inline(token.children or (), env))
                continue
            piece = rule(tokens, index, options, env)
            pieces.append(_TAG.sub(rf'\g<0> {classes.BLOCK}="{index}"', piece) if env["numbered"] else piece)
        return "".join(pieces)

    def renderInline(self, tokens: Sequence[Token], options: Any, env: Any) -> str:  # noqa: N802
        return _inline(tokens, env)

    def nothing(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return ""

    footnote_block_open = footnote_block_close = footnote_open = footnote_close = footnote_anchor = nothing

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        renderer: Renderer = env["renderer"]
        return (
            renderer.use(use, " ".join(env.get("blocks", ())))
            if (use := use_of(token))
            else renderer.listing(token.content, token.info)
        )

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        renderer: Renderer = env["renderer"]
        return renderer.listing(tokens[idx].content, "")

    def math_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return (
            f'<div class="{classes.EQUATION}">{env["renderer"].math(tokens[idx], tokens[idx].content.strip())}</div>\n'
        )

    def block_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        env["whole"] = tokens[idx].info == "formula"  # lines in a formula block break only where the author breaks them
        env.setdefault("blocks", []).append(str(tokens[idx].attrs.get("class", "")))
        return f"<div{self.renderAttrs(tokens[idx])}>\n"

    def block_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        env["whole"] = False
        env["blocks"].pop()
        return "</div>\n"

    def html_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _COMMENT.sub("", tokens[idx].content)

    def list_item_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        if "fragment" in str(token.attrs.get("class", "")).split() and env["renderer"].advance(1) == 0:
            token = token.copy(attrs={**token.attrs, "class": f"{token.attrs['class']} later"})
            return self.renderToken([token], 0, options, env)
        return self.renderToken(tokens, idx, options, env)

    def th_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<th scope="col"{self.renderAttrs(tokens[idx])}>'


@cache
def _token_renderer() -> _TokenRenderer:
    return _TokenRenderer()


def _inline(tokens: Sequence[Token], env: Any) -> str:
    """Return inline tokens as HTML; Japanese text can break only between phrases."""
    renderer: Renderer = env["renderer"]
    pieces = [_piece(tokens, index, renderer) for index in range(len(tokens))]
    return wrap(pieces) if renderer.breaks and not env.get("whole") else "".join(piece.html for piece in pieces)


def _joins(tokens: Sequence[Token], index: int) -> bool:
    """Tell whether the line break at `index` is next to a full-width character, so that it is not a space."""
    sides = plain(tokens[index - 1 : index])[-1:] + plain(tokens[index + 1 : index + 2])[:1]
    return any(unicodedata.east_asian_width(char) in "WF" for char in sides)


def _piece(tokens: Sequence[Token], index: int, renderer: Renderer) -> Piece:
    token = tokens[index]
    match token.type:
        case "text":
            return Piece("text", html.escape(token.content, quote=False), token.content)
        case "softbreak":
            space = "" if _joins(tokens, index) else " "
            return Piece("text", space, space)
        case "role":
            return Piece("atom", renderer.use(value_of(token)), renderer.use_text(value_of(token)))
        case "math_inline":
            return Piece("atom", renderer.math(token, token.content), token.content)
        case "image":
            alt = plain(token.children or (), renderer)
            attributes = RendererHTML.renderAttrs(
                Token("", "", 0, attrs={k: v for k, v in token.attrs.items() if k not in ("src", "alt")})
            )
            return Piece("atom", renderer.image(token, alt, attributes), "")
        case "footnote_ref":
            return Piece("glue", renderer.footnote(token.meta["number"]), "")
        case "html_inline":
            return Piece("glue", _COMMENT.sub("", token.content), "")
    kind = {1: "open", -1: "close"}.get(token.nesting, "atom")
    token_renderer = _token_renderer()
    words = str(token.attrs.get("class", "")).split()
    if not renderer.roles.keys().isdisjoint(words):
        tokens, index = [token.copy(attrs={**token.attrs, "class": " ".join([*words, classes.ROLE])})], 0
    if token.type in token_renderer.rules:
        return Piece(kind, token_renderer.rules[token.type](tokens, index, _OPTIONS, {}), token.content)
    return Piece(kind, token_renderer.renderToken(tokens, index, _OPTIONS, {}), token.content)
