"""Cases as text: a Markdown file whose `##` sections each hold a deck, further files, and what is expected.

## A title
~~~~~~markdown              the deck, slides/a.md
~~~~~~python snippets/b.py  a file of the project; above the first `##` it is there for all cases
~~~~~~text                  what is expected
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

from verideck.core.files import replace

FOLDER = Path(__file__).parent / "cases"
DECK = "slides/a.md"

Render = Callable[["Case", Path], str]
"""What a case gives, in a folder of its own."""


@dataclass
class Case:
    """One section of a file of cases."""

    file: Path
    title: str
    files: dict[str, str] = field(default_factory=dict)
    expected: str = ""
    lines: tuple[int, int] = (0, 0)
    """First line and line after the last of the expectation, from 0."""

    def project(self, root: Path) -> Path:
        """Write the case's files below `root`."""
        for path, text in self.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(text.encode())
        return root


def files() -> list[Path]:
    """Return all files of cases."""
    return sorted(FOLDER.glob("*.md"))


def cases(file: Path) -> list[Case]:
    """Return a file's cases in order."""
    return list(_cases(file))


def _cases(file: Path) -> Iterator[Case]:
    tokens = MarkdownIt("commonmark").parse(file.read_text("utf-8"))
    common: dict[str, str] = {}
    case: Case | None = None
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            if case:
                yield case
            case = Case(file, tokens[index + 1].content, dict(common))
        elif token.type == "fence":
            language, _, path = token.info.strip().partition(" ")
            if path or language == "markdown":
                (case.files if case else common)[path or DECK] = token.content
            else:
                assert case, f"{file}: an expectation above the first title"
                assert token.map
                assert case.lines == (0, 0), f"{file}: two expectations in '{case.title}'"
                case.expected, case.lines = token.content, (token.map[0] + 1, token.map[1] - 1)
    if case:
        yield case


@cache
def rewrite(file: Path, render: Render, root: Path) -> None:
    """Write what a file's cases give now as what they expect."""
    lines = file.read_text("utf-8").split("\n")
    for index, case in reversed(list(enumerate(cases(file)))):
        assert case.lines != (0, 0), f"{file}: '{case.title}' has no block for its expectation"
        given = render(case, root / str(index))
        lines[slice(*case.lines)] = given.removesuffix("\n").split("\n") if given else []
    replace(file, "\n".join(lines).encode())  # whole: several workers of pytest-xdist may write it
