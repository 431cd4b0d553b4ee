"""Links, ids, headings, pictures and addresses of a deck: what leads nowhere or is loaded from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.check.faults import (
    CLEAN,
    PICTURE,
    Faces,
    Fault,
    found_alone,
)
from tests.decks import deck_of
from tests.harness import DeckTest
from verideck.check import links

pytestmark = pytest.mark.slow

FAULTS = [
    Fault("a figure without words", "error alt a.md:8:13: this figure has no `:alt:`", "```{figure} a.py\n```"),
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
        "error duplicate-id a.md:7: page itself uses the id 'deck-help'",
        edit=("#first s", "#deck-help s"),
    ),
    Fault("an id that stands twice", "error duplicate-id a.md:9: 'second' is used twice", edit=("]{.w}", "]{#second}")),
    Fault("a heading that skips a level", "warning heading-order a.md:11: of level 3", edit=("## Below", "### Below")),
    Fault("a heading of raw HTML", "warning heading-order a.md:9: of level 4", "<div>\n<h4>t</h4></div>", html=True),
    Fault("a second title", "warning heading-order a.md:11: second title", edit=("## Below", "# Below")),
    Fault(
        "a link without text",
        "warning empty-link a.md:9: this link has no text",
        edit=("[link](#second)", "[](https://a.example)"),
    ),
    Fault("raw HTML's link without text", "warning empty-link a.md:8:4: no text", 'Go <a href="#one"></a>.', html=True),
    Fault("a heading without text", "warning heading-order a.md:11: this heading has no text", edit=("# Below", "#")),
    Fault("another tool's syntax", "warning foreign a.md:8: '==a==' is marked text in other tools", "As ==a== is."),
    Fault("a link to nowhere", "warning empty-link a.md:9: has no address", edit=("(#second)", "()")),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_named_and_placed(fault: Fault, deck: DeckTest, faces: Faces) -> None:
    found_alone(fault, deck, faces)


def test_what_a_slide_says_is_read_with_its_places() -> None:
    deck, _ = deck_of('---\nhtml: true\n---\n\n# One {#one}\n\n[a](#two) <b id="c">d</b>\n\n## Below\n')
    said = links.read(deck.slides[0])
    assert [(one.kind, one.what, str(at)) for one, at in said] == [
        ("link", "#two", "slides/a.md:7"),
        ("id", "c", "slides/a.md:7:11"),
        ("heading", "h2", "slides/a.md:9"),
    ]
    assert {name: str(at) for name, at in links.ids(deck, {id(deck.slides[0]): said}).items()} == {
        "c": "slides/a.md:7:11",
        "one": "slides/a.md:5",
    }


@pytest.mark.parametrize(
    ("href", "message"),
    [
        ("#one", ""),
        ("https://x.org", ""),
        ("mailto:a@x.org", ""),
        ("index.html", ""),
        ("#/one", ""),
        ("#noe", "no slide has the id 'noe'"),
        ("other.html#one", "no slide of other has the id 'one'"),
        ("gone.html", "no file 'gone.html' in dist/"),
        ("#", "this link has no address"),
    ],
)
def test_a_link_leads_to_what_is_there(href: str, message: str) -> None:
    deck, _ = deck_of(f"# One {{#one}}\n\n[a]({href})\n")
    slide = deck.slides[0]
    at = slide.at
    known = {"": {"one": at}, "a": {"one": at}, "other": {"two": at}}
    found = [one.message for one in links.links(slide, links.read(slide), known, Path("nowhere"))]
    assert found == ([message] if message else [])


def test_templates_load_nothing_from_elsewhere() -> None:
    templates = {
        "templates/a.css": "p {}\nb { background: url(//x.org/a) }",
        "templates/b.html.jinja": "<img src='data:,'>",
        "templates/c.js": "//x.org",
    }
    assert [str(one.at) for one in links.outside_templates(templates)] == ["templates/a.css:2"]
