"""Runs that failed, as errors with place and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from verideck.core.run_model import Failure, Location, Run, RunId, Snippet
from verideck.run.failures import shadowing_error, snippet_error

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


@pytest.mark.parametrize(
    ("message", "hides"),
    [
        ("module 'numpy' has no attribute 'zeros'", "numpy"),
        (
            "partially initialized module 'numpy' has no attribute 'zeros' (most likely due to a circular import)",
            "numpy",
        ),
        ("No module named 'numpy.random'; 'numpy' is not a package", "numpy"),
        ("cannot import name 'Random' from 'random' (/x/snippets/random.py)", "random"),
        ("module 'helper' has no attribute 'x'", ""),
        ("module 'json' has no attribute 'x'", ""),
        ("numpy", ""),
    ],
)
def test_a_script_that_hides_a_package_is_named_with_the_remedy(message: str, hides: str, tmp_path: Path) -> None:
    (tmp_path / "snippets").mkdir()
    for name in ("numpy", "random", "helper", "a"):
        (tmp_path / f"snippets/{name}.py").touch()
    run = Run(RunId("snippets/a.py"), Snippet("snippets/a.py", "", (), ()), at=AT)
    error = shadowing_error(run, Failure("AttributeError", message, 3), tmp_path)
    assert str(error or "").partition(":")[0] == (f"snippets/{hides}.py" if hides else "")
    assert error is None or (f"hides the package '{hides}'" in error.message and "rename it" in error.hint)
