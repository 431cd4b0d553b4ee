"""The one markdown-it-py instance and its rules; no other module knows it.

Text in, tokens out; tokens and a `Painter` in, HTML out. The tokens that are shown are the tokens that are run.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from deck import rules
from deck.errors import DeckError
from deck.model import Location
from deck.phrases import Piece, wrap

_DIRECTIVE = re.compile(r"\{([\w-]*)\}\s*(.*)$", re.DOTALL)
_TAG = re.compile(r"\A\s*<[a-z][a-z0-9]*(?=[\s>])")
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Directive:
    """A fence such as ```` ```{figure} a.py ````, as written."""

    name: str
    argument: str
    content: str
    offset: int
    """Characters from the `{` to the argument; 0 without one."""
    indent: int
    """Characters before the fence on its line."""


class Painter(Protocol):
    """What a page supplies to `render`: HTML for everything that is not plain Markdown."""

    def use(self, use: Any, within: str = "") -> str:
        """Return the HTML of a directive or role, from the `use` that parse attached; `within`: classes around it."""

    def use_text(self, use: Any) -> str:
        """Return a role's value as plain text, as far as it is known."""

    def advance(self, steps: int) -> int | None:
        """Meet the slide's next steps; return how many of them are done, None where all are."""

    def math(self, token_meta: dict[str, Any], tex: str) -> str:
        """Return the HTML of a formula."""

    def listing(self, text: str, language: str) -> str:
        """Return the HTML of code that is not run."""

    def image(self, token_meta: dict[str, Any], alt: str, attributes: str) -> str:
        """Return the HTML of a picture."""

    def footnote(self, number: int) -> str:
        """Return the HTML of a reference to a footnote."""

    @property
    def breaks(self) -> bool:
        """Whether lines break between Japanese phrases."""


def parse_text(path: str, text: str, html_allowed: bool = False) -> tuple[list[Token], list[DeckError]]:
    """Return the block tokens of a deck's body and all errors of its syntax."""
    errors: list[DeckError] = []
    env = {"path": path, "lines": text.split("\n"), "errors": errors, "html": html_allowed}
    try:
        tokens = _parser().parse(text, env)
    except RecursionError:
        return [], [DeckError("the text is nested too deep to be read", Location(path), "use fewer levels")]
    return tokens, errors


def parse_inline(text: str, at: Location) -> tuple[list[Token], list[DeckError]]:
    """Return the inline tokens of one line of text (a caption, a callout) that stands at `at`."""
    errors: list[DeckError] = []
    lines = (" " * (at.column - 1) + text).split("\n")
    env = {
        "path": at.path,
        "lines": [""] * (at.line - 1) + lines,
        "errors": errors,
        "html": False,
        "first": at.line - 1,
    }
    tokens = _parser().parseInline(text, env)
    return list(tokens[0].children or []), errors


def directive(token: Token) -> Directive | None:
    """Return what a fence such as ```` ```{figure} a.py ```` asks for, or None for one that is only shown."""
    match = _DIRECTIVE.match(token.info.strip()) if token.type == "fence" else None
    if not match:
        return None
    offset = match.start(2) if match[2] else 0
    return Directive(match[1], match[2].strip(), token.content, offset, token.meta.get("indent", 0))


def plain(tokens: Iterable[Token], painter: Painter | None = None) -> str:
    """Return inline tokens as text without markup: TeX and code as written, values from the painter."""
    parts = []
    for token in tokens:
        if token.type == "role":
            parts.append(painter.use_text(token.meta["use"]) if painter and "use" in token.meta else "…")
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image" or token.type == "inline":
            parts.append(plain(token.children or (), painter))
        elif token.type != "html_inline":
            parts.append(token.content)
    return "".join(parts)


def render(tokens: Sequence[Token], painter: Painter, numbered: bool = False) -> str:
    """Return block tokens as HTML; if `numbered`, each block's element tells its index: `data-block="3"`."""
    return _renderer(_parser()).render(tokens, _parser().options, {"painter": painter, "numbered": numbered})


def render_inline(tokens: Sequence[Token], painter: Painter) -> str:
    """Return inline tokens as HTML."""
    return _inline(tokens, {"painter": painter})


@cache
def _parser() -> MarkdownIt:
    parser = rules.create(_Renderer)
    renderer: Any = _renderer(parser)
    table: dict[str, Any] = renderer.rules
    for name in list(table):  # the plugins' own render rules would win over ours
        if name.startswith(("math_", "footnote_")):
            table[name] = getattr(renderer, name, renderer.nothing)
    return parser


def _renderer(parser: MarkdownIt) -> _Renderer:
    assert isinstance(parser.renderer, _Renderer)
    return parser.renderer


class _Renderer(RendererHTML):
    """HTML of the tokens that markdown-it does not know, and of those that we want otherwise."""

    def render(self, tokens: Sequence[Token], options: Any, env: Any) -> str:
        pieces = []
        for index, token in enumerate(tokens):
            rule = self.rules.get(token.type, self.renderToken)
            if token.type == "inline":
                pieces.append(_inline(token.children or (), env))
                continue
            piece = rule(tokens, index, options, env)
            pieces.append(_TAG.sub(rf'\g<0> data-block="{index}"', piece) if env["numbered"] else piece)
        return "".join(pieces)

    def renderInline(self, tokens: Sequence[Token], options: Any, env: Any) -> str:  # noqa: N802
        return _inline(tokens, env)

    def nothing(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return ""

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        painter: Painter = env["painter"]
        return (
            painter.use(token.meta["use"], " ".join(env.get("blocks", ())))
            if "use" in token.meta
            else painter.listing(token.content, token.info)
        )

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        painter: Painter = env["painter"]
        return painter.listing(tokens[idx].content, "")

    def math_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<div class="equation">{env["painter"].math(tokens[idx].meta, tokens[idx].content.strip())}</div>\n'

    def block_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        env["whole"] = tokens[idx].info == "formula"  # its labels break where the author breaks them
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
        if "fragment" in str(token.attrs.get("class", "")).split() and env["painter"].advance(1) == 0:
            token = token.copy(attrs={**token.attrs, "class": f"{token.attrs['class']} later"})
            return self.renderToken([token], 0, options, env)
        return self.renderToken(tokens, idx, options, env)

    def th_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<th scope="col"{self.renderAttrs(tokens[idx])}>'


def _inline(tokens: Sequence[Token], env: Any) -> str:
    """Return inline tokens as HTML whose lines break between phrases alone."""
    painter: Painter = env["painter"]
    pieces = [_piece(tokens, index, painter) for index in range(len(tokens))]
    return wrap(pieces) if painter.breaks and not env.get("whole") else "".join(piece.html for piece in pieces)


def _joins(tokens: Sequence[Token], index: int) -> bool:
    """Tell whether the line break at `index` stands beside a full-width character, where no space belongs."""
    sides = plain(tokens[index - 1 : index])[-1:] + plain(tokens[index + 1 : index + 2])[:1]
    return any(unicodedata.east_asian_width(char) in "WF" for char in sides)


def _piece(tokens: Sequence[Token], index: int, painter: Painter) -> Piece:
    token = tokens[index]
    match token.type:
        case "text":
            return Piece("text", html.escape(token.content, quote=False), token.content)
        case "softbreak":
            space = "" if _joins(tokens, index) else " "
            return Piece("text", space, space)
        case "role":
            return Piece("atom", painter.use(token.meta["use"]), painter.use_text(token.meta["use"]))
        case "math_inline":
            return Piece("atom", painter.math(token.meta, token.content), token.content)
        case "image":
            alt = plain(token.children or (), painter)
            attributes = RendererHTML.renderAttrs(
                Token("", "", 0, attrs={k: v for k, v in token.attrs.items() if k not in ("src", "alt")})
            )
            return Piece("atom", painter.image(token.meta, alt, attributes), "")
        case "footnote_ref":
            return Piece("glue", painter.footnote(token.meta["number"]), "")
        case "html_inline":
            return Piece("glue", _COMMENT.sub("", token.content), "")
    kind = {1: "open", -1: "close"}.get(token.nesting, "atom")
    options = _parser().options
    renderer = _renderer(_parser())
    if token.type in renderer.rules:
        return Piece(kind, renderer.rules[token.type](tokens, index, options, {}), token.content)
    return Piece(kind, renderer.renderToken(tokens, index, options, {}), token.content)
