"""Files in dist/ that are not current are findings at these files, with the command that builds them again."""

from __future__ import annotations

from verideck.check.presented import outdated
from verideck.publish import Presented


def test_a_file_that_is_not_current_is_an_error_and_one_that_nobody_knows_a_warning() -> None:
    files = [
        Presented("dist/a.html", "slides/a.md", "outdated", "a"),
        Presented("dist/a.steps.pdf", "slides/a.md", "unknown", "a --steps"),
        Presented("dist/index.html", "", "outdated", ""),
        Presented("dist/b.html", "", "left over", ""),
    ]
    found = list(outdated(files))
    assert [f"{one.level} {one.rule} {one.at}" for one in found] == [
        "error outdated dist/a.html",
        "warning unknown-output dist/a.steps.pdf",
        "error outdated dist/index.html",
        "error outdated dist/b.html",
    ]
    assert [one.hint.partition(",")[0] for one in found] == [
        "build it again: `python build.py a`",
        "build it again: `python build.py a --steps`",
        "build it again: `python build.py`",
        "remove the file",
    ]
