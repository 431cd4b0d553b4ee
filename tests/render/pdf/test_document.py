"""A page to a PDF: the same bytes, nothing from outside, our fonts alone; what is said where a library is missing."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from tests.harness import ROOT, DeckTest
from verideck.render.pdf.document import PangoMissing, write_pdf
from verideck.typeset.fonts import SANS, Fonts

pytestmark = [pytest.mark.slow, pytest.mark.pdf]

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
data, warnings, _ = document.write_pdf(sys.stdin.read(), {"deck:a.ttf": Path(sys.argv[1])})
assert warnings == (), warnings
from weasyprint.text.ffi import harfbuzz_subset
assert harfbuzz_subset is None
sys.stdout.buffer.write(data)
"""


def test_without_harfbuzz_subset_the_pdf_looks_and_reads_the_same_without_a_word(fonts: Path) -> None:
    file = Fonts(ROOT).static(SANS, 400, "abcdefg")
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
    document.write_pdf("", {})
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
