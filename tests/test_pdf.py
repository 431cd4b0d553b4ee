"""The PDF of the talk: pages, text, tags, links, fonts; what the engine refuses and says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pypdfium2
import pytest

from deck import markdown, parse, pdf
from deck.slides import Deck
from deck.sources import Sources
from tests.harness import DeckTest
from tests.talk import NAME

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def file(talk: Path) -> Path:
    return talk / f"dist/{NAME}.pdf"


@pytest.fixture(scope="module")
def document(file: Path) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(file) as opened:
        yield opened


@pytest.fixture(scope="module")
def source(talk: Path) -> Deck:
    return parse.parse(f"slides/{NAME}.md", Sources(talk))


def titles(source: Deck) -> list[str]:
    return [markdown.plain(slide.heading) for slide in source.slides]


def elements(document: pikepdf.Pdf) -> Iterator[Any]:
    """Yield all elements of the tree of tags, parents first."""
    waiting = [document.Root.StructTreeRoot.K[0]]
    while waiting:
        element = waiting.pop()
        yield element
        children: list[Any] = list(element.get("/K", []))
        waiting += [kid for kid in reversed(children) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def tagged(document: pikepdf.Pdf, tag: str) -> list[Any]:
    found = [element for element in elements(document) if str(element.S) == f"/{tag}"]
    assert found
    return found


def squeezed(text: str) -> str:
    return "".join(text.replace("\u200b", "").replace("\ufffe", "").split())


def test_a_slide_is_a_page_of_its_size(document: pikepdf.Pdf, source: Deck) -> None:
    assert [list(map(int, page.mediabox)) for page in document.pages] == [[0, 0, 960, 540]] * len(source.slides)


def test_two_libraries_find_the_text_of_every_slide(file: Path, source: Deck) -> None:
    readers = [
        [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(file)],
        [page.extract_text() for page in pypdf.PdfReader(file).pages],
    ]
    for pages in readers:
        for text, title in zip(pages, titles(source), strict=True):
            assert squeezed(title) in squeezed(text)
        assert "ちょうどよい値は、あるのでしょうか" in squeezed(pages[8])
        assert "study.optimize(objective,n_trials=30)" in squeezed(pages[12])
        assert "BayesianOptimizationforaBetterDessert" in squeezed(pages[14])


def test_it_says_what_it_is(document: pikepdf.Pdf, source: Deck) -> None:
    assert str(document.Root.Lang) == "ja"
    assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
    assert bool(document.Root.MarkInfo.Marked)
    assert str(document.docinfo["/Title"]) == source.meta.title
    assert str(document.docinfo["/Author"]) == source.meta.author
    assert not {"/CreationDate", "/ModDate"} & set(document.docinfo.keys())
    with document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == source.meta.title


def test_bookmarks_are_the_titles_nested_below_sections(file: Path, source: Deck) -> None:
    marks = [
        (mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in pypdfium2.PdfDocument(file).get_toc()
    ]
    assert [(title, page) for _, title, page in marks] == [(title, page) for page, title in enumerate(titles(source))]
    assert [level for level, _, _ in marks] == [0, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0]


def test_every_font_is_embedded_and_its_text_can_be_copied(document: pikepdf.Pdf) -> None:
    fonts = [item for item in document.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"]
    outer = [font for font in fonts if "/DescendantFonts" in font]
    assert len(outer) == 5  # three weights of text, two of code; mathematics is drawn
    for font in outer:
        assert "/ToUnicode" in font
        assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor
    assert {font.get("/Subtype") for font in fonts} == {"/Type0", "/CIDFontType2"}
    names = {re.sub("^/?[A-Z]{6}[+]", "", str(font.BaseFont)).split("-")[0] for font in outer}
    assert all(name.startswith(("Noto", "JetBrains")) for name in names), names


def test_every_figure_and_formula_has_words(document: pikepdf.Pdf, source: Deck) -> None:
    words = [str(figure.get("/Alt", "")) for figure in tagged(document, "Figure")]
    assert all(words)
    assert r"\hat{y} = wx + b" in words
    assert any(text.endswith("(λ = 200)") for text in words)


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


def test_every_word_is_tagged_and_headings_come_in_order(document: pikepdf.Pdf, source: Deck) -> None:
    assert len(tagged(document, "H1")) == len(tagged(document, "Sect")) == len(source.slides)
    for page in document.pages:
        depth = 0
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(operator, 0)
            assert depth or operator not in ("Tj", "TJ", "'", '"')


def test_nothing_was_ignored(talk: Path) -> None:
    said = (talk / "said.txt").read_text("utf-8").split("\n")
    assert [note for note in said if note.startswith("dist/")] == []


PAGE = '<html lang="en"><title>t</title><style>@page { size: 200px 100px }</style>%s'


def test_the_same_page_gives_the_same_bytes() -> None:
    one, two = (pdf.render(PAGE % "<h1>one</h1><table><tr><th scope=row>a<td>b</table>", {})[0] for _ in range(2))
    assert one == two
    assert pdf.render(PAGE % "<h1>two</h1>", {})[0] != one


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "https://example.org/a.png", "ftp://example.org/a", "deck:fonts/other.ttf"]
)
@pytest.mark.parametrize(
    "page",
    [
        '<img src="%s" alt="a">',
        '<style>p { background: url("%s") }</style><p>a',
        '<link rel="stylesheet" href="%s">',
        '<link rel="attachment" href="%s">',
        '<style>@import "%s";</style>',
        '<svg width="9" height="9"><title>a</title><image href="%s" width="9" height="9"/></svg>',
        '<object data="%s">a</object>',
    ],
    ids=["img", "background", "link", "attachment", "import", "svg", "object"],
)
def test_nothing_is_read_from_outside(page: str, url: str) -> None:
    data, warnings, _ = pdf.render(PAGE % page % url, {})
    assert data.startswith(b"%PDF")
    assert any(url in warning and "reads nothing from outside" in warning for warning in warnings)


def test_row_headers_keep_their_scope(tmp_path: Path) -> None:
    table = "<table><tr><th scope=col>a<th>b<tr><th scope=row>c<td>d</table>"
    (tmp_path / "a.pdf").write_bytes(pdf.render(PAGE % table, {})[0])
    with pikepdf.open(tmp_path / "a.pdf") as document:
        assert [str(header.A.get("/Scope")) for header in tagged(document, "TH")] == ["/Column", "/Column", "/Row"]


@pytest.fixture
def no_pango(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the import of WeasyPrint fail as it does on a machine without Pango."""
    import builtins

    real = builtins.__import__

    def fail(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", fail)


@pytest.mark.parametrize(("system", "command"), [("linux", "apt-get"), ("darwin", "brew"), ("win32", "pacman")])
@pytest.mark.usefixtures("no_pango")
def test_without_pango_the_message_says_how_to_get_it(
    system: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", system)
    with pytest.raises(pdf.PangoMissing, match="the library Pango is missing") as raised:
        pdf.render(PAGE, {})
    assert command in str(raised.value.hint)


@pytest.mark.usefixtures("no_pango")
def test_without_pango_the_html_is_built_and_the_pdf_not_promised(deck: DeckTest) -> None:
    deck.write("slides/a.md", "# One\n").run("build", "--pdf").fails(2, "Pango is missing", "apt-get install")
    deck.run("build").fine().wrote("dist/a.html").says("Pango is missing", "apt-get install")
