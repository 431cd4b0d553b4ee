"""The PDF of the talk: pages, text, tags, links, fonts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdf
import pypdfium2
import pytest

from tests.built_talk import EDITIONS
from tests.pdf_tags import tagged, within
from verideck.core import markdown_tokens
from verideck.core.deck_model import Deck
from verideck.core.project import Sources
from verideck.read import parser

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=EDITIONS, ids=["ja", "en"])
def edition(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def file(talk: Path, edition: str) -> Path:
    return talk / f"dist/{edition}.pdf"


@pytest.fixture(scope="module")
def document(file: Path) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(file) as opened:
        yield opened


@pytest.fixture(scope="module")
def source(talk: Path, edition: str) -> Deck:
    return parser.parse(f"slides/{edition}.md", Sources(talk)).valid()


def titles(source: Deck) -> list[str]:
    return [markdown_tokens.plain(slide.heading) for slide in source.slides]


def squeezed(text: str) -> str:
    return "".join(text.replace("\u200b", "").replace("\ufffe", "").split())


def test_a_slide_is_a_page_of_its_size(document: pikepdf.Pdf, source: Deck) -> None:
    assert [list(map(int, page.mediabox)) for page in document.pages] == [[0, 0, 960, 540]] * len(source.slides)


def test_its_text_can_be_searched_and_copied_slide_by_slide(file: Path, source: Deck) -> None:
    readers = [
        [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(file)],
        [page.extract_text() for page in pypdf.PdfReader(file).pages],
    ]
    found = {
        "ja": [(8, "ちょうどよい値は、あるのでしょうか"), (12, "study.optimize(objective,n_trials=30)")],
        "en": [(8, "whichvalueshould"), (14, "BayesianOptimizationforaBetterDessert")],
    }
    for pages in readers:
        for text, title in zip(pages, titles(source), strict=True):
            assert squeezed(title) in squeezed(text)
        for number, text in found[source.meta.lang]:
            assert text in squeezed(pages[number])


def test_its_language_is_declared(document: pikepdf.Pdf, source: Deck) -> None:
    assert str(document.Root.Lang) == source.meta.lang


def test_its_title_is_what_a_reader_shows(document: pikepdf.Pdf, source: Deck) -> None:
    assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
    assert str(document.docinfo["/Title"]) == source.meta.title


def test_it_is_declared_tagged_and_accessible(document: pikepdf.Pdf) -> None:
    assert bool(document.Root.MarkInfo.Marked)
    with document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"


def test_what_the_front_matter_says_is_in_both_places_for_metadata(document: pikepdf.Pdf, source: Deck) -> None:
    meta = source.meta
    assert str(document.docinfo["/Author"]) == meta.author
    assert str(document.docinfo["/Subject"]) == meta.description
    assert str(document.docinfo["/CreationDate"]) == "D:" + meta.date.replace("-", "")
    with document.open_metadata() as metadata:
        assert metadata["dc:title"] == meta.title
        assert metadata["dc:creator"] == [meta.author]
        assert metadata["dc:description"] == meta.description
        assert metadata["xmp:CreateDate"] == meta.date


def test_bookmarks_are_the_titles_nested_below_sections(file: Path, source: Deck) -> None:
    marks = [
        (mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in pypdfium2.PdfDocument(file).get_toc()
    ]
    assert [(title, page) for _, title, page in marks] == [(title, page) for page, title in enumerate(titles(source))]
    assert [level for level, _, _ in marks] == [0, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0]


def test_headings_come_in_order(document: pikepdf.Pdf, source: Deck) -> None:
    sections = tagged(document, "Sect")
    assert len(sections) == len(source.slides)
    for section in sections:
        levels = [int(match[1]) for item in within(section) if (match := re.fullmatch(r"/H(\d)", str(item.S)))]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_figure_and_formula_has_words(document: pikepdf.Pdf) -> None:
    figures, formulas = (
        [str(figure.get("/Alt", "")) for figure in tagged(document, tag)] for tag in ("Figure", "Formula")
    )
    assert all((*figures, *formulas))
    assert r"\hat{y} = wx + b" in formulas
    assert any("(λ = 200)" in text for text in figures)


def test_a_figure_is_where_its_tag_says(document: pikepdf.Pdf) -> None:
    for figure in (*tagged(document, "Figure"), *tagged(document, "Formula")):
        left, bottom, right, top = map(float, figure.A.BBox)
        assert -1 <= left < right <= 961
        assert -1 <= bottom < top <= 541


def test_lists_hold_items_alone(document: pikepdf.Pdf) -> None:
    assert {str(kid.S) for one in tagged(document, "L") for kid in one.K} <= {"/LI", "/L", "/Caption"}


def test_headers_of_tables_say_what_they_head(document: pikepdf.Pdf) -> None:
    headers = tagged(document, "TH")
    assert [str(header.A.Scope) for header in headers] == ["/Column"] * len(headers)
    assert all(str(header.A.O) == "/Table" for header in headers)


def test_links_lead_where_they_say(document: pikepdf.Pdf) -> None:
    links = [
        (index, annotation)
        for index, page in enumerate(document.pages, 1)
        for annotation in page.get("/Annots", [])
        if annotation.Subtype == "/Link"
    ]
    assert all(str(link.Contents) for _, link in links)
    targets = {str(link.A.URI) for _, link in links if "/A" in link}
    assert "https://research.google/pubs/bayesian-optimization-for-a-better-dessert/" in targets
    assert all(target.startswith("https://") for target in targets)
    inside = {(index, str(link.Dest)) for index, link in links if "/Dest" in link}
    assert inside == {(10, "held-out")}
    names = list(document.Root.Names.Dests.Names)
    places = {str(name): place for name, place in zip(names[::2], names[1::2], strict=True)}
    assert places["held-out"][0].objgen == document.pages[16].obj.objgen


def test_links_are_tagged(document: pikepdf.Pdf) -> None:
    linked = sum(annotation.Subtype == "/Link" for page in document.pages for annotation in page.get("/Annots", []))
    assert len(tagged(document, "Link")) == linked


PAINTS = {"f", "f*", "F", "S", "s", "B", "B*", "b", "b*", "Do", "sh", "Tj", "TJ", "'", '"', "EI"}


def test_what_is_painted_is_tagged_or_an_artefact(document: pikepdf.Pdf) -> None:
    artefacts = 0
    for page in document.pages:
        around: list[str] = []
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            if operator in ("BDC", "BMC"):
                around.append(str(instruction.operands[0]))
            elif operator == "EMC":
                around.pop()
            elif operator in PAINTS:
                assert around
                artefacts += "/Artifact" in around
                assert "/Artifact" not in around or operator not in ("Tj", "TJ")
    assert artefacts > len(document.pages)


def test_every_font_is_embedded_cut_and_its_text_can_be_copied(document: pikepdf.Pdf) -> None:
    fonts = [item for item in document.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"]
    outer = [font for font in fonts if "/DescendantFonts" in font]
    assert len(outer) == 5  # three weights of text, two of code; mathematics is drawn
    for font in outer:
        assert "/ToUnicode" in font
        assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor
    assert {font.get("/Subtype") for font in fonts} == {"/Type0", "/CIDFontType2"}
    for font in outer:
        assert re.match("/[A-Z]{6}[+](Noto|JetBrains)", str(font.BaseFont))


def test_nothing_was_ignored(talk: Path) -> None:
    said = (talk / "said.txt").read_text("utf-8").split("\n")
    assert [note for note in said if note.startswith("dist/")] == []
