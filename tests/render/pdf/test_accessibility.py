"""Tags, words and languages of a PDF: page in, tree of tags out."""

from __future__ import annotations

import base64
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pytest

from tests.pdf_tags import elements, tagged
from verideck.render.pdf import accessibility
from verideck.render.pdf.document import write_pdf

pytestmark = pytest.mark.slow


PAGE = '<html lang="en"><title>t</title><style>@page { size: 200px 100px }</style>%s'


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


def test_row_headers_keep_their_scope(tmp_path: Path) -> None:
    table = "<table><tr><th scope=col>a<th>b<tr><th scope=row>c<td>d</table>"
    with made(PAGE % table, tmp_path) as document:
        assert [str(header.A.get("/Scope")) for header in tagged(document, "TH")] == ["/Column", "/Column", "/Row"]


def test_a_page_keeps_which_mark_is_which_boxs_as_it_is_painted() -> None:
    painted: list[float] = []
    page = SimpleNamespace(paint=lambda stream, scale: painted.append(scale))
    accessibility.watch([page])
    page.paint(SimpleNamespace(_tags={"box": {"mcid": 7, "tag": "P"}}), 0.75)
    assert (painted, page.paint.marks) == ([0.75], {"box": 7})
