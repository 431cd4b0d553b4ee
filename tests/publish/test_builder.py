"""What a build puts into dist/: which files, for whom, what goes, what is not made again, what links what."""

from __future__ import annotations

import base64
import ctypes
import io
import re
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from fontTools.ttLib import TTFont

from tests.decks import deck_of, theme
from tests.harness import DeckTest
from verideck.core.project import Sources
from verideck.core.run_model import Result, RunId
from verideck.publish import builder
from verideck.render.pdf import document as pdf
from verideck.typeset.fonts import Fonts

pytestmark = pytest.mark.slow

TALK = """\
---
title: A talk
lang: en
date: 2024-10-25
---

# First {.section #first mark="λ"}

::: incremental
- one
- two
:::

[to the second](#second)

::: notes
whispered
:::

---

# Second {#second}

```{snippet} sums.py
:steps: 1 | 3
```

---

# Third

```{figure} frames.py
:sweep: top=[1, 2, 3]
:at: 2
:label: up to
:alt: a line
```

::: notes
WORDS
:::
"""
FRAMES = """\
import matplotlib.pyplot as plt

# region parameters
top = 1
# endregion
plt.figure(figsize=(4, 3))
plt.plot([0, top])
plt.show()
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, fonts: Path) -> DeckTest:
    """Return a project with a talk in two editions, all of its files built."""
    deck = DeckTest(tmp_path_factory.mktemp("publish") / "project", fonts)
    deck.write("slides/talk.md", TALK.replace("WORDS", "long " * 2000))
    german = "---\ntitle: Ein Vortrag\nlang: de\n---\n\n# Eins\n\nŁódź und Dvořák\n\n::: notes\ngeflüstert\n:::\n"
    deck.write("slides/talk.de.md", german)
    deck.write("snippets/sums.py", "a = 1\nb = 2\nprint(a + b)\n").write("snippets/frames.py", FRAMES)
    return deck.run("build", "--steps", "--notes", "--with-notes").fine()


def text_of(deck: DeckTest, path: str) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(deck.root / path)]


def test_letters_that_the_family_lacks_are_shown_on_screen_and_in_print(made: DeckTest) -> None:
    assert "Łódź und Dvořák" in text_of(made, "dist/talk.de.pdf")[0]
    assert "unicode-range: U+141, U+159, U+17A;" in made.read("dist/talk.de.html")
    assert ".notdef" not in made.out + made.err


def test_the_page_brings_the_sign_that_roots_are_drawn_with(deck: DeckTest) -> None:
    deck.write("slides/roots.md", "# Roots\n\n$\\sqrt{x}$\n").build()
    data = re.findall(r'"STIX Two Math".*?base64,([^"]*)', deck.read("dist/roots.html"))
    assert 0x221A in TTFont(io.BytesIO(base64.b64decode(data[0]))).getBestCmap()


def test_labels_of_axes_stay_within_their_figure(deck: DeckTest) -> None:
    source = """import matplotlib.pyplot as plt

