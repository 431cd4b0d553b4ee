"""A deck's own styles over its theme: style sheet, logo, backgrounds, slides without a visible title."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import DeckTest
from verideck.core.errors import DeckError
from verideck.core.project import Sources
from verideck.core.theme import SHEET
from verideck.publish.deck_style import deck_theme
from verideck.read import parser

DECK = """\
---
title: T
css: ../templates/my.css
logo: logo.svg
---

# One {background=accent-1}

---

# Two {#zwei background="ground.png"}

---

# Three {background="#102030"}

---

# Four
"""
FILES = {"slides/a.md": DECK, "templates/my.css": ".mine{}", "slides/logo.svg": "<svg/>", "slides/ground.png": "png"}


def sheet(root: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    sources = Sources(root)
    return deck_theme(parser.parse("slides/a.md", sources).valid(), sources).templates[SHEET]


def test_a_deck_adds_its_styles_to_those_of_its_theme(tmp_path: Path) -> None:
    css = sheet(tmp_path, FILES)
    assert "\n.mine{}\n" in css
    assert 'url("data:image/svg+xml;base64,PHN2Zy8+") right center / contain' in css
    assert '.slide[id="one"] { background: var(--accent-1); }' in css
    assert '.slide[id="zwei"] { background: url("data:image/png;base64,cG5n") center / cover no-repeat; }' in css
    assert '.slide[id="three"] { background: #102030; }' in css
    assert css.count(".slide[id=") == 3
    assert sheet(tmp_path, {"slides/a.md": "# One\n"}) == ""


@pytest.mark.parametrize(
    ("line", "other", "said"),
    [
        ("css: ../templates/my.css", "css: my.css", "slides/a.md:3:6: no file 'slides/my.css'"),
        ("logo: logo.svg", "logo: logo.pdf", "slides/a.md:4:7: 'logo.pdf' is not a picture of a known type"),
        ("ground.png", "gone.png", "slides/a.md:11: no file 'slides/gone.png'"),
    ],
)
def test_what_is_missing_is_told_where_it_is_named(tmp_path: Path, line: str, other: str, said: str) -> None:
    with pytest.raises(DeckError) as caught:
        sheet(tmp_path, {**FILES, "slides/a.md": DECK.replace(line, other)})
    assert str(caught.value).startswith(said)


def test_a_background_is_a_colour_or_a_picture() -> None:
    sources = Sources(Path("nowhere"), {"slides/a.md": "# One {background=acent-1}\n"})
    (error,) = parser.parse("slides/a.md", sources).errors
    assert str(error) == "slides/a.md:1:19: 'acent-1' is neither a colour nor a picture"
    assert error.hint == "did you mean 'accent-1'?"


@pytest.mark.slow
def test_a_title_that_is_not_seen_is_still_a_bookmark_and_colours_behind_text_are_judged(deck: DeckTest) -> None:
    from pypdf import PdfReader

    text = '# Unseen {.untitled}\n\nText.\n\n---\n\n# Dark {background="#102030"}\n\nText.\n'
    deck.write("slides/a.md", text).run("build").fine()
    reader = PdfReader(deck.root / "dist/a.pdf")
    assert [entry.title for entry in reader.outline if not isinstance(entry, list)] == ["Unseen", "Dark"]
    findings = [line for line in deck.out.split("\n") if line.endswith("(contrast)")]
    assert findings
    assert all("on #102030" in line for line in findings)
