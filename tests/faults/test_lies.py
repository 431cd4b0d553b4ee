"""Every lie in figures/ is found, located and named; the truth is believed, twenty times in a row.

The record is real and made once; the lies are told to copies of it and held against results made once.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.harness import ROOT, DeckTest
from verideck.check import verdict
from verideck.check.verdict import Verdict
from verideck.core import progress
from verideck.core.deck_model import Deck
from verideck.core.project import Sources
from verideck.core.run_model import Plan, Results, RunId
from verideck.read import parser
from verideck.run import imports, local_executor, record, schedule
from verideck.run.planner import plan
from verideck.typeset.fonts import Fonts

pytestmark = pytest.mark.slow

DECK = """\
# A drawing {#drawing}

```{figure} draws.py
:alt: A line and three marks
```

```{figure} draws.py@marks
:alt: Marks alone
```

---

# Numbers {#numbers}

From {eval}`counts.py: slopes[0]:.2f` to {eval}`counts.py: slopes[1]:.2f`, {eval}`counts.py: slopes`,
{eval}`counts.py: best['depth']` deep, {eval}`counts.py: best`, {eval}`counts.py: nothing`, {eval}`counts.py: name`.

```{table} counts.py: rows
```

---

# Words {#words}

```{output} counts.py
```

```{snippet} counts.py
:set: start=2
```

```{output} counts.py
:set: start=2
```

---

# A frame {#frame}

```{python} #load
import polars as pl
frame = pl.DataFrame({"price": [0.625, 1.5], "name": ["fig", "pear"]})
print("loaded", 2)
frame
```

---

# Another cell {#another}

```{python}
:continues:
print("mean", frame["price"].mean())
```

```{python} #kinds
:show: value, figure
:alt: Four squares
class Picture:
    def _repr_png_(self):
        import base64
        pixels = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGNgCGBY8AEAA3YB4T1bJLgAAAAASUVORK5CYII="
        return base64.b64decode(pixels)
class Formula:
    def _repr_latex_(self):
        return "$x^2 + 3$"
class Page:
    def _repr_html_(self):
        return "<table><tr><td>cost</td><td>2.5</td></tr></table>"
Picture()
```

```{show} kinds: Formula()
```

```{show} kinds: Page()
```

Two rows, {eval}`load: frame["price"].sum():.1f` in all.

```{output} counts.py#print
```
"""
DRAWS = """\
import matplotlib.pyplot as plt

plt.plot([0, 1, 2], [0.5, 0.1, 0.7], color="C0")
plt.plot([0, 1, 2], [0.2, 0.3, 0.4], "o", color="C1")
plt.text(1, 0.5, "here")
plt.show()
plt.figure("marks")
plt.plot([3, 1, 2], "x", color="C2")
plt.show()
"""
COUNTS = """\
# region parameters
start = 1
# endregion
slopes = [1.7334734, -0.25 * start]
best = {"depth": 3, "rate": 0.1}
rows = [{"n": 1, "w": 0.5}, {"n": 2, "w": 0.25}]
nothing = float("nan")
name = "ridge"
# region print
print(f"start {start}")
# endregion
for slope in slopes:
    print(f"slope  {slope:.4f}")
