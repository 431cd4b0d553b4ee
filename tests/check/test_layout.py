"""What does not fit on its slide, is too small or too pale: found in the PDF's pages, named and placed."""

from __future__ import annotations

import pytest

from tests.check.faults import (
    FIGURE,
    LINE,
    LINES,
    RUN,
    SCRIPT,
    TEXT,
    Faces,
    Fault,
    found_alone,
    svg,
)
from tests.harness import DeckTest
from verideck.check import layout as fitting
from verideck.core.project import Sources
from verideck.core.run_model import Figure, Result, Results
from verideck.core.theme import load_theme
from verideck.read import parser
from verideck.render.pdf import boxes
from verideck.render.pdf.layout import Anchor, Drawing, Layout, SlideLayout

pytestmark = pytest.mark.slow

FORMULA = "+".join(["x_1"] * 20)
FAULTS = [
    Fault("too tall by a line", "error overflow a.md:22: runs 54 px over the bottom", f"{LINES}\n\nLine 8."),
    Fault("thrice too tall", "error overflow a.md:22: over the bottom", f"{LINES}\n\n{LINES}\n\n{LINES}"),
    Fault(
        "into the footnotes",
        "error overflow a.md:20: px into the footnotes, from this text ('Line 7.1')",
        f"{LINES}[^n]\n\n[^n]: A note.",
    ),
    Fault(
        "a column too tall",
        "error overflow a.md:24: px over the bottom",
        f":::: columns\n::: column\n{LINES}\n\nLine 8.\n:::\n::: column\nShort.\n:::\n::::",
    ),
    Fault(
        "a line of code too wide",
        "error overflow a.md:10: this line of code is",
        f'```python\na = 1\nb = "{"b" * 99}"\n```',
    ),
    Fault(
        "a line of a script too wide",
        "error overflow snippets/a.py:2: this line of code is ",
        files={"snippets/a.py": f'# region fit\na = "{"全" * 90}"\n# endregion\n'},
    ),
    Fault(
        "output too wide",
        "error overflow a.md:8:13: this line of output is",
        "```{output} a.py\n```",
        stdout="o" * 120,
    ),
    Fault(
        "a table too wide",
        "error overflow a.md:8: this table is",
        f"| a | b |\n|---|---|\n| ${FORMULA}$ | ${FORMULA}$ |",
    ),
    Fault("a formula too wide", "error overflow a.md:8: this formula is", "$$\n" + "+".join(["x_1"] * 60) + "\n$$"),
    Fault(
        "a picture too tall",
        "error overflow a.md:14: px over the bottom",
        "\n\n".join(["Line."] * 3) + "\n\n![high](p.svg)",
    ),
    Fault(
        "a table too wide for its column",
        "error overflow a.md:10: this table is",
        f":::: columns\n::: column\n| a |\n|---|\n| ${FORMULA}$ |\n:::\n::: column\nShort.\n:::\n::::",
    ),
    Fault(
        "a footnote too wide",
        "error overflow a.md:10: px too wide for the slide",
        f"Text.[^n]\n\n[^n]: ${'+'.join(['x_1'] * 70)}$",
    ),
    Fault(
        "a callout beside a column",
        "error overflow a.md:10:14: px too wide for its column ('a callout that goes on')",
        ":::: columns\n::: column\n```{snippet} a.py\nfit: a callout that goes on\n```\n:::\n::: column\nx\n:::\n::::",
    ),
    Fault(
        "a callout over the next",
        "error overflow a.md:8:14: this callout ('many words many words') runs",
        f"```{{snippet}} a.py\nfit: {'many words ' * 9}\nout: more\n```",
        files={"snippets/a.py": "# region fit\na = 1\n# endregion\n# region out\nb = 1\n# endregion\n"},
    ),
    Fault(
        "a figure squeezed",
        "error overflow a.md:20:13: px of height, 23% of",
        f"{LINES[:-12]}\n\n{FIGURE}",
    ),
    Fault(
        "raw HTML too wide",
        "error overflow a.md:8: this block is 280 px",
        '<div style="width: 1400px">w</div>',
        html=True,
    ),
    Fault(
        "pale text",
        "error contrast a.md:8: 'pale' has too little contrast: #bbbbbb",
        '<p style="color: #bbb">pale</p>',
        html=True,
    ),
    Fault(
        "a formula with a pale colour",
        r"error contrast a.md:8:5: the formula '\textcolor{yellow}{x}' has too little contrast: #ffeb3d on",
        r"As $\textcolor{yellow}{x}$",
    ),
    Fault(
        "a formula with a colour that is dark in the dark mode",
        r"error contrast a.md:8:5: in the dark mode",
        r"As $\color{blue} x$",
    ),
    Fault("pale on its ground", "error contrast a.md:8: 'dark'", '<p style="background: #345">dark</p>', html=True),
    Fault(
        "pale text in a figure",
        "error contrast a.md:8:13: a text of this figure",
        FIGURE,
        figure=svg(TEXT.replace("#1b2130", "#999999")),
    ),
    Fault(
        "a figure on a section's ground",
        "error contrast a.md:14:13: a text of this figure has too little contrast: ink on ink has 1.0:1",
        f"T.\n\n---\n\n# S {{.section}}\n\n{FIGURE}",
        figure=svg(TEXT),
    ),
    Fault(
        "transparent text in a figure",
        "error contrast a.md:8:13: a text of this figure has too little contrast: ink on paper has 2.",
        FIGURE,
        figure=svg(TEXT.replace("fill:", "opacity: 0.4; fill:")),
    ),
    Fault(
        "gold on paper, which the dark mode alone can show",
        "error contrast a.md:8:13: too little contrast: #ffd700 on paper has 1.3:1 in the light mode",
        FIGURE,
        figure=svg(TEXT.replace("#1b2130", "#ffd700")),
    ),
    Fault(
        "navy in the dark mode",
        "error contrast a.md:8:13: in the dark mode",
        FIGURE,
        figure=svg(LINE.replace("#1d5fc4", "#000080")),
    ),
    Fault(
        "small text",
        "warning small-text a.md:8: 'tiny' is shown at 12.0 px",
        '<p style="font-size: 12px">tiny</p>',
        html=True,
    ),
    Fault(
        "small text in a figure",
        "warning small-text a.md:8:13: 'E' in this figure is shown at 11.1 px",
        FIGURE,
        figure=svg(TEXT.replace("15px", "8px")),
    ),
    Fault(
        "code shrunk",
        "warning small-text a.md:8:14: is shown at",
        "```{snippet} a.py\n```",
        files={"snippets/a.py": f"a = '{'a' * 140}'\n"},
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_named_and_placed(fault: Fault, deck: DeckTest, faces: Faces) -> None:
    found_alone(fault, deck, faces)


def test_the_frames_that_no_pdf_shows_are_judged(deck: DeckTest) -> None:
    deck.write("slides/a.md", f"# One\n\n{FIGURE.replace('a.py', 'a.py@*')}\n").write("snippets/a.py", SCRIPT)
    sources = Sources(deck.root)
    one, theme = parser.parse("slides/a.md", sources).valid(), load_theme(sources)
    drawn = [svg(LINE, TEXT), svg(LINE.replace("#1d5fc4", "#eeeeee"), TEXT.replace("15px", "8px"))]
    results: Results = {RUN: Result(figures=tuple(Figure("", figure) for figure in drawn))}
    shown = Drawing(Anchor("body", 0), 0.9, 250.0, 18.75, "E", (), "#fbfaf6")
    facts = boxes.with_all_frames(Layout((SlideLayout((), (), (shown,)),)), one, results)
    assert boxes.with_all_frames(facts, one, results) == facts
    (pale,) = fitting.pale(one.slides[0], facts.slides[0], theme.palette, "")
    (small,) = fitting.small_texts(one.slides[0], facts.slides[0])
    assert pale.message.startswith("a line of this figure's frame '2' has too little contrast: #eeeeee on paper")
    assert small.message.startswith("'E' in this figure's frame '2' is shown at 10.0 px")
