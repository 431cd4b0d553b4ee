"""How soon what is saved is on screen, in a browser that shows the talk: a word of prose, a snippet's figure.

Milliseconds from the moment before the file is written to the new slide in the page, by the browser's clock; for the
snippet beside what its run takes alone, in a process forked from one that has imported everything.
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
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.server import Server  # noqa: E402
from verideck.core.project import Sources  # noqa: E402
from verideck.read.parser import parse  # noqa: E402
from verideck.run import imports, local_executor, plan  # noqa: E402
from verideck.typeset.fonts import Fonts  # noqa: E402

DECK, SNIPPET = "slides/hyperparameter-tuning.md", "snippets/ridge_fits.py"
SWITCHES = "no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-sync"
WATCH = """(word) => { self.seen = 0; new MutationObserver((_, it) => {
  if (!document.querySelector('.slides').textContent.includes(word)) return;
  self.seen = Date.now();
  it.disconnect();
}).observe(document.querySelector('.slides'), {childList: true, subtree: true}); }"""


def edits(page: Page, file: Path, before: str, after: str, runs: int, pause: float) -> Iterator[float]:
    """Write `after`, a word of its own in place of `{}`, for `before` into a file; yield the ms until it is seen."""
    text = file.read_text("utf-8")
    assert before in text
    for number in range(runs):
        word = f"WORD{number}X"
        time.sleep(pause)
        page.evaluate(WATCH, word)
        begun = page.evaluate("Date.now()")
        file.write_text(text.replace(before, after.format(word), 1), "utf-8")
        while not (seen := page.evaluate("self.seen")):  # the page's policy lets nothing else wait in it
            time.sleep(0.05)
        yield seen - begun
    file.write_text(text, "utf-8")


def alone(root: Path, runs: int) -> list[float]:
    """Return the ms that the snippet's run takes when all is imported."""
    sources = Sources(root)
    planned = plan([parse(DECK, sources).deck], sources)
    chosen = next(run for run in planned.runs if run.snippet.path == SNIPPET and not run.id.parameters)
    took = []
    executor = local_executor(root, [chosen], Fonts(root), cold=False)
    executor.warm(imports([chosen]))
    with executor as runner:
        for _ in range(runs + 1):
            start = time.perf_counter()
            assert runner.submit(chosen).result().error is None
            took.append(1000 * (time.perf_counter() - start))
    return took[1:]  # the first waits for the imports


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}")
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        root = Path(temporary) / "talk"
        for name in ("slides", "snippets", "figures", "templates"):
            shutil.copytree(ROOT / name, root / name)
        shutil.copy(ROOT / "matplotlibrc", root)
        if (ROOT / ".cache/fonts").is_dir():
            shutil.copytree(ROOT / ".cache/fonts", root / ".cache/fonts")
        program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        browser = playwright.chromium.launch(executable_path=program, args=[f"--{name}" for name in SWITCHES.split()])
        with Server(root) as server:
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(server.url)
            page.wait_for_selector(".reveal.ready")
            time.sleep(10)  # until all runs are made
            row("prose", edits(page, root / DECK, "- ちょうどよい", "- {} ちょうどよい", options.runs, 0.5))
            figure = edits(page, root / SNIPPET, "plt.show()", 'plt.title("{}")\nplt.show()', options.runs, 4)
            row("snippet", figure)
        row("its run alone", alone(root, options.runs))


def row(what: str, took: Iterator[float] | list[float]) -> None:
    """Print one line of the table."""
    values = sorted(took)
    print(f"{what:14} median {statistics.median(values):5.0f} ms, {values[0]:5.0f} to {values[-1]:5.0f}", flush=True)


if __name__ == "__main__":
    main()