plt.plot([0, 1e-3])
plt.xlabel("time")
plt.ylabel("signal")
figure = plt.gcf()
figure.canvas.draw()
box = figure.get_tightbbox()
inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.get_figwidth() and box.y1 <= figure.get_figheight()
plt.show()
"""
    deck.write("snippets/labels.py", source)
    deck.write("slides/labels.md", "# Labels\n\nInside: {eval}`labels.py: inside`.\n").build()
    assert '<span class="value">True</span>' in deck.read("dist/labels.html")


def test_step_by_step_a_slide_has_a_page_for_each_step(made: DeckTest) -> None:
    pages = text_of(made, "dist/talk.steps.pdf")
    assert ["one" in page for page in pages[:3]] == [False, True, True]
    assert ["two" in page for page in pages[:3]] == [False, False, True]
    assert [re.search(r"up to = (\d)", page)[1] for page in pages[6:]] == ["1", "2", "3"]  # type: ignore[index]
    assert len(pages) == 3 + 3 + 3
    document = pypdfium2.PdfDocument(made.root / "dist/talk.steps.pdf")
    marks = [(mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in document.get_toc()]
    assert marks == [(0, "First", 0), (1, "Second", 3), (1, "Third", 6)]


def test_a_step_mutes_the_lines_that_are_not_its_own(made: DeckTest) -> None:
    document = pypdfium2.PdfDocument(made.root / "dist/talk.steps.pdf")
    colours = []
    for page in list(document)[3:6]:
        text = page.get_textpage()
        start = text.get_text_range().index("print")
        colours.append(colour(text, start))
    assert colours[0] == colours[2] != colours[1]


def colour(text: Any, index: int) -> tuple[int, ...]:
    parts = [ctypes.c_uint() for _ in range(4)]
    pypdfium2.raw.FPDFText_GetFillColor(text, index, *parts)
    return tuple(part.value for part in parts)


def test_in_print_a_slider_is_the_frame_that_it_starts_at_and_says_so(made: DeckTest) -> None:
    assert "up to = 2" in text_of(made, "dist/talk.pdf")[2]
    with pikepdf.open(made.root / "dist/talk.pdf") as document:
        words = [str(item.Alt) for item in document.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item]
    assert words == ["a line (up to = 2)"]


def test_a_handout_has_slide_notes_and_numbers_on_a4_and_long_notes_flow_on(made: DeckTest) -> None:
    pages = text_of(made, "dist/talk.notes.pdf")
    assert ["First" in page and "whispered" in page for page in pages[:2]] == [True, False]
    assert len(pages) > 3
    assert all("long" in page for page in pages[2:])
    assert sum(page.count("long") for page in pages) == 2000
    count = len(pages)
    assert [f"{number} / {count}" in page for number, page in enumerate(pages, 1)] == [True] * count
    document = pypdfium2.PdfDocument(made.root / "dist/talk.notes.pdf")
    assert {tuple(map(round, document.get_page_size(index))) for index in range(count)} == {(595, 842)}


@pytest.mark.parametrize(
    ("file", "place"), [("talk.pdf", (700, 150, 940, 460)), ("talk.notes.pdf", (400, 120, 530, 290))]
)
def test_a_section_has_its_letter_on_paper_too(made: DeckTest, file: str, place: tuple[int, ...]) -> None:
    picture = pypdfium2.PdfDocument(made.root / "dist" / file)[0].render(scale=1).to_pil()
    assert len(picture.crop(place).getcolors()) > 9


@pytest.mark.parametrize("kind", ["pdf", "steps.pdf", "notes.pdf"])
def test_each_pdf_is_declared_accessible_and_dated_by_the_talk_alone(made: DeckTest, kind: str) -> None:
    with pikepdf.open(made.root / f"dist/talk.{kind}") as document, document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["xmp:CreateDate"] == "2024-10-25"
        assert "xmp:ModifyDate" not in metadata
        assert str(document.docinfo["/CreationDate"]).startswith("D:20241025")
        assert "/ModDate" not in document.docinfo


def test_the_published_page_has_no_notes_and_the_presenting_copy_has_them(made: DeckTest) -> None:
    for name, words in (("talk", "whispered"), ("talk.de", "geflüstert")):
        assert words in made.read(f"dist/{name}.presenting.html")
        assert words not in made.read(f"dist/{name}.html")
        assert '<aside class="notes"' not in made.read(f"dist/{name}.html")


def test_editions_name_each_other(made: DeckTest) -> None:
    links = [f'<link rel="alternate" hreflang="{lang}" href="{name}.html">' for lang, name in
             (("en", "talk"), ("de", "talk.de"))]  # fmt: skip
    for name in ("talk", "talk.de", "talk.presenting", "index"):
        assert re.findall("<link [^>]*>", made.read(f"dist/{name}.html")) == links


def test_the_index_links_what_is_there_and_never_the_presenting_copy(made: DeckTest) -> None:
    index = made.read("dist/index.html")
    linked = set(re.findall(r'<a (?:class="\w+" )?href="([^"]+)"', index))
    assert linked == {f"{name}.{kind}" for name in ("talk", "talk.de") for kind in
                      ("html", "pdf", "steps.pdf", "notes.pdf")}  # fmt: skip
    assert all((made.root / "dist" / name).is_file() for name in linked)
    assert 'lang="de"' in index
    assert "default-src 'none'" in index
    assert not re.search(r'(?:src|href)="(?!data:|#)[^"]*/', index)
    ids = re.findall(r' id="([^"]*)"', index)
    assert len(ids) == len(set(ids))


def test_what_changed_decides_what_is_made_again_and_what_is_linked(
    made: DeckTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = ("build", "--steps", "--with-notes")
    made.run(*everything).fine().wrote().says("dist/ is up to date")

    def refuse(*_: object) -> None:
        raise AssertionError("a PDF was made")

    with monkeypatch.context() as patch:
        patch.setattr(pdf, "write_pdf", refuse)
        made.edit("slides/talk.md", "whispered", "murmured").run(*everything).fine()
        made.wrote("dist/talk.presenting.html")  # the notes are on no other page
        assert "talk.notes.pdf" not in made.read("dist/index.html")  # they are on this one, and it is no longer true
        assert (made.root / "dist/talk.notes.pdf").is_file()
        made.run(*everything).fine().wrote()
    (made.root / "slides/talk.de.md").unlink()
    made.run("build", "--html").fine()
    kinds = ("html", "json", "pdf", "steps.pdf", "notes.pdf", "presenting.html")
    assert {line for line in made.out.split("\n") if line.startswith("removed")} == {
        f"removed dist/talk.de.{kind}" for kind in kinds
    }
    assert "hreflang" not in made.read("dist/talk.html")


def test_a_time_in_a_pdf_is_that_of_source_date_epoch(deck: DeckTest, monkeypatch: pytest.MonkeyPatch) -> None:
    deck.write("slides/a.md", "# One\n").run("build", "--pdf").fine()
    before = deck.outputs()["dist/a.pdf"]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    deck.run("build", "--pdf").fine().wrote("dist/a.pdf")
    with pikepdf.open(deck.root / "dist/a.pdf") as document, document.open_metadata() as metadata:
        assert metadata["xmp:ModifyDate"] == "1970-01-02T00:00:00Z"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    deck.run("build", "--pdf").fine()
    assert deck.outputs()["dist/a.pdf"] == before
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    deck.run("build", "--pdf").fails(2, "SOURCE_DATE_EPOCH is not a number of seconds: 'soon'")


@pytest.mark.parametrize(("name", "said"), [("index", "the index of all decks"), ("a.steps", "dist/a.steps.pdf")])
def test_two_decks_never_share_a_file(deck: DeckTest, name: str, said: str) -> None:
    deck.write("slides/a.md", "# One\n").write(f"slides/{name}.md", "# Two\n")
    deck.run("build", name).fails(3, f"slides/{name}.md", said, "rename the deck")


def test_decks_that_differ_in_case_alone_are_one_file_elsewhere(deck: DeckTest) -> None:
    deck.write("slides/a.md", "# One\n").write("slides/A.md", "# Two\n")
    if len(list((deck.root / "slides").iterdir())) == 2:  # they are one here already, otherwise
        deck.run("build").fails(
            3, "slides/a.md: ", "slides/A.md and this deck have the same file on macOS and Windows", "rename"
        )


def test_all_that_no_run_gave_is_told_before_anything_is_made(deck: DeckTest) -> None:
    text = "# One\n\n{eval}`a.py: w`\n\n```{output} b.py\n```\n"
    deck.write("slides/a.md", text).write("snippets/a.py", "w = 1\n").write("snippets/b.py", "")
    sources = Sources(deck.root)
    one, _ = deck_of(text, {"a.py": "w = 1\n", "b.py": ""})
    results = {RunId("snippets/a.py"): Result()}
    wrong = builder.wrong_decks([one], results, sources)
    assert [str(error.at) for error in wrong["slides/a.md"]] == ["slides/a.md:3:1", "slides/a.md:5:13"]
    assert builder.wrong_decks([one], results, sources, [RunId("snippets/b.py")]) == {}  # nothing to look at yet


def test_only_files_of_the_deck_as_it_is_are_counted(deck: DeckTest) -> None:
    deck.write("slides/a.md", "# One\n").build()
    sources = Sources(deck.root)
    (one,) = builder.deck_builds([deck_of("# One\n")[0]], {}, sources, Fonts(deck.root))
    assert one.theme.palette.light == theme().palette.light
    sizes = builder.file_sizes([one])
    assert sizes == {"a": {"html": len(deck.outputs()["dist/a.html"])}}
    deck.edit("slides/a.md", "One", "Two")
    (changed,) = builder.deck_builds([deck_of("# Two\n")[0]], {}, Sources(deck.root), Fonts(deck.root))
    assert builder.file_sizes([changed]) == {}
