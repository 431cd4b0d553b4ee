"""The one Markdown parser: text in, tokens out."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
    """Return the block tokens of a deck's body and all errors of its syntax.

    A fence or a comment that is never closed ends where the next slide begins.
    """
    errors: list[DeckError] = []
    lines = text.split("\n")
    references: dict[str, object] = {}
    tokens: list[Token] = []
    start: int | None = 0
    try:
        while start is not None:
            env = {"path": path, "lines": lines, "errors": errors, "html": html_allowed, "references": references}
            found = _parser().parse("\n" * start + "\n".join(lines[start:]), env)
            last, start = _swallowed(found, lines)
            tokens += found[:last]
    except RecursionError:
        return [], [DeckError("the text is nested too deep to be read", Location(path), "use fewer levels")]
    return tokens, errors


def _swallowed(tokens: Sequence[Token], lines: Sequence[str]) -> tuple[int, int | None]:
    """Return how many tokens there are before the rest of the deck is swallowed, and where that rest begins.

    Lines count from 0; None where nothing is swallowed.
    """
    for index, token in enumerate(tokens):
        if token.level == 0 and token.map and token.meta.get("open") and not any(map(str.strip, lines[token.map[1] :])):
            rules = (line for line in range(token.map[0] + 1, token.map[1]) if lines[line].rstrip() == "---")
            if (rule := next(rules, None)) is not None:
                return index + 1, rule
    return len(tokens), None


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
