"""Syntax highlighting: code as HTML with the classes of Pygments."""

from __future__ import annotations

import html
import sys
from collections.abc import Sequence
from functools import lru_cache

from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, _TokenType
from pygments.util import ClassNotFound

from verideck.core.cache import Memo
from verideck.core.hashing import engine_digest
from verideck.core.packages import installed
from verideck.core.unseen import marked


def _maker() -> str:
    return f"{engine_digest('typeset')} {installed(sys.path).get('pygments')}"


coloured: Memo[tuple[str, ...]] = Memo("code", tuple, _maker)
"""Language and lines of code → the result of `highlight`."""


def highlight(lines: Sequence[str], language: str) -> tuple[str, ...]:
    """Return each line as HTML with Pygments' short classes (`<span class="k">`); unknown languages are only escaped.

    Invisible characters are visible, as `core.unseen.marked` writes them.

    Lines hold no line break; as many come out as went in.
    """
    return coloured.get("\n".join([language, *lines]), lambda: _highlight(lines, language))


def is_language(name: str) -> bool:
    """Tell whether code in a language of this name is coloured."""
    try:
        return bool(_lexer(name))
    except ClassNotFound:
        return False


def _highlight(lines: Sequence[str], language: str) -> tuple[str, ...]:
    language = _session(lines) if language in ("python", "py") else language
    try:
        lexer = _lexer(language)
    except ClassNotFound:
        return tuple(marked(html.escape(line, quote=False)) for line in lines)
    rows = [""]
    # The lexer's preprocessing would remove blank lines and so shift lines.
    for _, kind, value in lexer.get_tokens_unprocessed("\n".join(lines) + "\n"):
        first, *rest = (_span(kind, piece) for piece in value.split("\n"))
        rows[-1] += first
        rows += rest
    return tuple(map(marked, rows[: len(lines)]))


def _session(lines: Sequence[str]) -> str:
    """Return the language of Python code: a session has prompts, a notebook's cell may have magics (`%time`, `!ls`)."""
    return "pycon" if any(line.lstrip().startswith(">>>") for line in lines) else "python"


_lexer = lru_cache(get_lexer_by_name)


def _span(kind: _TokenType, text: str) -> str:
    """Return the part of a token on one line as HTML."""
    name = next(STANDARD_TYPES[each] for each in reversed(kind.split()) if each in STANDARD_TYPES)
    escaped = html.escape(text, quote=False)
    return f'<span class="{name}">{escaped}</span>' if name and text.strip() else escaped
