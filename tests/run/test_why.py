"""What changed since a stored result was made, in words."""

from tests.run.test_recipe import HERE, make_run
from verideck.core.run_model import STARTED_PROCESSES, Result
from verideck.run.recipe import make_recipe
from verideck.run.why import reasons


def test_why_names_each_change() -> None:
    before = make_recipe(make_run(source="a\nb\n", parameters=(("alpha", 1),), expressions=("x",)), HERE)
    now = make_recipe(
        make_run(source="a\nc\n", parameters=(("alpha", 2),), expressions=("y",)),
        {"Python": "3.11.7", "package numpy": "2.5", "file matplotlibrc": "bb"},
    )
    result = Result(inputs=(("data.csv", "1"), ("old.csv", "1"), ("snippets/new.py", ""), (STARTED_PROCESSES, "?")))
    found = reasons(before, now, result, lambda path: {"data.csv": "2", "snippets/new.py": "3"}.get(path, ""))
    assert found[:-1] == (
        "snippets/a.py changed, first in line 2",
        "parameter alpha was 1, is 2",
        "expression y is new",
        "expression x is no longer used",
        "matplotlibrc changed",
        "package numpy was 2.4.6, is 2.5",
        "data.csv changed",
        "old.csv is missing",
        "snippets/new.py is new",
    )
    assert "# inputs:" in found[-1]


def test_why_is_silent_when_nothing_changed() -> None:
    now = make_recipe(make_run(), HERE)
    assert reasons(now, now, Result(inputs=(("a", "1"),)), lambda path: "1") == ()


def test_why_finds_lines_added_at_the_end() -> None:
    before, now = (make_recipe(make_run(source=source), HERE) for source in ("a\n", "a\nb\n"))
    assert reasons(before, now, Result(), str) == ("snippets/a.py changed, first in line 2",)
