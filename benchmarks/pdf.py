"""The PDF of big decks: 20, 200 and 1,000 slides with a list, a link, formulas, a table and a picture each.

For each deck: built from nothing, and again after one word has changed, beside Chromium printing the same HTML and,
where `marp` is on the PATH, Marp making a PDF of the same slides. Seconds are of CPU, user and system, of a whole
process and its children, and of the clock; MiB are the peak of one process. The cut fonts are there before
the first run.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import plain_deck
from plain_deck import build, measure, print_in_browser

Run = tuple[float, float, float]
"""CPU seconds, seconds of the clock, MiB."""


def slide(number: int) -> str:
    """Return the Markdown of one slide: a list, a table and a formula beside a picture."""
    return (
        f"# Slide {number}\n\n- one thing, with a [link](https://example.org/{number}) and $x_{{{number}}}^2$\n"
        f"- 日本語の文章も、ここに一行あります。\n- the token is T{number}T\n\n"
        f":::: columns\n::: column\n| name | value |\n|---|---|\n| n | {number} |\n| m | {number + 1} |\n\n"
        f"$$E(w) = \\sum_i (y_i - w x_i)^2 + {number}$$\n:::\n"
        f"::: column\n![A circle](circle{number % 5}.svg)\n:::\n::::"
    )


def change(folder: Path) -> None:
    """Change one word on one slide."""
    deck = folder / "slides/plain.md"
    text = deck.read_text("utf-8")
    deck.write_text(text.replace("T7T", "T8T") if "T7T" in text else text.replace("T8T", "T7T", 1), "utf-8")


def marp(folder: Path, count: int) -> tuple[float, float]:
    """Have Marp make a PDF of the same slides, of which it knows all but the columns."""
    slides = (slide(number).replace(":::: columns\n", "").replace("::: column\n", "") for number in range(count))
    text = "\n\n---\n\n".join(one.replace(":::\n", "").replace("::::", "") for one in slides)
    (folder / "slides/marp.md").write_text(f"---\nmarp: true\nmath: katex\n---\n\n{text}\n", "utf-8")
    command = ["marp", "--no-stdin", "--allow-local-files", "--pdf", "slides/marp.md", "-o", "dist/marp.pdf"]
    made = measure(command, folder)
    (folder / "slides/marp.md").unlink()
    return made


def timed(run: Callable[[], tuple[float, float]]) -> Run:
    """Return what a run took."""
    start = time.perf_counter()
    cpu, mib = run()
    return cpu, time.perf_counter() - start, mib


def cold(folder: Path) -> tuple[float, float]:
    """Build from nothing but cut fonts."""
    shutil.rmtree(folder / ".cache/painted", ignore_errors=True)
    return build(folder, "pdf")


def warm(folder: Path) -> tuple[float, float]:
    """Build after one word has changed."""
    change(folder)
    return measure([sys.executable, "build.py", "--pdf"], folder)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slides", type=int, nargs="*", default=[20, 200, 1000])
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    plain_deck.slide = slide
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{'slides':>6} {'made':18} {'CPU s':>7} {'clock s':>8} {'MiB':>6}")
    for count in options.slides:
        with tempfile.TemporaryDirectory() as temporary:
            folder = plain_deck.project(Path(temporary) / "deck", count)
            build(folder, "html")
            cold(folder)
            ways: dict[str, Callable[[], tuple[float, float]]] = {
                "cold": lambda folder=folder: cold(folder),
                "one word changed": lambda folder=folder: warm(folder),
                "Chromium prints": lambda folder=folder: print_in_browser(folder),
            }
            if shutil.which("marp"):
                ways["Marp"] = lambda folder=folder, count=count: marp(folder, count)
            runs: dict[str, list[Run]] = {way: [] for way in ways}
            for _ in range(options.runs):  # in turn, so that all have the same company on the machine
                for way, run in ways.items():
                    if way == "Chromium prints":
                        build(folder, "html")
                    runs[way].append(timed(run))
            for way, several in runs.items():
                cpu, clock, mib = (statistics.median(values) for values in zip(*several, strict=True))
                print(f"{count:6} {way:18} {cpu:7.2f} {clock:8.2f} {mib:6.0f}", flush=True)


if __name__ == "__main__":
    main()
