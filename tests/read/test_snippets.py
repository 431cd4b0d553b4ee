"""Regions, steps, colours and what a script adds: text in, lines out."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verideck.core.errors import DeckError, DeckErrors
from verideck.core.run_model import (
    Location,
    Region,
    Snippet,
    Step,
)
from verideck.read.snippets import added, check_compiles, modules_imported, read_snippet, region, steps

AT = Location("slides/a.md", 7, 10)


def snippet(text: str, path: str = "snippets/a.py") -> Snippet:
    return read_snippet(path, dedent(text))


def complaints(text: str) -> list[str]:
    with pytest.raises(DeckErrors) as caught:
        snippet(text)
    return [str(error) for error in caught.value.errors]


def test_markers_are_not_shown_and_lines_keep_their_place_in_the_file() -> None:
    read = snippet("""\

        import a
        # region fit
        b = 1
        #endregion
        c = 2

        """)
    assert read.shown == ("import a", "b = 1", "c = 2")
    assert read.lines == (2, 4, 6)
    assert read.regions == (Region("fit", ((2, 2),)),)


def test_regions_nest_indent_and_open_again() -> None:
    read = snippet("""\
        # region outer
        def f():
            # region inner
            x = 1
            # endregion inner
            return x
        # endregion outer
        y = 2
        # region inner
        z = 3
        # endregion
        """)
    assert read.shown == ("def f():", "    x = 1", "    return x", "y = 2", "z = 3")
    assert read.regions == (Region("outer", ((1, 3),)), Region("inner", ((2, 2), (5, 5))))


def test_a_region_ends_at_its_outer_lines_of_code() -> None:
    assert snippet("a = 1\n# region r\n\nb = 2\n\n# endregion\n").regions == (Region("r", ((3, 3),)),)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("a = 1\n\n# region r\n\nb = 1\n# endregion\n", ["a = 1", "", "b = 1"]),
        ("a = 1\n\n# region r\n\n\nb = 1\n# endregion\n", ["a = 1", "", "", "b = 1"]),
        ("a = 1\n\n\nb = 1\n", ["a = 1", "", "", "b = 1"]),
        ("# region r\n\na = 1\n\n# endregion\n\n", ["a = 1"]),
        ("\n# inputs: data.db\n\na = 1\n", ["a = 1"]),
        ("", []),
    ],
)
def test_blank_lines_that_meet_over_a_marker_count_once(source: str, shown: list[str]) -> None:
    assert list(read_snippet("a.py", source).shown) == shown


def test_what_looks_like_a_marker_in_a_string_or_behind_code_is_code() -> None:
    read = snippet('''\
        a = """
        # region no
        """
        b = 1  # region no
        # regional matters
        ''')
    assert len(read.shown) == 5
    assert read.regions == ()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("# region r\na = 1\n", "snippets/a.py:1:1: region 'r' is not closed"),
        ("a = 1\n# endregion\n", "snippets/a.py:2:1: no region is open here"),
        ("if 1:\n  # region\n  a = 1\n  # endregion\n", "snippets/a.py:2:3: the region has no name"),
        ("# region two words\na = 1\n# endregion\n", "snippets/a.py:1:1: 'two words' is not a valid name for a region"),
        ("# region 1-3\na = 1\n# endregion\n", "snippets/a.py:1:1: '1-3' is not a valid name for a region"),
        ("# region all\na = 1\n# endregion\n", "snippets/a.py:1:1: 'all' has a special meaning in steps"),
        ("# region r\n\n# endregion\n", "snippets/a.py:1: region 'r' is empty"),
        ("# inputs: a.db,\n", "snippets/a.py:1:1: the name of a file is missing"),
        (
            "# region a\n# region b\nc = 1\n# endregion a\n# endregion b\n",
            "snippets/a.py:4:1: regions overlap: 'b' must end first",
        ),
    ],
)
def test_a_wrong_marker_is_named_with_its_place(source: str, message: str) -> None:
    assert complaints(source) == [message]


def test_all_wrong_markers_are_reported_at_once() -> None:
    assert len(complaints("# endregion\n# region\na = 1\n# endregion\n# region r\n")) == 3


def test_parameters_are_the_literals_of_their_region() -> None:
    read = snippet("""\
        # region parameters
        seed: int = 0
        label = "λ"
        alphas = [0.1, -1e3]
        names = {"a": None}
        pair = (1, 2)
        twice = 2 * seed
        # endregion
        outside = 1
        """)
    expected = {"seed": 0, "label": "λ", "alphas": [0.1, -1000.0], "names": {"a": None}}
    assert read.parameters == tuple(sorted(expected.items()))


def test_declared_inputs_are_collected_once_and_not_shown() -> None:
    read = snippet("# inputs: data.db, other.csv\nimport a\n# inputs: data.db\n")
    assert read.inputs == ("data.db", "other.csv")
    assert read.shown == ("import a",)


def test_source_that_does_not_compile_is_an_error_at_its_place() -> None:
    assert complaints("a = 1\nb = (2\n") == ["snippets/a.py:2:5: Python: '(' was never closed"]


@pytest.mark.parametrize("source", ["return 1", "f(a=1, a=2)", "(" * 1000, "-" * 100_000 + "1", "a = '\0'"])
def test_code_that_python_refuses_is_refused(source: str) -> None:
    error = check_compiles(source, "slides/a.md", 12)
    assert error is not None
    assert error.at is not None
    assert (error.at.path, error.at.line) == ("slides/a.md", 12)


@pytest.mark.parametrize("source", [r"a = '\d'", "a is 1", "assert (a, 'b')"])
def test_code_that_python_only_warns_of_compiles(source: str) -> None:
    assert check_compiles(source, "slides/a.md", 12) is None


def test_parameters_may_hold_a_doubtful_escape() -> None:
    assert read_snippet("a.py", "# region parameters\na = '\\d'\n# endregion\n").parameters == (("a", r"\d"),)


def test_a_region_is_found_by_name_or_the_nearest_is_suggested() -> None:
    read = snippet("# region template\na = 1\n# endregion\n")
    assert region(read, "template", AT) == Region("template", ((1, 1),))
    with pytest.raises(DeckError, match=r"no region 'templete' in a\.py") as caught:
        region(read, "templete", AT)
    assert caught.value.at == AT
    assert caught.value.hint == "did you mean 'template'?"


NINE = Snippet("snippets/a.py", "", tuple("abcdefghi"), tuple(range(1, 10)))
NAMES = {"fit": Region("fit", ((3, 4), (8, 9))), "head": Region("head", ((1, 1),))}


@pytest.mark.parametrize(
    ("text", "shown", "expected"),
    [
        ("1-3 | 5", (1, 9), [[(1, 3)], [(5, 5)]]),
        ("1-2|all", (3, 8), [[(3, 4)], [(3, 8)]]),
        ("fit", (1, 9), [[(3, 4), (8, 9)]]),
        ("fit", (4, 8), [[(4, 4), (8, 8)]]),
        ("6, 2 - 4, 5", (1, 9), [[(2, 6)]]),
        ("fit,1", (1, 9), [[(1, 1), (3, 4), (8, 9)]]),
    ],
)
def test_steps(text: str, shown: tuple[int, int], expected: list[list[tuple[int, int]]]) -> None:
    assert steps(text, NINE, shown, NAMES, AT) == tuple(Step(tuple(ranges)) for ranges in expected)


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("1-3 | 5,10", 18, "the slide does not show line 10", "write lines of the slide, from 1 to 8"),
        ("0", 10, "the slide does not show line 0", "write lines of the slide, from 1 to 8"),
        ("3-1", 10, "the slide does not show lines 3-1", "write lines of the slide, from 1 to 8"),
        ("1 |  fti", 15, "unknown step 'fti'", "did you mean 'fit'?"),
        ("1 |", 13, "a step is empty", "write lines (1-3), a region, or all"),
        ("head", 10, "the slide does not show region 'head'", "show more of the script, or remove this step"),
    ],
)
def test_a_wrong_step_is_named_with_its_place(text: str, column: int, message: str, hint: str) -> None:
    with pytest.raises(DeckError) as caught:
        steps(text, NINE, (2, 9), NAMES, AT)
    assert caught.value.at == Location("slides/a.md", 7, column)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_what_is_added_leaves_out_lines_that_are_only_indented_deeper_and_blanks() -> None:
    plain = snippet("import sk\n\nmodel = fit(1.0)\nprint(model)\n")
    tuned = snippet("""\
        import optuna
        import sk

        def objective(trial):
            alpha = trial.suggest()
            model = fit(1.0)

            return score(model)

        print(model)
        """)
    assert [tuned.shown[number - 1].strip() for number in sorted(added(tuned, plain))] == [
        "import optuna",
        "def objective(trial):",
        "alpha = trial.suggest()",
        "return score(model)",
    ]


def test_a_script_adds_nothing_to_itself() -> None:
    read = snippet("a = 1\n" * 300)
    assert added(read, read) == frozenset()


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["# region a", "# region b", "# endregion", "# endregion a", "", "x = 1", "if x:", "  y = [", "]"]
        )
    )
)
def test_any_text_is_read_or_refused_with_places(lines: list[str]) -> None:
    errors: tuple[DeckError, ...] = ()
    read = snippet("")
    try:
        read = read_snippet("a.py", "\n".join(lines))
    except DeckErrors as caught:
        errors = caught.errors
    assert all(error.at and error.at.line for error in errors)
    assert all(lines[line - 1] == text for line, text in zip(read.lines, read.shown, strict=True))
    assert all(1 <= a <= b <= len(read.shown) for each in read.regions for a, b in each.ranges)


def test_modules_imported() -> None:
    source = "import os, a.b as c\nfrom d import e\nfrom .f import g\nfrom h import *\ndef i():\n    import j\n"
    assert modules_imported(source) == {"os", "a.b", "d", "d.e", "h", "j"}
    assert modules_imported("def (") == set()
