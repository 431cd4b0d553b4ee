"""Writes the parts of the documentation that are generated from the engine's own tables.

They stand between `<!-- NAME -->` and `<!-- end -->` in docs/*.md; a test compares them with what this script writes.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

from verideck.check import RULES  # noqa: E402
from verideck.cli import _commands  # noqa: E402
from verideck.core import messages  # noqa: E402
from verideck.read.directives import DIRECTIVES  # noqa: E402


def directives() -> Iterator[str]:
    """Yield a section for each directive: argument, body, options."""
    for name, directive in DIRECTIVES.items():
        yield f"## `{{{name}}}`\n\n{directive.does}\n"
        yield f"- Argument: {directive.argument or 'none'}."
        yield f"- Body: {directive.body or 'none.'}\n"
        yield table(("option", "meaning"), ((f"`:{option}:`", text) for option, text in directive.options.items()))


def rules() -> Iterator[str]:
    """Yield a heading and a table for each group of rules."""
    titles = {
        "results": "Results",
        "stage": "Layout",
        "texts": "Text, links and pictures",
        "talk": "The talk as a whole",
        "verify": "The record, and the checks themselves",
    }
    for group, title in titles.items():
        rows = (
            (
                rule.code,
                f"`{rule.name}` ({rule.level}). {rule.sentence} *Remedy:* {escaped(messages.typed(rule.remedy))}.",
            )
            for rule in RULES.values()
            if rule.group == group
        )
        yield f"## {title}\n"
        yield table(("code", "rule"), rows)


def commands() -> Iterator[str]:
    """Yield a section for each command: what it does, its arguments and options."""
    for name, command in _commands.commands.items():
        context = click.Context(command, info_name=f"python build.py {name}")
        yield f"## {name}\n\n```sh\n{context.command.get_usage(context).removeprefix('Usage: ')}\n```\n"
        yield f"{inspect.cleandoc(command.help or '')}\n"
        rows = [option.get_help_record(context) for option in command.params if isinstance(option, click.Option)]
        shown = [(f"`{row[0]}`", row[1]) for row in rows if row]
        yield table(("option", "meaning"), shown) if shown else ""


def keys() -> Iterator[str]:
    """Yield a table of the keys that a deck's page knows."""
    rows = ((" ".join(f"`{key}`" for key in several), what) for several, what in messages.of("en")["to_keys"])
    yield table(("key", "action"), rows)


PARTS: dict[str, Callable[[], Iterable[str]]] = {
    "directives": directives,
    "rules": rules,
    "commands": commands,
    "keys": keys,
}
"""Name of a generated part → its lines."""


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [head, tuple("---" for _ in head), *(tuple(cell.replace("|", r"\|") for cell in row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def escaped(text: str) -> str:
    """Return plain text as Markdown: code is what stands in backticks, or a role with its backticks."""
    parts = re.split(r"(\{\w+\}`[^`]+`|`[^`]+`)", text)
    parts[::2] = (re.sub(r"([\[\]{}<>*!])", r"\\\1", part) for part in parts[::2])
    parts[1::2] = (part if part[0] == "`" else f"`` {part} ``" for part in parts[1::2])
    return "".join(parts)


def filled(text: str) -> str:
    """Return a page with its generated parts made anew."""

    def part(match: re.Match[str]) -> str:
        made = f"{match[1]}\n" + "\n".join(PARTS[match[2]]()) + f"\n{match[3]}"
        return re.sub(r"\n{3,}", "\n\n", made)

    return re.sub(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", part, text, flags=re.DOTALL)


if __name__ == "__main__":
    for page in DOCS.glob("*.md"):
        page.write_text(filled(page.read_text("utf-8")), "utf-8")
