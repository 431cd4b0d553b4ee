"""Our text engine beside Pango: the same boxes, pages, tags, links and text, and how much time it takes.

Pages: both editions of the talk as slides, steps and handout, and texts that are hard to set. Each engine makes all
pages in a process of its own. Where Pango is not installed, nothing is compared. Known and meant to be other: breaks
that UAX #14 has changed since Pango 1.50 (`->` and `-m` stay whole), a line of two fonts that begins in Japanese (Pango
moves its base line), widths of characters that no font has.
"""

from __future__ import annotations

import argparse
import io
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from verideck.core.project import Sources  # noqa: E402
from verideck.publish.builder import deck_builds  # noqa: E402
from verideck.read.parser import parse  # noqa: E402
from verideck.render.pdf import document, text  # noqa: E402
from verideck.run.record import read_record  # noqa: E402
from verideck.typeset.fonts import LATIN, MONO, SANS, Fonts  # noqa: E402

Page = tuple[str, dict[str, Path]]
"""HTML, and the files of its fonts."""

ENGLISH = "The quick brown fox (who isn't lazy) jumps over 3.5 dogs/cats; a well-known “quote” – AVATAR, fi ffi, 50%."
JAPANESE = "ちょうどよい値は、あるのでしょうか。「最適化」と（学習）のパラメータを10個、試します！ABCとdef…"
CODE = "def f(x):\n\treturn  x\t+ 1\n\n    if a:   b\t\tc\n"
SOFT = "Donau\u00addampf\u00adschiff\u00adfahrts\u00adgesell\u00adschafts\u00adkapitän su\u00adper\u00adcal\u00adifrag"
HARD = {
    "English": ("", ENGLISH),
    "Japanese": ("font-family: Sans", JAPANESE),
    "spaced": ("letter-spacing: 2px; word-spacing: 3px", ENGLISH),
    "spaced Japanese": ("font-family: Sans; letter-spacing: 0.1em", JAPANESE),
    "narrowed": ("letter-spacing: -0.5px", ENGLISH),
    "justified": ("text-align: justify", ENGLISH),
    "proportional kana": ("font-family: Sans; font-feature-settings: 'palt'", JAPANESE),
    "no kerning": ("font-kerning: none; font-variant-ligatures: none", ENGLISH),
    "numerals": ("font-variant-numeric: tabular-nums slashed-zero", ENGLISH),
    "small capitals": ("font-variant-caps: small-caps", ENGLISH),
    "tabs": ("white-space: pre; font-family: Mono; tab-size: 4", CODE),
    "tabs that wrap": ("white-space: pre-wrap; font-family: Mono", CODE),
    "soft hyphens": ("", SOFT),
    "hyphens": ("hyphens: auto", "representation of incomprehensibilities, counterproductive counter-examples"),
    "anywhere": ("overflow-wrap: anywhere", "https://example.org/path/to/some/very-long_file.name?query=1#frag"),
    "ellipsis": ("overflow: hidden; text-overflow: ellipsis; white-space: nowrap", ENGLISH),
    "joined": ("", "aaaa\u200bbbbb\u2060cccc\u00a0dddd\u202feeee\u2010ffff\u2013gggg<wbr>hhhh"),
    "two fonts": ("font-family: Latin, Sans", "Łódź, Dvořák → λ, 値"),
    "marks": ("", "e\u0301 a\u0308 o\u0302\u0323 n\u0303n A\u030a Việt"),
    "sizes": ("line-height: normal", 'Ag<sup>2</sup> <span style="font: 31px Mono">x<sub>i</sub></span> <b>b</b>'),
}


def pages() -> Iterator[tuple[str, Page]]:
    """Yield the pages by what they are called."""
    sources, fonts = Sources(ROOT), Fonts(ROOT)
    decks = [parse(path, sources).deck for path in sources.decks()]
    for build in deck_builds(decks, read_record(sources), sources, fonts):
        for kind in ("pdf", "steps.pdf", "notes.pdf"):
            yield f"{build.deck.name}.{kind}", build.print_page(kind)
    letters = "".join(content for _, content in HARD.values()) + "‐-…"
    files = {
        f"deck:{name}-{weight}": fonts.static(family, weight, letters)
        for name, family, weights in (("Sans", SANS, (400, 800)), ("Latin", LATIN, (400, 600)), ("Mono", MONO, (500,)))
        for weight in weights
    }
    faces = "".join(
        f"@font-face {{ font-family: {url[5:].partition('-')[0]}; font-weight: {url[-3:]}; src: url({url}) }}"
        for url in files
    )
    for name, (style, content) in HARD.items():
        widths = "".join(f'<p style="width: {width}px; {style}">{content}' for width in (60, 130, 222.5, 400))
        head = f'<html lang="en"><title>t</title><style>{faces} @page {{ size: 440px 4000px; margin: 20px }}'
        yield name, (f"{head} body {{ font: 20px Latin; margin: 0 }}</style>{widths}", files)


