"""Runs that failed, as errors with place and remedy."""

from __future__ import annotations

import pytest

from verideck.core.run_model import Failure, Location, Run, RunId, Snippet
from verideck.run.failures import snippet_error

AT = Location("slides/a.md", 7, 3)


def failed(path: str, cause: Failure, raises: str = "") -> tuple[str, str, str]:
    error = snippet_error(Run(RunId(path), Snippet(path, "", (), ()), raises=raises, at=AT), cause)
    return str(error), error.hint, error.detail


@pytest.mark.parametrize(
    ("path", "said", "hint"),
    [
        (
            "snippets/a.py",
            "snippets/a.py:3: a.py failed: ValueError: no",
            "run it alone: python snippets/a.py; shown at slides/a.md:7:3",
        ),
        ("slides/a.md", "slides/a.md:3: slides/a.md failed: ValueError: no", "shown at slides/a.md:7:3"),
    ],
)
def test_a_failure_stands_at_the_line_that_failed(path: str, said: str, hint: str) -> None:
    assert failed(path, Failure("ValueError", "no", 3, "Traceback …")) == (said, hint, "Traceback …")


def test_an_error_that_was_promised_and_did_not_come_stands_at_the_slide() -> None:
    said, hint, _ = failed("snippets/a.py", Failure("no exception", ""), "KeyError")
    assert said == "slides/a.md:7:3: a.py did not raise KeyError"
    assert ":raises:" in hint
