"""The store gives back what was put, or nothing."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verideck.core import cache
from verideck.core.run_model import STARTED_PROCESSES, Failure, Figure, Parameters, Result, Run, RunId, Snippet
from verideck.run.recipe import Recipe, make_recipe, recipe_key
from verideck.run.store import Store, changed_inputs

RESULT = Result(
    stdout="é\n",
    figures=(Figure("", "<svg/>"),),
    values={"x": [0.1, 1, None, {"k": True}]},
    inputs=(("data.csv", "12"),),
    versions=(("numpy", "2.4.6"),),
)


def recipe_of(
    path: str = "snippets/a.py", source: str = "x = 1\n", raises: str = "", parameters: Parameters = ()
) -> Recipe:
    return make_recipe(Run(RunId(path, parameters), Snippet(path, source, (), ()), raises=raises), {"Python": "3.11"})


def fill(root: Path, result: Result = RESULT, **parts: Any) -> tuple[Store, str, Path]:
    store, made = Store(root), recipe_of(**parts)
    key = recipe_key(made)
    assert store.put(key, result, made)
    return store, key, root / ".cache/results" / key


def test_what_was_put_comes_back(tmp_path: Path) -> None:
    store, key, _ = fill(tmp_path)
    assert store.get(key) == RESULT
    assert store.get("0" * 64) is None


@pytest.mark.parametrize("data", [b"", b"x", b"[]", b"{}", b'{"recipe": {}, "result": []}', b"[" * 99999])
def test_what_is_no_result_reads_as_absent(tmp_path: Path, data: bytes) -> None:
    store, key, _ = fill(tmp_path)
    cache.Cache(tmp_path, "results").put(key, data)
    assert store.get(key) is None
    assert store.latest(recipe_of()) is None


@pytest.mark.parametrize(
    ("result", "raises"),
    [
        (Result(error=Failure("ValueError", "no")), ""),
        (Result(error=Failure("ValueError", "no")), "KeyError"),
        (Result(invalid={"x": "NameError"}), ""),
    ],
)
def test_failures_are_not_kept(tmp_path: Path, result: Result, raises: str) -> None:
    made = recipe_of(raises=raises)
    assert not Store(tmp_path).put("0" * 64, result, made)
    assert Store(tmp_path).get("0" * 64) is None


def test_a_promised_exception_is_kept(tmp_path: Path) -> None:
    result = Result(error=Failure("ValueError", "no", 3, "Traceback"))
    store, key, _ = fill(tmp_path, result, raises="ValueError")
    assert store.get(key) == result


def test_a_store_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / ".cache").write_text("in the way")
    assert not Store(tmp_path).put("0" * 64, RESULT, recipe_of())
    assert Store(tmp_path).get("0" * 64) is None
    assert Store(tmp_path).latest(recipe_of()) is None


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    entries = [fill(tmp_path, source=f"x = {n}\n") for n in range(3)]
    for age, (_, _, file) in enumerate(entries):
        os.utime(file, (1000 + age, 1000 + age))
    small = Store(tmp_path, limit=3 * entries[0][2].stat().st_size + 10)
    assert small.get(entries[0][1])  # used just now
    made = recipe_of(source="x = 9\n")
    small.put(recipe_key(made), RESULT, made)
    assert [bool(small.get(key)) for _, key, _ in entries] == [True, False, True]


def test_latest_is_the_last_used_of_a_snippet_with_its_parameters(tmp_path: Path) -> None:
    for age, source in enumerate(("old\n", "new\n")):
        _, _, file = fill(tmp_path, source=source)
        os.utime(file, (1000 + age, 1000 + age))
    store, _, other = fill(tmp_path, source="other\n", parameters=(("alpha", 1),))
    os.utime(other, (2000, 2000))
    plain, other_values = store.latest(recipe_of()), store.latest(recipe_of(parameters=(("alpha", 1),)))
    assert plain
    assert (plain[0]["code"], plain[1]) == ("new\n", RESULT)
    assert other_values
    assert other_values[0]["code"] == "other\n"
    assert store.latest(recipe_of() | {"snippet": "snippets/b.py"}) is None


def test_latest_is_of_this_very_recipe_where_it_is_stored(tmp_path: Path) -> None:
    _, _, mine = fill(tmp_path)
    store, _, _ = fill(tmp_path, source="later\n")
    os.utime(mine, (1000, 1000))
    found = store.latest(recipe_of())
    assert found
    assert found[0] == recipe_of()


def test_latest_of_code_in_a_slide_is_the_one_most_alike(tmp_path: Path) -> None:
    codes = ("x = 1\nprint(x)\n", "import math\nmath.sqrt(2)\n")
    for code in codes:
        recipe = recipe_of() | {"snippet": "slides/talk.md", "code": code}
        Store(tmp_path).put(recipe_key(recipe), RESULT, recipe)

    def latest(code: str) -> str:
        found = Store(tmp_path).latest(recipe_of() | {"snippet": "slides/talk.md", "code": code})
        return str(found[0]["code"]) if found else ""

    assert [latest("x = 2\nprint(x)\n"), latest("import math\nmath.sqrt(3)\n")] == list(codes)
    assert latest("class Other: pass") == ""


def test_a_removed_result_is_gone(tmp_path: Path) -> None:
    store, key, _ = fill(tmp_path)
    store.remove(key)
    store.remove(key)
    assert store.get(key) is None


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_values_keep_every_bit(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    store, key, _ = fill(tmp_path_factory.getbasetemp(), Result(values={"x": value}))
    result = store.get(key)
    assert result
    assert repr(result.values["x"]) == repr(value)


def test_a_result_is_fresh_while_all_it_read_is_as_it_was() -> None:
    result = Result(inputs=(("data.csv", "1"), ("snippets/gone.py", "")))
    now = {"data.csv": "1"}
    assert not any(changed_inputs(result, lambda path: now.get(path, "")))
    assert any(changed_inputs(result, lambda path: {"data.csv": "2"}.get(path, "")))
    assert any(changed_inputs(result, lambda path: (now | {"snippets/gone.py": "3"}).get(path, "")))


def test_a_result_whose_reading_nobody_saw_is_never_fresh() -> None:
    assert any(changed_inputs(Result(inputs=((STARTED_PROCESSES, "unknown"),)), lambda path: ""))
