"""A page to a PDF: the same bytes, nothing from outside, our fonts alone, no library of the system."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from tests.harness import ROOT
from verideck.render.pdf.document import write_pdf
from verideck.typeset.fonts import SANS, Fonts

pytestmark = pytest.mark.slow

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
    assert any(url in warning and "cannot load files from outside" in warning for warning in warnings)


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
    file = Fonts(ROOT).static(SANS, 400, "ab")
    face = "@font-face { font-family: Ours; src: url(deck:a.ttf) }"
    style = f"<style>{face} body {{ font-family: Ours, sans-serif }}</style>"
    _, warnings, _ = write_pdf(PAGE % f"{style}<p>abz", {"deck:a.ttf": file})
    assert len(warnings) == 1
    assert '"z" (U+007A)' in warnings[0]


ALONE = """
import sys
from pathlib import Path
import cffi

def dlopen(self, name, flags=0):
    raise OSError(name)
cffi.FFI.dlopen = dlopen

from verideck.render.pdf import document
data, warnings, _ = document.write_pdf(sys.stdin.read(), {"deck:a.ttf": Path(sys.argv[1])})
assert warnings == (), warnings
sys.stdout.buffer.write(data)
"""


def test_no_library_of_the_system_is_asked_and_nothing_is_said(fonts: Path) -> None:
    file = Fonts(fonts.parent).static(SANS, 400, "abcdefg")
    style = "<style>@font-face { font-family: Ours; src: url(deck:a.ttf) } body { font-family: Ours }</style>"
    page = PAGE % f"{style}<p>abc"
    command = [sys.executable, "-W", "error", "-c", ALONE, str(file)]
    done = subprocess.run(command, input=page.encode(), capture_output=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == write_pdf(page, {"deck:a.ttf": file})[0]
    assert len(done.stdout) < 10_000
    assert pypdfium2.PdfDocument(done.stdout)[0].get_textpage().get_text_range() == "abc"
