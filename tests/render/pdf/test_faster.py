"""What WeasyPrint is spared changes nothing that it makes."""

from __future__ import annotations

import gc
import re
from typing import Any

import pydyf
import pytest

from verideck.render.pdf import document, faster

PAGE = "<html lang=en><title>t</title><style>@page { size: 200px 100px; margin: 0 }</style>%s"


def drawn(path: str, more: str = "") -> list[bytes]:
    """Return the steps of a path as they are drawn, with numbers as WeasyPrint writes them."""
    weasyprint = document._weasyprint()
    from weasyprint.images import SVGImage
    from weasyprint.pdf.stream import Stream

    tree = weasyprint.images.ElementTree.fromstring(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="{path}" {more}/></svg>'
    )
    resources = {name: pydyf.Dictionary() for name in ("ExtGState", "XObject", "Pattern", "Shading")}
    stream = Stream({}, (0, 0, 9, 9), resources, {}, None, {}, None)
    SVGImage(tree, None, None, None).draw(stream, 10, 10, None)
    lines = b"\n".join(pydyf._to_bytes(one) for one in stream.stream).split(b"\n")
    steps = [line for line in lines if line[-2:] in (b" m", b" l", b" c") or line == b"h"]
    return [re.sub(rb"[-+\d.]+", lambda number: b"%.3f" % (float(number[0]) + 0), step) for step in steps]


@pytest.mark.parametrize(
    "path",
    [
        "M1 2L3 4.5Z",
        "M 1,2 3,4 5,6",
        "M1 2 Q 3 4 5 6 7 8 9 1 Z M 2 2 Q 1 1 3 3",
        "M0 0C1 1 2 2 3 3 4 4 5 5 6 -.5",
        "M1 1L2 2ZQ3 3 4 4",
        " M 1. 2. L -1 +2 ",
    ],
)
def test_a_plain_path_is_drawn_as_weasyprint_draws_it(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = drawn(path)
    monkeypatch.setattr(faster, "_PLAIN", re.compile("(?!)"))
    assert [b"0.000 0.000 m", *ours] == drawn(path)


@pytest.mark.parametrize(
    ("path", "more"),
    [("m1 2l3 4", ""), ("M1-2L3 4", ""), ("M1 2A1 1 0 0 1 3 3", ""), ("M1 2L3 4", 'marker-end="url(#a)"')],
)
def test_other_paths_are_left_to_weasyprint(path: str, more: str) -> None:
    assert drawn(path, more)[0] == b"0.000 0.000 m"


def test_a_long_path_that_is_not_plain_is_seen_at_once() -> None:
    assert drawn("M" + "1234567890 " * 3000 + "H 3")[0] == b"0.000 0.000 m"


def test_slides_share_styles_and_keep_their_anchors(monkeypatch: pytest.MonkeyPatch) -> None:
    slides = "".join(f"<section id=s{number}><p>a <b>b</b></section>" for number in range(3))
    made = document._document(PAGE % f"<style>b {{ color: red }}</style><main>{slides}", {})
    boxes: dict[str, list[Any]] = {}
    for page in made.pages:
        for box in page._page_box.descendants():
            boxes.setdefault(box.element_tag, []).append(box)
    assert len({id(box.style) for box in boxes["b"] if hasattr(box, "text")}) == 1
    assert [name for page in made.pages for name in page.anchors] == ["s0", "s1", "s2"]


def test_garbage_is_looked_for_again_afterwards() -> None:
    with faster.no_collections():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_installed_once() -> None:
    weasyprint = document._weasyprint()
    before = weasyprint.css.StyleFor.set_computed_styles
    faster.install()
    assert weasyprint.css.StyleFor.set_computed_styles is before


def test_a_style_sheet_is_parsed_once_and_all_it_says_holds_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    style = "<style>@page { size: 300px 100px } @media print { b { nonsense: 1; color: red } }</style><b>a</b>"
    made = []
    parsed: list[object] = []
    weasyprint = document._weasyprint()
    parse = weasyprint.css.preprocess_stylesheet

    def noted(*some: Any, **more: Any) -> None:
        parsed.append(some)
        parse(*some, **more)

    monkeypatch.setattr("weasyprint.preprocess_stylesheet", noted)
    for _ in range(2):
        with faster.Records() as warnings:
            page = document._document(PAGE % style, {}).pages[0]
        colour = next(box.style["color"] for box in page._page_box.descendants() if box.element_tag == "b")
        made.append((page.width, tuple(colour.coordinates), warnings.warnings, len(parsed)))
    assert made[0] == made[1]
    assert made[0][0] == 300
    assert "Ignored `nonsense:" in made[0][2][0]


def test_a_style_sheet_that_names_fonts_is_parsed_each_time() -> None:
    style = "<style>@font-face { font-family: a; nonsense: 1 }</style>"
    for _ in range(2):
        with faster.Records() as warnings:
            document._document(PAGE % style, {})
        assert len([message for message in warnings.warnings if "nonsense" in message]) == 1
