"""Decks with one fault each: what goes wrong on stage is found, named and placed; the clean deck has none of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests import machine
from tests.harness import DeckTest
from tests.screen import Screen
from verideck.check import layout as fitting
from verideck.check import runner
from verideck.check.registry import names
from verideck.core.deck_model import Deck
from verideck.core.errors import DeckErrors
from verideck.core.project import Sources
from verideck.core.run_model import Figure, Finding, Result, Results, RunId
from verideck.core.theme import load_theme
from verideck.publish import builder
from verideck.read import parser
from verideck.render import assets
from verideck.render.pages import print_html
from verideck.render.pdf import document, frames
from verideck.render.pdf.layout import Anchor, Drawing, Layout, SlideLayout, layout_from_json, layout_to_json
from verideck.render.slides import slide_views
from verideck.run import record
from verideck.typeset.fonts import Fonts

pytestmark = pytest.mark.slow

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
ASCII = "".join(map(chr, range(0x20, 0x7F))) + "λ“”…·全"


def svg(*shapes: str) -> str:
    inside = "".join(shapes)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 200">{inside}</svg>'


TEXT = '<text style="font-size: 15px; fill: #1b2130" x="9" y="20">E</text>'
BAR = '<path d="M 0 0 L 99 0 L 99 40 L 0 40 z" style="fill: #1d5fc4; stroke: #ffffff"/>'
LINE = '<path d="M 0 0 L 9 9" style="fill: none; stroke: #1d5fc4"/>'
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900">%s</svg>'
RUN = RunId("snippets/a.py")


@dataclass(frozen=True)
class Fault:
    """A deck with one fault: an edit of the clean one, or a text of its own below `# One`."""

    name: str
    says: str
    """`level gate path:line[:column]: part of the message`."""
    body: str = ""
    edit: tuple[str, str] = ("", "")
    html: bool = False
    files: Mapping[str, str] = field(default_factory=dict)
    figure: str = svg(TEXT, LINE)
    stdout: str = "printed\n"
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        assert self.edit[0] in CLEAN
        if not self.body:
            return CLEAN.replace(*self.edit)
        return f"---\ntitle: T\nhtml: {str(self.html).lower()}\n---\n\n# One\n\n{self.body}\n"


LINES = "\n\n".join(f"Line {number}." for number in range(1, 8))
FIGURE = "```{figure} a.py\n:alt: x\n```"
WORDS = " ".join(["word"] * 100)

FAULTS = [
    Fault("too tall by a line", "error overflow a.md:22: runs 54 px over the foot", f"{LINES}\n\nLine 8."),
    Fault("two pages", "error overflow a.md:22: in the PDF the slide takes 2 pages", f"{LINES}\n\n{LINES}\n\n{LINES}"),
    Fault(
        "into the footnotes",
        "error overflow a.md:20: px into the footnotes, from this text ('Line 7.1')",
        f"{LINES}[^n]\n\n[^n]: A note.",
    ),
    Fault(
        "a column too tall",
        "error overflow a.md:24: px over the foot",
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
        "a table too wide", "error overflow a.md:8: this table is", f"| a | b |\n|---|---|\n| {'w' * 60} | {'v' * 60} |"
    ),
    Fault("a formula too wide", "error overflow a.md:8: this formula is", "$$\n" + "+".join(["x_1"] * 60) + "\n$$"),
    Fault(
        "a picture too tall",
        "error overflow a.md:14: px over the foot",
        "\n\n".join(["Line."] * 3) + "\n\n![high](p.svg)",
    ),
    Fault(
        "a table too wide for its column",
        "error overflow a.md:10: this table is",
        f":::: columns\n::: column\n| a |\n|---|\n| {'w' * 40} |\n:::\n::: column\nShort.\n:::\n::::",
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
        "error overflow a.md:20:13: px of height are left for this figure, 23% of",
        f"{LINES[:-12]}\n\n{FIGURE}",
    ),
    Fault(
        "raw HTML too wide",
        "error overflow a.md:8: this block is 280 px",
        '<div style="width: 1400px">w</div>',
        html=True,
    ),
    Fault("a glyph in prose", "error glyph a.md:8:5: no embedded font has '😀' (U+1F600 GRINNING FACE)", "Ha! 😀"),
    Fault("a glyph in code", "error glyph a.md:9:5: 'ᚠ' (U+16A0", "```text\na = ᚠ\n```"),
    Fault("a sign that formulas have", "error glyph a.md:8:3: '≒' (U+2252", "1 ≒ 2, $1 ≒ 2$."),
    Fault("a glyph in a formula", "error glyph a.md:8:11: '日' (U+65E5", r"So $\text{日}$."),
    Fault("a glyph in a figure", "error glyph a.md:8:13: in this figure", FIGURE, figure=svg(TEXT.replace("E", "⛵"))),
    Fault("a glyph in the notes", "error glyph a.md:17:10: '😀'", edit=("Say this.", "Say this 😀.")),
    Fault(
        "a glyph beside a slider",
        "error glyph a.md:8:13: in this slider",
        f"{FIGURE[:-3]}:label: 😀\n```",
    ),
    Fault("a glyph in the front matter", "error glyph a.md:2:10: '😀'", edit=("title: A", "title: A 😀")),
    Fault("a glyph in a title", "error glyph a.md:7:9: '😀'", edit=("# First", "# First 😀")),
    Fault("a picture without words", "error alt a.md:8:1: this picture has no alternative text", "![](p.svg)"),
    Fault(
        "raw HTML without words",
        "error alt a.md:8: this <img> has",
        '<img src="data:image/png;base64,AA==">',
        html=True,
    ),
    Fault(
        "a request in HTML",
        "error outside a.md:9: 'https://x.org/a.png'",
        '<p>\n<img alt="a" src="https://x.org/a.png">',
        html=True,
    ),
    Fault(
        "a request in CSS",
        "error outside a.md:9: '//x.org/a'",
        "<style>\np { background: url(//x.org/a) }\n</style>",
        html=True,
    ),
    Fault("a request in a picture", "error outside a.md:8:1: 'https://x.org/b.svg'", "![a](o.svg)"),
    Fault(
        "a style sheet of a picture",
        "error outside a.md:8:1: 'https://x.org/b.css'",
        "![a](q.svg)",
        files={"slides/q.svg": '<?xml-stylesheet href="https://x.org/b.css"?>' + PICTURE % ""},
    ),
    Fault(
        "a request in a frame",
        "error outside a.md:8: 'https://x.org/a'",
        "<iframe title=\"a\" srcdoc=\"<img alt='a' src='https://x.org/a'>\"></iframe>",
        html=True,
    ),
    Fault(
        "a request of a style in a line of text",
        "error outside a.md:8:30: 'https://x.org/a'",
        'A <svg aria-label="a"><style>rect { fill: url(https://x.org/a) }</style></svg>.',
        html=True,
    ),
    Fault(
        "a request in a template",
        "error outside templates/print.css:1: 'https://x.org/a.css'",
        "Text.",
        files={"templates/print.css": '@import "https://x.org/a.css";'},
    ),
    Fault("a broken link", "error broken-link a.md:9: no slide has the id 'secnd'", edit=("(#second)", "(#secnd)")),
    Fault("a link to a file that is not there", "error broken-link a.md:8: no file 'b.html'", "See [this](b.html)."),
    Fault("a broken link in the notes", "error broken-link a.md:17: 'secnd'", edit=("Say this", "Say [this](#secnd)")),
    Fault(
        "a broken link above the title",
        "error broken-link a.md:7: 'secnd'",
        edit=("s=60}\n\nA", 's=60 eyebrow="[a](#secnd)"}\n\nA'),
    ),
    Fault(
        "a link into another deck",
        "error broken-link a.md:8: no slide of b has the id 'frist'",
        "See [this](b.html#first), [that](b.pdf), [all](index.html) and [there](b.html#frist).",
        more={"slides/b.md": CLEAN},
    ),
    Fault(
        "a link to a deck's text",
        "error broken-link a.md:8: no file 'b.md'",
        "See [this](b.md).",
        more={"slides/b.md": CLEAN},
    ),
    Fault(
        "a link to a file of this machine",
        "error broken-link a.md:8:1: no file 'file:",
        '<a href="file:///a">a</a>',
        html=True,
    ),
    Fault(
        "an id of the page",
        "error duplicate-id a.md:7: 'deck-help' is one of the page's own",
        edit=("#first s", "#deck-help s"),
    ),
    Fault("an id that stands twice", "error duplicate-id a.md:9: 'second' stands twice", edit=("]{.w}", "]{#second}")),
    Fault(
        "pale text", "error contrast a.md:8: 'pale' is too pale: #bbbbbb", '<p style="color: #bbb">pale</p>', html=True
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
        "error contrast a.md:14:13: a text of this figure is too pale: ink on ink has 1.0:1",
        f"T.\n\n---\n\n# S {{.section}}\n\n{FIGURE}",
        figure=svg(TEXT),
    ),
    Fault(
        "transparent text in a figure",
        "error contrast a.md:8:13: a text of this figure is too pale: ink on paper has 2.",
        FIGURE,
        figure=svg(TEXT.replace("fill:", "opacity: 0.4; fill:")),
    ),
    Fault(
        "white on a bar that the dark theme brightens",
        "error contrast a.md:8:13: a text of this figure is too pale: #ffffff on w has 2.1:1 in the dark theme",
        FIGURE,
        figure=svg(BAR, TEXT.replace("#1b2130", "#ffffff")),
    ),
    Fault(
        "black in the dark theme",
        "error contrast a.md:8:13: in the dark theme",
        FIGURE,
        figure=svg(LINE.replace("#1d5fc4", "#000000")),
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
    Fault("a heading that skips a level", "warning heading-order a.md:11: of level 3", edit=("## Below", "### Below")),
    Fault("a heading of raw HTML", "warning heading-order a.md:9: of level 4", "<div>\n<h4>t</h4></div>", html=True),
    Fault("a second title", "warning heading-order a.md:11: second title", edit=("## Below", "# Below")),
    Fault("a link without text", "warning empty-link a.md:9: this link has no text", edit=("[link]", "[]")),
    Fault("raw HTML's link without text", "warning empty-link a.md:8:4: no text", 'Go <a href="#one"></a>.', html=True),
    Fault("a heading without text", "warning heading-order a.md:11: this heading has no text", edit=("# Below", "#")),
    Fault("a link to nowhere", "warning empty-link a.md:9: leads nowhere", edit=("(#second)", "()")),
    Fault(
        "a snippet that no slide uses",
        "warning unused snippets/b.py: no slide uses this",
        files={"snippets/b.py": "b = 1\n"},
    ),
    Fault("a region that no slide uses", "warning unused snippets/a.py:1: 'fit'", edit=(":steps: fit\n", "")),
    Fault(
        "a callout to what is not shown",
        "warning unused a.md:9: the callout 'out'",
        "```{snippet} a.py#fit\nout: here\n```",
        files={"snippets/a.py": f"{SCRIPT}# region out\nb = 1\n# endregion\n"},
    ),
    Fault("no notes", "warning notes a.md:7: has no notes", edit=("::: notes\nSay this.\n:::\n", "")),
    Fault(
        "longer than the talk",
        "warning time a.md:7: planned for 2:40, the talk for 2:00",
        edit=("seconds=60}\n\n`", "seconds=100}\n\n`"),
    ),
    Fault(
        "notes too long",
        "warning time a.md:22: notes take about 1:32 to say, the slide is planned for 1:00",
        edit=("Say that.", f"{WORDS} {WORDS}"),
    ),
    Fault(
        "notes longer than the talk",
        "warning time a.md:7: the notes take about 2:",
        edit=("::: notes\n", f"::: notes\n{WORDS} {WORDS[:250]}\n"),
    ),
    Fault(
        "an edition behind",
        "warning editions a.de.md:7: 1 slides here, 2 in",
        more={"slides/a.de.md": CLEAN.partition("\n---\n\n# Second")[0].replace("#second", "#first")},
    ),
    Fault(
        "an edition without a value",
        "warning editions a.de.md:7: the values here: none; in slides/a.md:7: b",
        edit=("`code`", "{eval}`a.py: b`"),
        more={"slides/a.de.md": CLEAN},
    ),
    Fault(
        "an edition that shows something else",
        "warning editions a.de.md:22: code a.py lines 1-2; in slides/a.md:22: code a.py lines 1-2, figure a.py",
        more={"slides/a.de.md": re.sub(r"```{figure}.*?```", "", CLEAN, flags=re.DOTALL)},
    ),
]

REFUSED = [
    Fault("a figure without words", "a.md:8:13: the figure has no `:alt:`", "```{figure} a.py\n```"),
    Fault("a picture that is not there", "a.md:8:1: no file 'slides/q.png'", "![a](q.png)"),
    Fault("a picture on the web", "a.md:8:1: 'https://x.org/a.png' is not in the project", "![a](https://x.org/a.png)"),
    Fault("two slides with one id", "a.md:22: two slides have the id 'first'", edit=("#second e", "#first e")),
    Fault(
        "a request in a figure",
        "a.md:8:13: refers to 'https://x.org/a.png'",
        FIGURE,
        figure=svg('<image href="https://x.org/a.png"/>'),
    ),
]
"""What is refused before any page is made."""


@pytest.fixture(scope="module")
def faces(fonts: Path) -> tuple[str, dict[str, Path]]:
    """Return one set of fonts for all decks: cutting them to each would take seconds."""
    return assets.print_fonts(dict.fromkeys(("text", "code", "math"), ASCII), Fonts(fonts.parent))


@dataclass(frozen=True)
class Seen:
    """What was found in a project."""

    findings: tuple[Finding, ...]
    layouts: Mapping[str, Layout]


def see(fault: Fault, deck: DeckTest, faces: tuple[str, dict[str, Path]]) -> Seen:
    """Return what the gates find in the decks of a fault; raises DeckErrors for what is refused before."""
    deck.write("slides/p.svg", PICTURE % "").write("slides/o.svg", PICTURE % '<image href="https://x.org/b.svg"/>')
    deck.write("slides/a.md", fault.text).write("snippets/a.py", SCRIPT)
    for path, text in (*fault.files.items(), *fault.more.items()):
        deck.write(path, text)
    sources = Sources(deck.root)
    decks = [parser.parse(path, sources) for path in sources.decks()]
    results: Results = {RUN: Result(fault.stdout, (Figure("", fault.figure),), values={"b": 1})}
    builder.check_shown(decks, results, sources)
    laid_out = fault.says.split()[1:2] in ([], *([rule] for rule in names("stage")))
    layouts = {one.path: lay_out(one, results, sources, faces) for one in decks if laid_out}
    builds = builder.deck_builds(decks, results, sources, Fonts(deck.root / ".cache"))
    done = runner.check(builds, layouts, complete=not fault.body)
    slides = [slide for one in decks for slide in one.slides]
    return Seen((*(finding for slide in slides for finding in done.of(slide)), *done.others), layouts)


def lay_out(deck: Deck, results: Results, sources: Sources, faces: tuple[str, dict[str, Path]]) -> Layout:
    machine.needs(machine.PANGO)
    theme = load_theme(sources)
    css, files = faces
    return document.lay_out(
        print_html(deck, slide_views(deck, results, theme.palette, "print", False), theme, css), files
    )


def test_the_clean_deck_has_no_finding(deck: DeckTest, faces: tuple[str, dict[str, Path]]) -> None:
    seen = see(Fault("clean", ""), deck, faces)
    assert seen.findings == ()
    (layout,) = seen.layouts.values()
    assert layout_from_json(layout_to_json(layout)) == layout
    assert [box.what for box in layout.slides[0].boxes] == ["text", "text", "text", "list", "text", "text"]


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("10\u2009000\u202fkm, a\u0308, \u304b\u3099; ![a 😀](p.svg){width=40}", svg(TEXT)),
        (
            "See [this](#/one), [that](a.html#one), [a page](b.pdf#page=2).",
            svg(BAR, TEXT.replace("#1b2130", "#fbfaf6")),
        ),
        (
            "T.\n\n---\n\n# S {.section}\n\n::: note\nN[^1]\n:::\n\n"
            "```python\na = 1  # c\n```\n\n[^1]: F\n\n---\n\n# F",
            svg(TEXT),
        ),
        (
            'A <svg role="none"></svg><svg><title>b</title></svg>, <a href="#one"><img alt="c" src="data:,"></a>.',
            svg(*(LINE.replace("1d5fc4", f"{10 * green:02x}ff00") for green in range(9))),
        ),
    ],
)
def test_what_is_right_is_not_found(text: str, figure: str, deck: DeckTest, faces: tuple[str, dict[str, Path]]) -> None:
    fault = Fault("", "", f"{text}\n\n{FIGURE}", html=True, figure=figure, files={"dist/b.pdf": ""})
    assert see(fault, deck, faces).findings == ()


def test_the_frames_that_no_pdf_shows_are_judged(deck: DeckTest) -> None:
    deck.write("slides/a.md", f"# One\n\n{FIGURE.replace('a.py', 'a.py@*')}\n").write("snippets/a.py", SCRIPT)
    sources = Sources(deck.root)
    one, theme = parser.parse("slides/a.md", sources), load_theme(sources)
    drawn = [svg(LINE, TEXT), svg(LINE.replace("#1d5fc4", "#eeeeee"), TEXT.replace("15px", "8px"))]
    results: Results = {RUN: Result(figures=tuple(Figure("", figure) for figure in drawn))}
    shown = Drawing(Anchor("body", 0), 0.9, 250.0, 18.75, "E", (), "#fbfaf6")
    facts = frames.with_all_frames(Layout((SlideLayout(1, (), (), (), (shown,)),)), one, results, theme.palette)
    assert frames.with_all_frames(facts, one, results, theme.palette) == facts
    (pale,) = fitting.pale(one.slides[0], facts.slides[0], theme.palette, "")
    (small,) = fitting.small_texts(one.slides[0], facts.slides[0])
    assert pale.message.startswith("a line of this figure's frame '2' is too pale: #eeeeee on paper")
    assert small.message.startswith("'E' in this figure's frame '2' is shown at 10.0 px")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_named_and_placed(fault: Fault, deck: DeckTest, faces: tuple[str, dict[str, Path]]) -> None:
    level, rule, where, what = re.fullmatch(r"(\w+) (\S+) (\S+): (.*)", fault.says).groups()  # type: ignore[union-attr]
    (found,) = see(fault, deck, faces).findings
    assert (found.level, found.rule) == (level, rule)
    assert str(found.at) in (where, f"slides/{where}")
    assert what in found.message
    assert found.hint


@pytest.mark.parametrize("fault", REFUSED, ids=lambda fault: fault.name)
def test_a_fault_is_refused(fault: Fault, deck: DeckTest, faces: tuple[str, dict[str, Path]]) -> None:
    where, what = re.fullmatch(r"(\S+): (.*)", fault.says).groups()  # type: ignore[union-attr]
    with pytest.raises(DeckErrors) as raised:
        see(fault, deck, faces)
    (error,) = raised.value.errors
    assert str(error.at) == f"slides/{where}"
    assert what in error.message


DRAWS = """\
import matplotlib.pyplot as plt

