"""The PDF of the talk: pages, text, tags, links, fonts; what the engine refuses and says."""

from __future__ import annotations

import base64
import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pypdfium2
import pytest

from tests.built_talk import EDITIONS
from tests.harness import ROOT, DeckTest
from verideck.core import tokens
from verideck.core.deck_model import Deck
from verideck.core.project import Sources
from verideck.read import parser
from verideck.render.pdf.document import PangoMissing, write_pdf
from verideck.typeset.fonts import SANS, Fonts

pytestmark = [pytest.mark.slow, pytest.mark.pdf]


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
    return parser.parse(f"slides/{edition}.md", Sources(talk))


def titles(source: Deck) -> list[str]:
    return [tokens.plain(slide.heading) for slide in source.slides]


def elements(document: pikepdf.Pdf) -> Iterator[Any]:
    """Yield all elements of the tree of tags, parents first."""
    return within(document.Root.StructTreeRoot.K[0])


def within(element: Any) -> Iterator[Any]:
    """Yield an element of the tree of tags and all below it, parents first."""
    waiting = [element]
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


PAGE = '<html lang="en"><title>t</title><style>@page { size: 200px 100px }</style>%s'


def test_the_same_page_gives_the_same_bytes() -> None:
    one, two = (write_pdf(PAGE % "<h1>one</h1><table><tr><th scope=row>a<td>b</table>", {})[0] for _ in range(2))
    assert one == two
    assert write_pdf(PAGE % "<h1>two</h1>", {})[0] != one


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
    data, warnings, _ = write_pdf(PAGE % page % url, {})
    assert data.startswith(b"%PDF")
    assert any(url in warning and "reads nothing from outside" in warning for warning in warnings)


def test_a_link_of_several_parts_is_one_link(tmp_path: Path) -> None:
    with made(PAGE % '<p><a href="https://a.example/">a <b>b <i>c</i></b></a>', tmp_path) as document:
        assert len(document.pages[0].Annots) == 1


def made(page: str, tmp_path: Path) -> pikepdf.Pdf:
    (tmp_path / "a.pdf").write_bytes(write_pdf(page, {})[0])
    return pikepdf.open(tmp_path / "a.pdf")


def test_a_link_says_what_its_words_say_on_each_of_its_lines(tmp_path: Path) -> None:
    link = '<a href="https://a.example/">to <b>all</b>\u2060 that is here <img alt="and there" src="data:,"></a>'
    with made(PAGE % f'<p style="width: 99px">{link}</p>', tmp_path) as document:
        said = [str(annotation.Contents) for page in document.pages for annotation in page.Annots]
    assert len(said) > 1
    assert set(said) == {"to all that is here and there"}


def test_words_of_another_language_are_told(tmp_path: Path) -> None:
    page = PAGE % '<p>one <b lang="ja">二 <i lang="en">three</i></b><a href="#a" lang="fr">quatre</a>'
    with made(page, tmp_path) as document:
        told = [(str(one.S), str(one.Lang)) for one in elements(document) if "/Lang" in one]
    assert told == [("/Span", "ja"), ("/Link", "fr")]


def test_where_a_figure_is_counts_what_is_scaled(tmp_path: Path) -> None:
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><path d="M0 0H40V20H0z"/></svg>'
    picture = f'<img alt="x" src="data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}">'
    style = "margin: 0; width: 40px; height: 20px; line-height: 0; transform-origin: 0 0; transform: scale(2)"
    page = (
        PAGE.replace("200px 100px", "200px 100px; margin: 0") % f'<body style="margin: 0"><p style="{style}">{picture}'
    )
    with made(page, tmp_path) as document:
        (figure,) = tagged(document, "Figure")
        assert [float(length) for length in figure.A.BBox] == [0, 45, 60, 75]  # pt, from below


def test_a_formula_has_the_colour_of_its_text() -> None:
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path fill="currentColor" d="M0 0H9V9H0z"/></svg>'
    )
    picture = (
        f'<img class="drawn tex" alt="x" src="data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}">'
    )
    red, blue = (f'<b style="color: {colour}">{picture}</b>' for colour in ("#f00", "#00f"))
    data, _, _ = write_pdf(PAGE % f"<p>{red}{blue}", {})
    shown = {colour for _, colour in pypdfium2.PdfDocument(data)[0].render().to_pil().getcolors()}
    assert {(255, 0, 0), (0, 0, 255)} <= shown


