"""The plugin of pytest, on small decks of its own."""

from __future__ import annotations

import os
import tomllib
import xml.etree.ElementTree as ET
from concurrent.futures import Future
from pathlib import Path

import pytest

from tests.harness import ROOT, DeckTest
from verideck.core.run_model import Difference, Result, Run, RunId
from verideck.pytest_plugin import NotAsRecorded
from verideck.run.local import LocalExecutor

pytestmark = pytest.mark.slow

DECK = """\
# First {#first}

{eval}`sums.py: total`

```{output} words.py
```

---

# Nothing computed

---

# Last {.appendix #last}

```{snippet} words.py
```

```{snippet} sums.py
:set: start=2
```
"""
SUMS = "# region parameters\nstart = 1\n# endregion\ntotal = start + 0.5\n"


@pytest.fixture
def project(pytester: pytest.Pytester, fonts: Path) -> DeckTest:
    """Return a project in the folder where pytester runs."""
    project = DeckTest(pytester.path / "talk", fonts)
    project.write("slides/a.md", DECK).write("snippets/sums.py", SUMS).write("snippets/words.py", 'print("words")\n')
    return project


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-p", "verideck.pytest_plugin", "-p", "no:cacheprovider", *arguments)


def test_each_slide_has_its_runs_and_each_run_is_made_once(
    project: DeckTest, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    submit = LocalExecutor.submit

    def counted(self: LocalExecutor, run: Run) -> Future[Result]:
        made.append(str(run.id))
        return submit(self, run)

    monkeypatch.setattr(LocalExecutor, "submit", counted)
    result = run(pytester, "--deck", "talk/slides", "--junitxml", "out.xml", "-v")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["talk/slides/a.md::A1-last::sums.py (start=2) PASSED*"])
    assert sorted(made) == ["sums.py", "sums.py (start=2)", "words.py"]
    cases = [(case.get("classname"), case.get("name")) for case in ET.parse("out.xml").iter("testcase")]
    assert ("talk.slides.a.md.1-first", "words.py") in cases
    chosen = run(pytester, "talk/slides/a.md::1-first::sums.py", "-v")
    chosen.assert_outcomes(passed=1)


def test_failures_tell_of_the_snippet_and_of_the_record(project: DeckTest, pytester: pytest.Pytester) -> None:
    project.run("figures").fine()
    project.edit("snippets/sums.py", "0.5", "0.75").edit("snippets/words.py", "print(", "print(1 / 0, ")
    result = run(pytester, "--deck", "talk/slides/a.md")
    result.assert_outcomes(failed=3, passed=1)
    text = result.stdout.str()
    assert "value total: 1.5 → 1.75 (relative" in text
    assert "snippets/words.py:1: words.py failed: ZeroDivisionError: division by zero" in text
    assert 'print(1 / 0, "words")' in text
    assert "plugin.py" not in text


def test_a_deck_that_is_wrong_is_reported_with_all_its_errors(project: DeckTest, pytester: pytest.Pytester) -> None:
    project.edit("slides/a.md", "words.py", "word.py")
    result = run(pytester, "--deck", "talk/slides")
    result.assert_outcomes(errors=1)
    assert result.stdout.str().count("did you mean 'words.py'?") == 2
    project.edit("slides/a.md", "word.py", "words.py").edit("slides/a.md", "sums.py: total", "sums.py: totl")
    result = run(pytester, "--deck", "talk/slides", "-k", "first and sums")
    result.assert_outcomes(failed=1, deselected=3)
    assert "slides/a.md:3:1: 'totl' has no value in sums.py: NameError" in result.stdout.str()


def test_decks_that_share_a_run_are_as_recorded(project: DeckTest, pytester: pytest.Pytester) -> None:
    project.write("slides/b.md", "# Other\n\n{eval}`sums.py: start`\n").run("figures").fine()
    run(pytester, "--deck", "talk/slides").assert_outcomes(passed=5)


def test_a_difference_reads_as_a_failure_with_its_remedy() -> None:
    run = RunId("snippets/a.py")
    several = (Difference(run, "value w", "", "2", "not recorded"), Difference(run, "stdout", "a", "b"))
    text = str(NotAsRecorded(several)).split("\n")
    assert text[:2] == ["value w: nothing → 2 (not recorded)", "stdout: a → b"]
    assert "figures" in text[2]


@pytest.mark.parametrize("also", ["", "-p verideck.pytest_plugin", "conftest"])
def test_an_installed_plugin_is_found_by_its_entry_point_and_registered_once(
    project: DeckTest, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, also: str
) -> None:
    points = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["pytest11"]
    lines = "\n".join(f"{name} = {module}" for name, module in points.items())
    info = pytester.path / "installed/verideck-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: verideck\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[pytest11]\n{lines}\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(info.parent), str(ROOT)]))
    if also == "conftest":
        pytester.makeconftest('pytest_plugins = ["verideck.pytest_plugin"]')
    options = also.split() if also.startswith("-") else []
    result = pytester.runpytest_subprocess(*options, "--deck", "talk/slides", "--collect-only", "-q")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["4 tests collected*"])


def test_a_project_is_collected_by_itself_other_folders_called_slides_are_not(
    project: DeckTest, pytester: pytest.Pytester
) -> None:
    run(pytester, "--collect-only", "-q").assert_outcomes()
    project.write("verideck.toml", "")
    run(pytester, "-q").assert_outcomes(passed=4)
    (pytester.path / "alone").mkdir()
    (pytester.path / "alone/talk.md").write_text("# One\n\n{eval}`one.py: x`\n")
    (pytester.path / "alone/one.py").write_text("x = 1\n")
    run(pytester, "--deck", "alone/talk.md").assert_outcomes(passed=1)