for number in (1, 2):
    plt.figure(figsize=(6, 4))
    plt.plot([0, number])
    plt.show()
"""
ITEMS = "- one\n- two\n- three"


def test_a_figure_leaves_room_for_what_stands_below_it(
    deck: DeckTest, faces: tuple[str, dict[str, Path]], chromium: Browser
) -> None:
    figures = (f"```{{figure}} a.py{which}\n:alt: x\n:label: n\nIts caption.\n```" for which in ("", "@*"))
    deck.write("slides/a.md", "\n\n---\n\n".join(f"# One\n\n{ITEMS}\n\n{figure}" for figure in figures) + "\n")
    deck.write("snippets/a.py", DRAWS).run("figures").build("--recorded")
    sources = Sources(deck.root)
    one = parser.parse("slides/a.md", sources)
    layout = lay_out(one, record.read_record(sources), sources, faces)
    with Screen(chromium, deck.root / "dist/a.html") as screen:
        for number, facts in enumerate(layout.slides, 1):
            assert facts.overflows == ()
            height = (
                "() => Reveal.getCurrentSlide().querySelector('svg').getBoundingClientRect().height / Reveal.getScale()"
            )
            assert abs(facts.drawings[0].height - screen.go(number).page.evaluate(height)) <= 4


ROOMS = """
() => {
  const excess = (element, side) => element[`scroll${side}`] - element[`client${side}`];
  const slide = Reveal.getCurrentSlide();
  const body = slide.querySelector(".body");
  const notes = slide.querySelector(".columns") && slide.querySelector(".footnotes");
  const bottom = (element) => element.getBoundingClientRect().bottom / Reveal.getScale();
  const reach = Math.max(...[...slide.querySelectorAll(".column > *")].map(bottom));
  const boxes = [body, ...slide.querySelectorAll(".listing, .output, .column")];
  return {
    down: notes ? reach - notes.getBoundingClientRect().top / Reveal.getScale() : excess(body, "Height"),
    across: Math.max(...boxes.map((box) => excess(box, "Width"))),
  };
}
"""


def test_a_browser_finds_the_same_overflow(
    deck: DeckTest, faces: tuple[str, dict[str, Path]], chromium: Browser
) -> None:
    slides = [fault.text.split("---\n", 2)[2] for fault in FAULTS if fault.body and " overflow " in fault.says]
    # Formulas are set by two engines there and here, some 5 % apart.
    slides = [text for text in slides if not re.search(r"```\{|\$", text)]
    assert len(slides) >= 7
    text = "---\ntitle: T\nlang: en\nhtml: true\n---\n" + "\n---\n".join(slides)
    deck.write("slides/a.md", text).write("slides/p.svg", PICTURE % "").build()
    sources = Sources(deck.root)
    layout = lay_out(parser.parse("slides/a.md", sources), {}, sources, faces)
    with Screen(chromium, deck.root / "dist/a.html") as screen:
        for number, facts in enumerate(layout.slides, 1):
            seen = screen.go(number).page.evaluate(ROOMS)
            for side in ("down", "across"):
                ours = max((spill.by for spill in facts.overflows if spill.side == side), default=0)
                assert abs(ours - max(seen[side], 0)) <= 4, (
                    f"slide {number}, {side}: {ours} px, {seen[side]} in a browser"
                )
