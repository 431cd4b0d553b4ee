"""Renders Markdown tokens as HTML, with the help of a `Renderer`."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Literal, Protocol

from markdown_it.presets import commonmark
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from verideck.core.deck_model import Use
from verideck.core.markdown_tokens import plain, use_of, value_of
from verideck.core.run_model import Step
from verideck.core.unseen import marked
from verideck.render import classes
from verideck.render.steps import Steps
from verideck.typeset.linebreak import Piece, breakable, wrap

BREAK = "\0"
"""Stands between the parts of a piece of HTML that are blocks of their own; no file has this character."""
_OPTIONS = OptionsDict(commonmark.make()["options"])
_TAG = re.compile(r"\A\s*<[a-z][a-z0-9]*(?=[\s>])")
_OPENING = re.compile(r'\A(\s*<[a-z][a-z0-9]*)((?:\s+(?!class=)[\w-]+="[^"]*")*)(?:\s+class="([^"]*)")?')
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)


class Renderer(Protocol):
    """Provides the HTML of everything that is not plain Markdown."""

    def use(self, use: Use, within: str = "") -> str:
        """Return the HTML of a directive or role; `within`: classes of the blocks around it."""

    def use_text(self, use: Use) -> str:
        """Return the value of a role as plain text; "" if it is not known."""

    @property
    def steps(self) -> Steps:
        """The steps of the slide."""

    @property
    def medium(self) -> Literal["screen", "print"]:
        """Where the HTML is shown."""

    def math(self, token: Token, tex: str) -> str:
        """Return the HTML of a formula."""

    @property
    def words(self) -> Mapping[str, Any]:
        """The words of the slide's language, by `core.messages`."""

    def listing(self, text: str, language: str, steps: Sequence[Step]) -> str:
        """Return the HTML of code that is not run."""

    def box(self, checked: bool) -> str:
        """Return the box before a task."""

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


def render(tokens: Sequence[Token], renderer: Renderer, numbered: bool = False, stepped: bool = True) -> str:
    """Return block tokens as HTML; if `numbered`, each block has an attribute with its index: `data-block="3"`.

    Without `stepped`, tokens of class `fragment` are no steps.
    """
    env = {"renderer": renderer, "numbered": numbered, "stepped": stepped}
    return _token_renderer().render(tokens, _OPTIONS, env)


def appearing(markup: str, step: int, renderer: Renderer) -> str:
    """Return an element that appears with a step, counted from 1; 0 leaves it unchanged."""
    if not step:
        return markup
    index = f' data-fragment-index="{step - 1}"' if renderer.medium == "screen" else ""
    later = " later" * renderer.steps.is_later(step)

    def marked(opening: re.Match[str]) -> str:
        others = [name for name in (opening[3] or "").split() if name != "fragment"]
        return f'{opening[1]}{opening[2]} class="{" ".join([*others, "fragment"])}{later}"{index}'

    return _OPENING.sub(marked, markup, count=1)


def render_inline(tokens: Sequence[Token], renderer: Renderer) -> str:
    """Return inline tokens as HTML."""
    return _inline(tokens, {"renderer": renderer, "stepped": True})