"""


@dataclass(frozen=True)
class Truth:
    """A project whose record is true, and what its snippets give."""

    root: Path
    decks: tuple[Deck, ...]
    planned: Plan
    fresh: Results

    def judge(self, root: Path) -> Verdict:
        """Return the verdict over the record in another folder."""
        sources = Sources(root)
        recorded = record.read_record(sources, self.planned.runs)
        return verdict.verify(self.decks, self.planned, recorded, self.fresh, sources)


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory, fonts: Path) -> Truth:
    project = DeckTest(tmp_path_factory.mktemp("lies") / "project", fonts)
    project.write("slides/talk.md", DECK).write("snippets/draws.py", DRAWS).write("snippets/counts.py", COUNTS)
    project.run("figures").fine()
    sources = Sources(project.root)
    decks = (parser.parse("slides/talk.md", sources).valid(),)
    planned = plan(decks, sources)
    fresh = schedule(project.root, planned.runs, Fonts(ROOT), progress.silent, fresh=True).results
    return Truth(project.root, decks, planned, fresh)


class Liar:
    """A copy of the record that can be tampered with."""

    def __init__(self, root: Path) -> None:
        self.figures = root / "figures"

    def entry(self, run: str, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the entry of a run: counts.py, counts.py (start=2), draws.py."""
        file = self.figures / "results.json"
        data = json.loads(file.read_text("utf-8"))
        runs = [str(RunId(one["snippet"], tuple(one["parameters"].items()))) for one in data["results"]]
        change(data["results"][runs.index(run)])
        data["results"] = [entry for entry in data["results"] if entry]
        file.write_text(json.dumps(data, ensure_ascii=False), "utf-8")

    def text(self, before: str, after: str) -> None:
        """Replace the first occurrence of a text in the record."""
        self._replace("results.json", before, after)

    def value(self, expression: str, value: Any) -> None:
        """Replace a value of counts.py."""
        self.entry("counts.py", lambda entry: entry["values"].update({expression: value}))

    def svg(self, pattern: str, after: str | Callable[[re.Match[str]], str], name: str = "draws-1.svg") -> None:
        """Replace the first match of a pattern in a drawing."""
        file = self.figures / name
        text, count = re.subn(pattern, after, file.read_text("utf-8"), count=1, flags=re.DOTALL)
        assert count == 1
        file.write_text(text, "utf-8")

    def swap(self) -> None:
        """Let two drawings change places."""
        one, two = (self.figures / name for name in ("draws-1.svg", "draws-marks.svg"))
        first, second = one.read_bytes(), two.read_bytes()
        one.write_bytes(second)
        two.write_bytes(first)

    def swap_entries(self) -> None:
        """Give what one run printed and gave to another."""
        kept: dict[str, Any] = {}
        self.entry("counts.py", lambda entry: kept.update(entry))
        self.entry(
            "counts.py (start=2)", lambda entry: entry.update({name: kept[name] for name in ("stdout", "values")})
        )

    def _replace(self, name: str, before: str, after: str) -> None:
        file = self.figures / name
        text = file.read_text("utf-8")
        assert before in text
        file.write_text(text.replace(before, after, 1), "utf-8")


def moved(match: re.Match[str]) -> str:
    """Return a match with the first decimal in it moved by a hundredth."""
    return re.sub(r"\d+\.\d+", lambda number: f"{float(number[0]) + 0.01:.6f}", match[0], count=1)


def fail(entry: dict[str, Any]) -> None:
    """Let an entry tell of an exception."""
    entry["error"] = {"kind": "ValueError", "message": "x", "line": 1, "traceback": ""}


def swap_files(entry: dict[str, Any]) -> None:
    """Let the two figures of an entry name each other's file."""
    one, two = entry["figures"]
    one["file"], two["file"] = two["file"], one["file"]


