"""How time and memory grow with the number of slides, for decks that run nothing: 20, 200 and 1,000 slides.

Each slide has a heading, bullets with a link, Japanese text and a token of its own, by which all are proved to have
arrived; in turn a table, a formula, code, a picture. Seconds are of CPU, user and system, of a whole process; the font
cache is warm.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MIB = 2**20
SWITCHES = (
    *("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"),
    *("disable-component-update", "disable-sync", "no-pdf-header-footer"),
)


def project(folder: Path, count: int) -> Path:
    """Write a project with one deck of `count` plain slides into `folder`."""
    for name in ("verideck", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("build.py", "matplotlibrc"):
        shutil.copy(ROOT / name, folder)
    (folder / "slides").mkdir()
    for number in range(5):
        (folder / "slides" / f"circle{number}.svg").write_text(circle(10 * number + 10), "utf-8")
    slides = "\n\n---\n\n".join(map(slide, range(count)))
    (folder / "slides" / "plain.md").write_text(f"---\ntitle: Plain slides\nlang: ja\n---\n\n{slides}\n", "utf-8")
    return folder


def slide(number: int) -> str:
    """Return the Markdown of one slide: text, and in turn a table, a formula, code, a picture."""
    things = (
        f"| name | value |\n|---|---|\n| n | {number} |\n| m | {number + 1} |",
        f"$$E(w) = \\sum_i (y_i - w x_i)^2 + {number}$$",
        f"```python\nfor i in range({number}):\n    print(i)\n```",
        f"![A circle](circle{number % 5}.svg)",
    )
    return (
        f"# Slide {number}\n\n- one thing, with a [link](https://example.org/{number})\n"
        f"- 日本語の文章も、ここに一行あります。\n- the token is T{number}T\n\n{things[number % len(things)]}"
    )


def circle(radius: int) -> str:
    """Return a picture as SVG."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="200" height="200">'
        f'<circle cx="50" cy="50" r="{radius}" fill="#1d5fc4"/></svg>'
    )


def measure(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command and return the CPU seconds of its whole tree and the peak of resident memory of one process in MiB.

    What a process leaves behind becomes our child and is waited for: browsers do not wait for all of theirs.
    """
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER, linux/prctl.h
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        seconds = peak = 0.0
        while True:
            try:
                pid, status, usage = os.wait4(-1, 0)
            except ChildProcessError:
                return seconds, peak
            seconds += usage.ru_utime + usage.ru_stime
            peak = max(peak, usage.ru_maxrss * 1024 / MIB)
            if pid == process.pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                if process.returncode:
                    log.seek(0)
                    sys.exit(f"{command} failed:\n{log.read().decode()}")


def print_in_browser(folder: Path) -> tuple[float, float]:
    """Have Chromium print the deck's HTML, as other tools make their PDF."""
    with tempfile.TemporaryDirectory() as profile:
        switches = [
            f"--{switch}" for switch in (*SWITCHES, f"user-data-dir={profile}", "print-to-pdf=dist/browser.pdf")
        ]
        program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        return measure([program, *switches, (folder / "dist/plain.html").as_uri()], folder)


def build(folder: Path, kind: str) -> tuple[float, float]:
    """Build from nothing but cut fonts; return CPU seconds and MiB."""
    shutil.rmtree(folder / "dist", ignore_errors=True)
    return measure([sys.executable, "build.py", f"--{kind}"], folder)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slides", type=int, nargs="*", default=[20, 200, 1000])
    parser.add_argument("--pdf", action="store_true", help="make PDFs, and have Chromium print the same decks")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every build compiles the engine anew
    load = os.getloadavg()[0]
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}")
    print(f"{'slides':>6} {'made':12} {'CPU s':>7} {'min':>7} {'max':>7} {'MiB':>6} {'ms/slide':>9}")
    for count in options.slides:
        with tempfile.TemporaryDirectory() as temporary:
            folder = project(Path(temporary) / "deck", count)
            build(folder, "html")  # cuts fonts
            row(count, "html", [build(folder, "html") for _ in range(options.runs)])
            text = (folder / "dist/plain.html").read_text("utf-8")
            assert all(f"T{number}T" in text for number in range(count))
            if options.pdf:
                row(count, "by browser", [print_in_browser(folder) for _ in range(options.runs)])
                build(folder, "pdf")
                row(count, "pdf", [build(folder, "pdf") for _ in range(options.runs)])


def row(count: int, what: str, runs: list[tuple[float, float]]) -> None:
    """Print one line of the table."""
    seconds = [cpu for cpu, _ in runs]
    median, memory = statistics.median(seconds), max(mib for _, mib in runs)
    low, high = min(seconds), max(seconds)
    print(
        f"{count:6} {what:12} {median:7.2f} {low:7.2f} {high:7.2f} {memory:6.0f} {1000 * median / count:9.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