class _TokenRenderer(RendererHTML):
    """Renders the tokens that markdown-it does not know or renders differently."""

    def render(self, tokens: Sequence[Token], options: Any, env: Any) -> str:
        pieces = []
        steps: Steps = env["renderer"].steps
        for index, token in enumerate(tokens):
            rule = self.rules.get(token.type, self.renderToken)
            if token.type in ("th_open", "td_open", "th_close", "td_close"):
                env["cell"] = token.nesting == 1
            if token.type == "inline":
                pieces.append(_inline(token.children or (), env))
                continue
            opens, closes = (
                token.nesting == 1 or token.type == "block_open",
                token.nesting == -1 or token.type == "block_close",
            )
            step = _step(token, steps) if env["stepped"] else 0
            if not closes:
                steps.enter(step)
            for part in rule(tokens, index, options, env).split(BREAK):
                piece = appearing(part, step, env["renderer"])
                pieces.append(_TAG.sub(rf'\g<0> {classes.BLOCK}="{index}"', piece) if env["numbered"] else piece)
            if not opens:
                steps.leave()
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
            else renderer.listing(token.content, token.info, token.meta.get("steps", ()))
        )

    def code_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return marked(super().code_inline(tokens, idx, options, env))

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        renderer: Renderer = env["renderer"]
        return renderer.listing(tokens[idx].content, "", ())

    def math_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        formula = env["renderer"].math(tokens[idx], tokens[idx].content.strip())
        number = tokens[idx].meta.get("number", "")
        beside = f'<span class="equation-number">({html.escape(number)})</span>' if number else ""
        return f'<div class="{classes.EQUATION}">{formula}{beside}</div>\n'

    def block_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        env["whole"] = tokens[idx].info == "formula"  # lines in a formula block break only where the author breaks them
        env.setdefault("blocks", []).append(str(tokens[idx].attrs.get("class", "")))
        return f"<div{self.renderAttrs(tokens[idx])}>\n"

    def block_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        env["whole"] = False
        env["blocks"].pop()
        return "</div>\n"

    def html_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        content = _COMMENT.sub("", tokens[idx].content)
        return f"<div>{content}</div>" if "pause" in tokens[idx].meta else content

    def alert_title_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        word = "" if tokens[idx + 1].content else env["renderer"].words["alerts"][token.info]
        return f"<p{self.renderAttrs(token)}>{word}"

    def list_item_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        box = env["renderer"].box(token.meta["checked"]) if "checked" in token.meta else ""
        return self.renderToken(tokens, idx, options, env) + box

    def ordered_list_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """Return a list with room for its longest number."""
        token = tokens[idx]
        level, last = token.level, int(token.attrs.get("start", 1)) - 1
        for inner in tokens[idx + 1 :]:
            if inner.level <= level and inner.type == "ordered_list_close":
                break
            last += inner.type == "list_item_open" and inner.level == level + 1
        digits = len(str(last))
        room = {"style": f"padding-left:{1.3 + 0.56 * (digits - 1):.2f}em"} if digits > 1 else {}
        return self.renderToken([token.copy(attrs={**token.attrs, **room})], 0, options, env)

    def th_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<th scope="col"{self.renderAttrs(tokens[idx])}>'


def _step(token: Token, steps: Steps) -> int:
    """Count a token of class `fragment` as a step; return the step with which it appears, 0 for other tokens."""
    if "fragment" not in str(token.attrs.get("class", "")).split():
        return 0
    if "pause" in token.meta:
        return steps.after_pause(token.meta["pause"])
    steps.advance(1)
    return steps.count


@cache
def _token_renderer() -> _TokenRenderer:
    return _TokenRenderer()


def _inline(tokens: Sequence[Token], env: Any) -> str:
    """Return inline tokens as HTML; Japanese text can break only between phrases."""
    renderer: Renderer = env["renderer"]
    pieces = []
    for index, token in enumerate(tokens):
        step = _step(token, renderer.steps) if env["stepped"] else 0
        if token.nesting >= 0:
            renderer.steps.enter(step)
        piece = _piece(tokens, index, renderer)
        if env.get("cell") and token.type in ("text", "code_inline"):
            plain_text = html.escape(token.content, quote=token.type == "code_inline")
            piece = replace(piece, html=piece.html.replace(plain_text, breakable(token.content)))
        pieces.append(replace(piece, html=appearing(piece.html, step, renderer)) if step else piece)
        if token.nesting <= 0:
            renderer.steps.leave()
    return wrap(pieces) if renderer.breaks and not env.get("whole") else "".join(piece.html for piece in pieces)


def _joins(tokens: Sequence[Token], index: int) -> bool:
    """Tell whether the line break at `index` is next to a full-width character, so that it is not a space."""
    sides = plain(tokens[index - 1 : index])[-1:] + plain(tokens[index + 1 : index + 2])[:1]
    return any(unicodedata.east_asian_width(char) in "WF" for char in sides)


def _piece(tokens: Sequence[Token], index: int, renderer: Renderer) -> Piece:
    token = tokens[index]
    match token.type:
        case "text":
            escaped = html.escape(token.content, quote=False)
            seen = marked(escaped, code=False)
            return Piece("text" if seen == escaped else "atom", seen, token.content)
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