LINE = r'<path d="[^"]*" clip-path="[^"]*" style="fill: none; stroke: #1d5fc4[^>]*/>'
"""The line of the first drawing."""
LIES: dict[str, tuple[Callable[[Liar], object], str, str]] = {
    # id: (the lie, slide that is named, what is said)
    "a digit": (lambda lie: lie.text("1.7334734", "1.7344734"), "numbers", "value slopes"),
    "just outside the tolerance": (lambda lie: lie.value("slopes[0]", 1.7334734 * (1 + 2e-6)), "numbers", "slopes[0]"),
    "a sign": (lambda lie: lie.value("slopes[1]", 0.25), "numbers", "value slopes[1]: 0.25 → -0.25"),
    "a type": (lambda lie: lie.value("best['depth']", 3.0), "numbers", "value best['depth']: 3.0 → 3"),
    "a number as text": (lambda lie: lie.value("best['depth']", "3"), "numbers", "value best['depth']: '3' → 3"),
    "true for one": (
        lambda lie: lie.entry("counts.py", lambda e: e["values"]["rows"][0].update(n=True)),
        "numbers",
        "['n']",
    ),
    "a number for nan": (lambda lie: lie.value("nothing", 0.0), "numbers", "value nothing: 0.0 → nan"),
    "null for nan": (lambda lie: lie.value("nothing", None), "numbers", "value nothing: None → nan"),
    "a shorter list": (lambda lie: lie.value("slopes", [1.7334734]), "numbers", "1 → 2 items"),
    "another order": (lambda lie: lie.value("slopes", [-0.25, 1.7334734]), "numbers", "value slopes"),
    "a row less": (lambda lie: lie.value("rows", [{"n": 1, "w": 0.5}]), "numbers", "value rows"),
    "a cell": (lambda lie: lie.value("rows", [{"n": 1, "w": 0.5}, {"n": 2, "w": 0.75}]), "numbers", "[1]['w']"),
    "a key": (lambda lie: lie.value("best", {"deep": 3, "rate": 0.1}), "numbers", "value best"),
    "another word": (lambda lie: lie.value("name", "lasso"), "numbers", "value name: 'lasso' → 'ridge'"),
    "a letter's case": (lambda lie: lie.value("name", "Ridge"), "numbers", "value name: 'Ridge' → 'ridge'"),
    "a value less": (
        lambda lie: lie.entry("counts.py", lambda e: e["values"].pop("name")),
        "numbers",
        "nothing → 'ridge'",
    ),
    "a value more": (lambda lie: lie.value("other", 1), "numbers", "value other: 1 → nothing"),
    "a line less": (lambda lie: lie.text("start 1\\n", ""), "words", "stdout: slope  1.7335 → start 1"),
    "a line more": (lambda lie: lie.text("start 1\\n", "start 1\\nstart 1\\n"), "words", "stdout"),
    "a printed digit": (lambda lie: lie.text("-0.2500\\n", "-0.2501\\n"), "words", "slope  -0.2501 → "),
    "blanks in the output": (lambda lie: lie.text("slope  1", "slope 1"), "words", "'slope 1.7335' → "),
    "a blank at a line's end": (lambda lie: lie.text("start 1\\n", "start 1 \\n"), "words", "'start 1 ' → 'start 1'"),
    "no line end": (lambda lie: lie.text('-0.2500\\n"', '-0.2500"'), "words", "stdout"),
    "an exception": (lambda lie: lie.entry("counts.py", fail), "numbers", "error: ValueError: x → nothing"),
    "an entry less": (
        lambda lie: lie.entry("draws.py", dict.clear),
        "drawing",
        "draws.py: record: nothing → not recorded yet",
    ),
    "other parameters": (lambda lie: lie.text('"start": 2', '"start": 3'), "words", "counts.py (start=2): record"),
    "two entries swapped": (lambda lie: lie.swap_entries(), "words", "counts.py (start=2): stdout"),
    "drawings swapped": (lambda lie: lie.swap(), "drawing", "draws.py: figure 1"),
    "files swapped": (lambda lie: lie.entry("draws.py", swap_files), "drawing", "draws.py: figure 2"),
    "a number of a frame": (
        lambda lie: lie.text("0.625", "0.628"),
        "frame",
        "of cell 1: 0.628 → 0.625 (row 1, column price",
    ),
    "a name in a frame": (lambda lie: lie.text('"pear"', '"plum"'), "frame", "value of cell 1: 'plum' → 'pear'"),
    "a column of a frame": (lambda lie: lie.text('"price"', '"cost"'), "frame", "value of cell 1: 'cost' → 'price'"),
    "rows of a frame": (lambda lie: lie.text('"shape": [\n      2', '"shape": [\n      3'), "frame", "value of cell 1"),
    "what a cell printed": (
        lambda lie: lie.text('"#1": "loaded 2', '"#1": "loaded 3'),
        "frame",
        "output of cell 1: loaded 3 → ",
    ),
    "what the next cell printed": (lambda lie: lie.text('"mean 1.0', '"mean 1.1'), "another", "output of cell 2: mean"),
    "what a region printed": (
        lambda lie: lie.text('"#print": "start 1', '"#print": "start 2'),
        "another",
        "region print",
    ),
    "a formula": (
        lambda lie: lie.text("x^2 + 3", "x^2 + 4"),
        "another",
        "value Formula() in cell 1: 'x^2 + 4' → 'x^2 + 3'",
    ),
    "a number in HTML": (lambda lie: lie.text("<td>2.5<", "<td>2.6<"), "another", "in cell 1: 'cost 2.6' → 'cost 2.5'"),
    "a value in a cell": (lambda lie: lie.text("2.125", "2.25"), "another", "in cell 1: 2.25 → 2.125"),
    "a figure less": (
        lambda lie: lie.entry("draws.py", lambda e: e["figures"].pop()),
        "drawing",
        "figure 2: nothing → drawn",
    ),
    "a figure's label": (lambda lie: lie.text('"label": "marks"', '"label": "mark"'), "drawing", "2: mark → marks"),
    "a point moved": (lambda lie: lie.svg(LINE, moved), "drawing", "moved by 0.01"),
    "a mark moved": (lambda lie: lie.svg(r'<use [^>]* x="[^"]*"', moved, "draws-marks.svg"), "drawing", "figure 2"),
    "a text moved": (
        lambda lie: lie.svg(r"<text [^>]*>here", lambda m: re.sub(r"\d+\.\d+", "9.5", m[0], count=1)),
        "drawing",
        "figure 1",
    ),
    "a text": (lambda lie: lie.svg(">here<", ">there<"), "drawing", "text 'there' → 'here'"),
    "a colour": (lambda lie: lie.svg("(?i)#1d5fc4", "#c2410c"), "drawing", "colour #c2410c → #1d5fc4"),
    "a thicker line": (lambda lie: lie.svg(r"stroke-width: [\d.]+", "stroke-width: 9"), "drawing", "figure 1"),
    "a mark more": (
        lambda lie: lie.svg(r"<use [^>]*/>", lambda m: m[0] + m[0], "draws-marks.svg"),
        "drawing",
        "draws.py: figure 2",
    ),
    "a mark less": (lambda lie: lie.svg(r"<use [^>]*/>", "", "draws-marks.svg"), "drawing", "draws.py: figure 2"),
    "a line less in the drawing": (
        lambda lie: lie.svg(LINE, ""),
        "drawing",
        "figure 1",
    ),
    "marks that lead nowhere": (lambda lie: lie.svg(r'(<path id="m)', r"\1x"), "drawing", "leads to something else"),
    "a larger page": (lambda lie: lie.svg(r'viewBox="0 0 (\d+)', r'viewBox="0 0 9\1'), "drawing", "figure 1"),
    "a torn drawing": (lambda lie: lie.svg(r".{200}\Z", ""), "drawing", "cannot be compared: it is not XML"),
    "an empty drawing": (lambda lie: lie.svg(r"\A.*\Z", ""), "drawing", "cannot be compared"),
}


