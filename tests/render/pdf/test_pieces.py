"""Slides painted one by one and joined: the same document as in one go."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from tests.pdf_tags import elements, tagged
from verideck.core.cache import Cache
from verideck.render.pdf import document, pieces
from verideck.render.pdf.document import CUT, write_pdf

pytestmark = pytest.mark.slow

HEAD = """<html lang="en"><head><title>t</title><style>
@page { size: 300px 400px; margin: 0 } .slide { break-after: page } .slide:last-of-type { break-after: auto }
h1 { bookmark-level: 1; bookmark-label: content(text) } .section ~ .plain h1 { bookmark-level: 2 }
</style></head><body><main>"""
FOOT = "</main></body></html>"


def png() -> str:
    held = io.BytesIO()
    Image.new("RGBA", (3, 3), (255, 0, 0, 99)).save(held, "png")
    return f'<p><img alt="red" src="data:image/png;base64,{base64.b64encode(held.getvalue()).decode()}"></p>'


def slide(name: str, content: str = "", kind: str = "plain") -> str:
    return f'<section id="{name}" class="slide {kind}"><h1>{name}</h1>{content}</section>'


SLIDES = [
    slide("one", f'<p><a href="#three">on</a> <a href="https://a.example/">out</a></p>{png()}', "section"),
    slide("two", f"<table><tr><th>a</th></tr><tr><td>b</td></tr></table>{png()}"),
    slide("three", '<p style="opacity: 0.5">c</p><table><tr><th>d</th></tr><tr><td>e</td></tr></table>'),
]


def page(slides: list[str], cut: str = CUT) -> str:
    return HEAD + "".join(cut + one for one in slides) + cut + FOOT


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pikepdf.Pdf]:
    file = tmp_path_factory.mktemp("pdf") / "a.pdf"
    file.write_bytes(write_pdf(page(SLIDES), {})[0])
    with pikepdf.open(file) as opened:
        yield opened


def test_pages_look_and_read_as_in_one_go() -> None:
    (one, _, first), (two, _, second) = (write_pdf(page(SLIDES, cut), {}) for cut in (CUT, ""))
    assert first == second
    for ours, theirs in zip(pypdfium2.PdfDocument(one), pypdfium2.PdfDocument(two), strict=True):
        assert ours.get_textpage().get_text_range() == theirs.get_textpage().get_text_range()
        assert ours.render().to_pil().tobytes() == theirs.render().to_pil().tobytes()
    tocs = [
        [(mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in pypdfium2.PdfDocument(data).get_toc()]
        for data in (one, two)
    ]
    assert tocs[0] == tocs[1] == [(0, "one", 0), (1, "two", 1), (1, "three", 2)]


def test_tags_lead_to_their_pages_and_back(joined: pikepdf.Pdf) -> None:
    places = {one.obj.objgen: at for at, one in enumerate(joined.pages)}
    assert [places[section.Pg.objgen] for section in tagged(joined, "Sect")] == [0, 1, 2]
    numbers = joined.Root.StructTreeRoot.ParentTree.Nums
    keys = [int(key) for key in list(numbers)[::2]]
    assert keys == sorted(set(keys))
    entries = dict(zip(keys, list(numbers)[1::2], strict=True))
    for one in joined.pages:
        assert {places[element.Pg.objgen] for element in entries[int(one.StructParents)]} == {places[one.obj.objgen]}
        for annotation in one.get("/Annots", []):
            assert str(entries[int(annotation.StructParent)].S) == "/Link"


def test_a_link_leads_to_another_slide(joined: pikepdf.Pdf) -> None:
    names = list(joined.Root.Names.Dests.Names)
    targets = {str(name): place[0].objgen for name, place in zip(names[::2], names[1::2], strict=True)}
    assert [str(link.Dest) for link in joined.pages[0].Annots if "/Dest" in link] == ["three"]
    assert targets == {name: joined.pages[at].obj.objgen for at, name in enumerate(("one", "two", "three"))}


def test_a_link_to_nowhere_is_told() -> None:
    _, warnings, _ = write_pdf(page([slide("one", '<a href="#gone">a</a>'), slide("two")]), {})
    assert [warning for warning in warnings if "gone" in warning]


def test_headers_of_tables_have_names_of_their_own(joined: pikepdf.Pdf) -> None:
    names = [str(header.ID) for header in tagged(joined, "TH")]
    assert len(set(names)) == 2
    assert [[str(name) for name in cell.A.Headers] for cell in tagged(joined, "TD")] == [[name] for name in names]


def test_a_picture_of_several_slides_is_there_once(joined: pikepdf.Pdf) -> None:
    pictures = [one for one in joined.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]
    assert len(pictures) == 2  # with its mask
    assert [str(one.Alt) for one in elements(joined) if "/Alt" in one] == ["red", "red"]


def test_only_slides_that_changed_are_painted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[str] = []
    paint = pieces.paint

    def watched(document: Any, pages: Any, *more: Any) -> pieces.Piece:
        painted.extend(pages[0].anchors)
        return paint(document, pages, *more)

    monkeypatch.setattr(pieces, "paint", watched)
    cache = Cache(tmp_path, "painted")
    first = write_pdf(page(SLIDES), {}, cache, "a")
    assert write_pdf(page(SLIDES), {}, cache, "a") == first
    assert painted == ["one", "two", "three"]
    changed = [*SLIDES[:2], slide("three", "<p>now")]
    second = write_pdf(page(changed), {}, cache, "a")
    assert painted[3:] == ["three"]
    assert second == write_pdf(page(changed), {})


def test_the_kind_of_another_slide_counts(tmp_path: Path) -> None:
    cache = Cache(tmp_path, "painted")
    write_pdf(page(SLIDES), {}, cache, "a")
    data, _, _ = write_pdf(page([slide("one"), *SLIDES[1:]]), {}, cache, "a")
    assert [mark.level for mark in pypdfium2.PdfDocument(data).get_toc()] == [0, 0, 0]


def test_a_slide_that_takes_two_pages_keeps_both(tmp_path: Path) -> None:
    slides = [slide("one", "<p>a</p>" * 20), slide("two")]
    data, _, layout = write_pdf(page(slides), {})
    assert (len(layout.slides), len(pypdfium2.PdfDocument(data)) > 2) == (2, True)


@pytest.mark.parametrize(
    "style",
    [
        ".slide { counter-increment: slide }",
        "@page { @bottom-left { content: counter(page) } }",
        ".slide { string-set: a content(text) }",
        ".slide:has(p) ~ .slide { color: red }",
        "#one ~ .slide { color: red }",
    ],
)
def test_styles_that_reach_from_slide_to_slide_have_all_laid_out_together(style: str) -> None:
    whole = page(SLIDES).replace("</style>", f"{style}</style>")
    assert len(document._Parts.of(whole).slides) == 1
    assert len(document._Parts.of(page(SLIDES)).slides) == 3


def test_a_style_by_class_reaches_other_slides() -> None:
    style = ".slide.section + .slide { padding-left: 50px }</style>"
    data, _, layout = write_pdf(page(SLIDES).replace("</style>", style), {})
    assert layout == write_pdf(page(SLIDES, "").replace("</style>", style), {})[2]
    assert data


def test_what_is_kept_is_read_as_it_was() -> None:
    parts = document._Parts.of(page(SLIDES))
    made, _ = document._paint(parts, [0, 2], {})
    again = dict(pieces.load(pieces.dump(zip("ab", made, strict=True)), {"b"}))
    frame = document._document(parts.frame(), {}, empty=True)
    options = document._OPTIONS | {"pdf_identifier": b"a"}
    assert list(again) == ["b"]
    assert pieces.join([again["b"]], frame, options) == pieces.join([made[1]], frame, options)
