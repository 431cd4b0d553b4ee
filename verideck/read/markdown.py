"""The one Markdown parser: text in, tokens out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from verideck.core.errors import DeckError
from verideck.core.run_model import Location
from verideck.read.syntax import create

_DIRECTIVE = re.compile(r"\{([\w-]*)\}\s*(.*)$", re.DOTALL)


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


@cache
def _parser() -> MarkdownIt:
    return create()


def directive(token: Token) -> Directive | None:
    """Return what a fence such as ```` ```{figure} a.py ```` asks for, or None for one that is only shown."""
    match = _DIRECTIVE.match(token.info.strip()) if token.type == "fence" else None
    if not match:
        return None
    offset = match.start(2) if match[2] else 0
    return Directive(match[1], match[2].strip(), token.content, offset, token.meta.get("indent", 0))