def said(found: Verdict) -> Iterator[tuple[str, str]]:
    """Yield (id of the slide, what is said of it) for every difference."""
    for page in found.pages:
        for one in page.differences:
            text = f"{one.run}: {one.what}: {one.before or 'nothing'} → {one.after or 'nothing'} ({one.detail})"
            yield page.slide.id, text


def copied(truth: Truth, folder: Path) -> Path:
    """Copy a project without what is built."""
    shutil.copytree(truth.root, folder, ignore=shutil.ignore_patterns(".cache", "dist"), dirs_exist_ok=True)
    return folder


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_found_where_it_stands(truth: Truth, tmp_path: Path, lie: str) -> None:
    tell, slide, name = LIES[lie]
    tell(Liar(copied(truth, tmp_path)))
    found = truth.judge(tmp_path)
    assert found.fails()
    assert any(where == slide and name in text for where, text in said(found)), list(said(found))


def test_there_are_many_lies() -> None:
    assert len(LIES) >= 20


@pytest.mark.parametrize(("times", "cold"), [(2, True), (18, False)])
def test_the_truth_is_believed_twenty_times_in_a_row(truth: Truth, times: int, cold: bool) -> None:
    runs = truth.planned.runs
    recorded = record.read_record(sources := Sources(truth.root), runs)
    with closing(local_executor(truth.root, runs, Fonts(ROOT), cold=cold)) as runner:
        runner.warm(imports(runs))
        rounds = [{run.id: runner.submit(run) for run in runs} for _ in range(times)]
        for futures in rounds:
            fresh = {run: future.result() for run, future in futures.items()}
            found = verdict.verify(truth.decks, truth.planned, recorded, fresh, sources)
            assert not found.fails(strict=True), list(said(found))
            assert found.versions == ()


def test_a_lie_about_the_script_or_the_versions_is_told_apart(truth: Truth, tmp_path: Path) -> None:
    liar = Liar(copied(truth, tmp_path))
    liar.entry("counts.py", lambda entry: entry.update(script="0" * 64))
    liar.entry("counts.py (start=2)", lambda entry: entry.update(versions=[]))
    liar.entry("draws.py", lambda entry: entry.update(inputs=[], versions=[["Python", "3"], ["matplotlib", "0.1"]]))
    (tmp_path / "figures/old.svg").write_text("<svg/>")
    found = truth.judge(tmp_path)
    assert not found.fails()
    assert found.fails(strict=True)
    assert [f"{finding.level} {finding.rule} {finding.at}" for finding in found.findings] == [
        "warning stale snippets/counts.py",
        "warning stale figures/results.json",
        "warning unshown figures/old.svg",
    ]
    assert [version[:2] for version in found.versions] == [("Python", ""), ("Python", "3"), ("matplotlib", "0.1")]
