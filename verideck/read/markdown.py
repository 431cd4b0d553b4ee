"""Parses Markdown into tokens, for all other modules."""

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

_CODE = re.compile(
    r"(?:\{\.(?P<pandoc>[\w+#-]+)(?P<attributes>[^}]*)\}|(?P<language>[^\s{\[]*))"
    r"[ \t]*(?P<steps>\{[^}]*\}|\[[^\]]*\])?"
)
"""`python {1|2-3}`, with the steps of Slidev or, in square brackets, of reveal.js; `{.python attributes}` of Pandoc."""
_LINES = re.compile(r"(?:(?:[\d\s,-]|all|\*)+\|?)+")
_NUMBERS = re.compile(r'code-line-numbers="([^"]*)"')
_DIRECTIVE = re.compile(r"\{([\w-]*)\}\s*(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Directive:
    """A fence such as ```` ```{figure} a.py ````."""

    name: str
    argument: str
    content: str
    offset: int
    """Number of characters from the `{` to the argument; 0 without an argument."""
    indent: int
    """Number of characters before the fence on its line."""


def parse_text(path: str, text: str, html_allowed: bool = False) -> tuple[list[Token], list[DeckError]]:
    """Return the block tokens of a deck's body and all syntax errors.

    A fence or comment that is not closed ends where the next slide begins.
    """
    errors: list[DeckError] = []
    lines = text.split("\n")
    references: dict[str, object] = {}
    tokens: list[Token] = []
    start: int | None = 0
    try:
        while start is not None:
            env = {"path": path, "lines": lines, "errors": errors, "html": html_allowed, "references": references}
            part = _parser().parse("\n" * start + "\n".join(lines[start:]), env)
            last, start = _resumption(part, lines)
            tokens += part[:last]
    except RecursionError:
        return [], [DeckError("the text is nested too deeply", Location(path), "use fewer levels")]
    return tokens, errors


def _resumption(tokens: Sequence[Token], lines: Sequence[str]) -> tuple[int, int | None]:
    """Return how many tokens are valid, and the line (from 0) at which parsing must resume.

    A block that is not closed contains the rest of the deck, so parsing resumes at the next `---` in it; None if there
    is no such block.
    """
    for index, token in enumerate(tokens):
        if token.level == 0 and token.map and token.meta.get("open") and not any(map(str.strip, lines[token.map[1] :])):
            rules = (line for line in range(token.map[0] + 1, token.map[1]) if lines[line].rstrip() == "---")
            if (rule := next(rules, None)) is not None:
                return index + 1, rule
    return len(tokens), None


def parse_inline(text: str, at: Location) -> tuple[list[Token], list[DeckError]]:
    """Return the inline tokens and the syntax errors of a text (a caption, a callout) that begins at `at`."""
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


@dataclass(frozen=True, slots=True)
class Code:
    """What the first line of a fence says that only shows code."""

    language: str
    steps: str
    """Lines that are highlighted step by step, as `:steps:` of a directive takes them; "" for none."""
    offset: int = 0
    """Number of characters from the beginning of the language to the steps."""
    unknown: str = ""
    """What stands in braces and is no steps."""


def code(token: Token) -> Code:
    """Return what a fence says about the code that it shows."""
    info = token.info.strip()
    match = _CODE.match(info)
    assert match
    language = match["pandoc"] or match["language"]
    if numbers := _NUMBERS.search(match["attributes"] or ""):
        text, offset = numbers[1], match.start("attributes") + numbers.start(1)
    elif match["steps"]:
        text, offset = match["steps"][1:-1], match.start("steps") + 1
    else:
        return Code(language, "")
    if not re.search(r"\d|\|", text) or not _LINES.fullmatch(text):
        return Code(language, "", offset, "" if match["steps"] and match["steps"][0] == "[" else text)
    return Code(language, text.replace("*", "all"), offset)


def directive(token: Token) -> Directive | None:
    """Return the directive of a fence such as ```` ```{figure} a.py ````, or None for a fence that only shows code."""
    match = _DIRECTIVE.match(token.info.strip()) if token.type == "fence" else None
    if not match:
        return None
    offset = match.start(2) if match[2] else 0
    return Directive(match[1], match[2].strip(), token.content, offset, token.meta.get("indent", 0))