def test_what_our_fonts_lack_is_missing_and_told_whatever_the_machine_has(fonts: Path) -> None:
    file = Fonts(fonts.parent).static(SANS, 400, "ab")
    face = "@font-face { font-family: Ours; src: url(deck:a.ttf) }"
    style = f"<style>{face} body {{ font-family: Ours, sans-serif }}</style>"
    _, warnings, _ = write_pdf(PAGE % f"{style}<p>abz", {"deck:a.ttf": file})
    assert len(warnings) == 1
    assert '"z" (U+007A)' in warnings[0]


def test_row_headers_keep_their_scope(tmp_path: Path) -> None:
    table = "<table><tr><th scope=col>a<th>b<tr><th scope=row>c<td>d</table>"
    with made(PAGE % table, tmp_path) as document:
        assert [str(header.A.get("/Scope")) for header in tagged(document, "TH")] == ["/Column", "/Column", "/Row"]


WITHOUT_HARFBUZZ_SUBSET = """
import sys, time
from pathlib import Path
import cffi

load, time.time = cffi.FFI.dlopen, lambda: float(sys.argv[2])
def dlopen(self, name, flags=0):
    if "harfbuzz-subset" in name:
        raise OSError(name)
    return load(self, name, flags)
cffi.FFI.dlopen = dlopen

from verideck.render.pdf import document
data, warnings, _ = document.render(sys.stdin.read(), {"deck:a.ttf": Path(sys.argv[1])})
assert warnings == (), warnings
from weasyprint.text.ffi import harfbuzz_subset
assert harfbuzz_subset is None
sys.stdout.buffer.write(data)
"""


def test_without_harfbuzz_subset_the_pdf_looks_and_reads_the_same_without_a_word(fonts: Path) -> None:
    file = Fonts(fonts.parent).static(SANS, 400, "abcdefg")
    style = "<style>@font-face { font-family: Ours; src: url(deck:a.ttf) } body { font-family: Ours }</style>"
    page = PAGE % f"{style}<p>abc"
    made = []
    for clock in ("1e9", "2e9"):
        command = [sys.executable, "-W", "error", "-c", WITHOUT_HARFBUZZ_SUBSET, str(file), clock]
        done = subprocess.run(command, input=page.encode(), capture_output=True, cwd=ROOT, check=False)
        assert done.returncode == 0, done.stderr.decode()
        made.append(done.stdout)
    assert made[0] == made[1]
    assert len(made[0]) < 10_000
    ours, theirs = (pypdfium2.PdfDocument(data)[0] for data in (write_pdf(page, {"deck:a.ttf": file})[0], made[0]))
    assert theirs.get_textpage().get_text_range() == ours.get_textpage().get_text_range() == "abc"
    assert theirs.render().to_pil().tobytes() == ours.render().to_pil().tobytes()


WITHOUT_PANGO = """
import cffi

load = cffi.FFI.dlopen
def dlopen(self, name, flags=0):
    if "pango" in name:
        raise OSError(name)
    return load(self, name, flags)
cffi.FFI.dlopen = dlopen

from verideck.render.pdf import document
try:
    document.render("", {})
except document.PangoMissing:
    raise SystemExit(3)
"""


def test_without_pango_weasyprint_says_nothing_among_our_results() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_PANGO], capture_output=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (3, b"")


@pytest.mark.parametrize(("system", "command"), [("linux", "apt-get"), ("darwin", "brew"), ("win32", "pacman")])
@pytest.mark.usefixtures("no_pango")
def test_without_pango_the_message_says_how_to_get_it(
    system: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", system)
    with pytest.raises(PangoMissing, match="the library Pango is missing") as raised:
        write_pdf(PAGE, {})
    assert command in str(raised.value.hint)


@pytest.mark.usefixtures("no_pango")
def test_without_pango_the_html_is_built_and_the_pdf_not_promised(deck: DeckTest) -> None:
    deck.write("slides/a.md", "# One\n").run("build", "--pdf").fails(2, "Pango is missing", "apt-get install")
    deck.run("build").fine().wrote("dist/a.html").says("Pango is missing", "apt-get install")
