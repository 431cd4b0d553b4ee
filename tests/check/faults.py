"""Decks with one fault each, and what the checks find in them: name and place of the fault, nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.harness import DeckTest
from verideck.check import runner
from verideck.check.registry import names
from verideck.core.deck_model import Deck
from verideck.core.errors import DeckErrors
from verideck.core.project import Sources
from verideck.core.run_model import Figure, Finding, Result, Results, RunId, Value
from verideck.core.theme import load_theme
from verideck.publish import builder
from verideck.read import parser
from verideck.render.pages import print_html
from verideck.render.pdf import document
from verideck.render.pdf.layout import Layout
from verideck.render.slides import slide_views
from verideck.typeset.fonts import Fonts

Faces = tuple[str, dict[str, Path]]

CLEAN = """\
---
title: A clean deck
lang: en
duration: 2min
---

# First {#first seconds=60}

A paragraph with a [link](#second), a [word]{.w}, `code` and $x^2$.

## Below

- one
- two

::: notes
Say this.
:::

---

# Second {#second eyebrow="Of $x$" seconds=60}

```{snippet} a.py
:steps: fit
```

```{figure} a.py
:alt: A line
Its slope is $w$.
```

::: notes
Say that.
:::
"""


SCRIPT = """\
# region fit
a = 1
# endregion
b = a
"""


def svg(*shapes: str) -> str:
    inside = "".join(shapes)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 200">{inside}</svg>'


TEXT = '<text style="font-size: 15px; fill: #1b2130" x="9" y="20">E</text>'
BAR = '<path d="M 0 0 L 99 0 L 99 40 L 0 40 z" style="fill: #1d5fc4; stroke: #ffffff"/>'
LINE = '<path d="M 0 0 L 9 9" style="fill: none; stroke: #1d5fc4"/>'
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900">%s</svg>'
RUN = RunId("snippets/a.py")
LINES = "\n\n".join(f"Line {number}." for number in range(1, 8))
FIGURE = "```{figure} a.py\n:alt: x\n```"


@dataclass(frozen=True)
class Fault:
    """A deck with one fault: an edit of the clean one, or a text of its own below `# One`."""

    name: str
    says: str
    """`level rule path:line[:column]: part of the message`."""
    body: str = ""
    edit: tuple[str, str] = ("", "")
    html: bool = False
    files: Mapping[str, str] = field(default_factory=dict)
    figure: str = svg(TEXT, LINE)
    stdout: str = "printed\n"
    more: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def text(self) -> str:
        assert self.edit[0] in CLEAN
        if not self.body:
            return CLEAN.replace(*self.edit)
        return f"---\ntitle: T\nhtml: {str(self.html).lower()}\n---\n\n# One\n\n{self.body}\n"


@dataclass(frozen=True)
class Seen:
    """What was found in a project."""

    findings: tuple[Finding, ...]
    layouts: Mapping[str, Layout]


def see(fault: Fault, deck: DeckTest, faces: Faces) -> Seen:
    """Return which rules are broken in the decks of a fault; raises DeckErrors for what is refused before."""
    deck.write("slides/p.svg", PICTURE % "").write("slides/o.svg", PICTURE % '<image href="https://x.org/b.svg"/>')
    deck.write("slides/a.md", fault.text).write("snippets/a.py", SCRIPT)
    for path, text in (*fault.files.items(), *fault.more.items()):
        deck.write(path, text)
    sources = Sources(deck.root)
    decks = [parser.parse(path, sources).valid() for path in sources.decks()]
    results: Results = {RUN: Result(fault.stdout, (Figure("", fault.figure),), values={"b": 1, **fault.values})}
    if wrong := builder.wrong_decks(decks, results, sources):
        raise DeckErrors(error for errors in wrong.values() for error in errors)
    laid_out = fault.says.split()[1:2] in ([], *([rule] for rule in names("stage")))
    layouts = {one.path: lay_out(one, results, sources, faces) for one in decks if laid_out}
    builds = builder.deck_builds(decks, results, sources, Fonts(deck.root))
    done = runner.check(builds, layouts, complete=not fault.body)
    slides = [slide for one in decks for slide in one.slides]
    return Seen((*(finding for slide in slides for finding in done.of(slide)), *done.others), layouts)


def lay_out(deck: Deck, results: Results, sources: Sources, faces: Faces) -> Layout:
    theme = load_theme(sources)
    css, files = faces
    return document.lay_out(
        print_html(deck, slide_views(deck, results, theme.palette, "print", False), theme, css), files
    )


def found_alone(fault: Fault, deck: DeckTest, faces: Faces) -> None:
    """Assert that the fault is found, named and placed, with a remedy, and nothing else is."""
    level, rule, where, what = re.fullmatch(r"(\w+) (\S+) (\S+): (.*)", fault.says).groups()  # type: ignore[union-attr]
    (found,) = see(fault, deck, faces).findings
    assert (found.level, found.rule) == (level, rule)
    assert str(found.at) in (where, f"slides/{where}")
    assert what in found.message
    assert found.hint