def facts_of(page: Page) -> dict[str, Any]:
    """Return what an engine makes of a page, and the seconds that it took."""
    start = time.process_time()
    data, warnings, _ = document.write_pdf(*page)
    seconds = time.process_time() - start
    made = document._document(*page)
    boxes = [
        (number, getattr(box, "text", ""), *(round(float(side), 2) for side in sides))
        for number, one in enumerate(made.pages)
        for box in one._page_box.descendants(placeholders=True)
        if not isinstance(box.width, str) and not isinstance(box.height, str)
        for sides in [(box.position_x, box.position_y, box.width, box.height)]
    ]
    return {"data": data, "warnings": warnings, "boxes": boxes, "seconds": seconds}


def read(data: bytes) -> dict[str, list[str]]:
    """Return what readers of a PDF see: its text, bookmarks, links and tags."""
    opened = pypdfium2.PdfDocument(data)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        elements = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/S" in one and "/P" in one]
        tags = [str(one.S) for one in elements]
        links = [str(link.get("/Contents")) + str(link.Rect) for page in pdf.pages for link in page.get("/Annots", [])]
    return {
        "text": [page.get_textpage().get_text_range() for page in opened],
        "bookmarks": [f"{mark.level} {mark.get_title()}" for mark in opened.get_toc()],
        "links": links,
        "tags": tags,
    }


def pixels(one: bytes, other: bytes) -> float:
    """Return the largest share of a page's pixels that differ plainly."""
    worst = 0.0
    for here, there in zip(pypdfium2.PdfDocument(one), pypdfium2.PdfDocument(other), strict=False):
        a, b = (np.asarray(page.render(scale=1.5).to_pil().convert("L"), dtype=int) for page in (here, there))
        worst = max(worst, float((abs(a - b) > 40).mean()) if a.shape == b.shape else 1.0)
    return worst


def child(engine: str, folder: Path) -> None:
    """Make all pages by one engine."""
    if engine == "pango":
        empty = folder / "fonts.conf"
        empty.write_text("<fontconfig/>", "utf-8")
        os.environ["FONTCONFIG_FILE"] = str(empty)
        text.install = lambda: None
    asked = pickle.loads((folder / "pages").read_bytes())
    (folder / engine).write_bytes(pickle.dumps({name: facts_of(page) for name, page in asked.items()}))


def compare(name: str, theirs: dict[str, Any], ours: dict[str, Any]) -> bool:
    """Print how alike two PDFs are; return whether they are."""
    differ = [pair for pair in zip_longest(theirs["boxes"], ours["boxes"]) if pair[0] != pair[1]]
    seen = [read(one["data"]) for one in (theirs, ours)]
    other = [what for what in seen[0] if seen[0][what] != seen[1][what]]
    share = pixels(theirs["data"], ours["data"])
    print(f"{name:34} {len(ours['boxes']):6} {len(differ):8} {share:9.3%}  {', '.join(other) or 'the same'}")
    for pair in differ[:3]:
        print(f"    {pair[0]}\n    {pair[1]}")
    return not differ and not other


def main() -> int:
    """Compare the engines; return 1 with `--strict` where they differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="how often each engine is timed")
    parser.add_argument(
        "--strict", action="store_true", help="fail where boxes or contents differ, or Pango is missing"
    )
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.child[0], Path(asked.child[1]))
        return 0
    if subprocess.run([sys.executable, "-W", "ignore", "-c", "import weasyprint"], capture_output=True).returncode:
        print("Pango is not installed: nothing is compared")
        return int(asked.strict)
    with tempfile.TemporaryDirectory() as folder:
        known = dict(pages())
        (Path(folder) / "pages").write_bytes(pickle.dumps(known))
        seconds: dict[str, dict[str, list[float]]] = {name: {"pango": [], "ours": []} for name in known}
        for _ in range(asked.runs):
            for engine in ("pango", "ours"):
                subprocess.run([sys.executable, "-W", "ignore", __file__, "--child", engine, folder], check=True)
                for name, facts in pickle.loads((Path(folder) / engine).read_bytes()).items():
                    seconds[name][engine].append(facts["seconds"])
        theirs, ours = (pickle.loads((Path(folder) / engine).read_bytes()) for engine in ("pango", "ours"))
    print(f"{'page':34} {'boxes':>6} {'differ':>8} {'pixels':>9}  content")
    alike = [compare(name, theirs[name], ours[name]) for name in known]
    for name in [name for name in known if name.endswith(".pdf")]:
        one, two = (statistics.median(seconds[name][engine]) for engine in ("pango", "ours"))
        print(f"{name:34} {one:.2f} s with Pango, {two:.2f} s with ours: {two / one:.2f} times")
    return int(asked.strict and not all(alike))


if __name__ == "__main__":
    sys.exit(main())
