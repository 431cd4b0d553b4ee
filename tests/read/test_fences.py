"""How a directive is written: argument, options, body, and the literals and expressions in them."""

from __future__ import annotations

import pytest

from verideck.core.errors import DeckError, DeckErrors
from verideck.core.run_model import Location, Snippet
from verideck.read.fences import Fence, check_expression, flag, keywords, read, split_format
from verideck.read.markdown import directive, parse_text
from verideck.read.snippets import read_snippet

AT = Location("slides/a.md", 1, 4)


def fence(text: str, *known: str) -> Fence:
    """Return the first directive of a text, its `{` in line 1, column 4."""
    (token,) = (token for token in parse_text("slides/a.md", text)[0] if token.type == "fence")
    written = directive(token)
    assert written
    return read(written, known, AT)


def test_options_end_where_the_body_begins() -> None:
    found = fence(
        "```{figure} a.py@2\n:alt: a line\n  that goes on\n:hide:\n\nIts *caption*.\nmore\n```", "alt", "hide"
    )
    assert (found.name, found.argument, found.body) == ("figure", "a.py@2", "Its *caption*.\nmore")
    assert found.option("alt") == "a line\n  that goes on"
    assert found.option("hide") == found.option("set") == ""
    assert [str(place) for place in (found.at, found.place("alt"), found.place("set"), found.body_at)] == [
        "slides/a.md:1:13",
        "slides/a.md:2:7",
        "slides/a.md:1:13",
        "slides/a.md:6:1",
    ]


def test_a_line_like_an_option_below_the_body_is_body() -> None:
    found = fence("```{python}\nx = 1\n:alt: no\n```", "alt")
    assert (found.options, found.body) == ({}, "x = 1\n:alt: no")


def test_all_wrong_options_are_told_with_their_lines() -> None:
    with pytest.raises(DeckErrors) as caught:
        fence("```{figure} a.py\n:atl: x\n:alt: a\n:alt: b\n```", "alt", "set")
    assert [(str(error.at), error.message, error.hint) for error in caught.value.errors] == [
        ("slides/a.md:2:1", "unknown option 'atl'", "did you mean 'alt'?"),
        ("slides/a.md:4:1", "option 'alt' is given twice", "keep one of them"),
    ]


@pytest.mark.parametrize(("option", "given"), [(":hide:", True), (":hide: true", True), ("", False)])
def test_a_flag_is_there_or_not(option: str, given: bool) -> None:
    assert flag(fence(f"```{{snippet}} a.py\n{option}\n```", "hide"), "hide") is given


def test_a_flag_takes_no_value() -> None:
    with pytest.raises(DeckError, match="takes no value"):
        flag(fence("```{snippet} a.py\n:hide: no\n```", "hide"), "hide")


def snippet() -> Snippet:
    source = "# region parameters\nalpha = 1\nlabels = ['a']\nnow = time()\n# endregion\n"
    return read_snippet("snippets/a.py", source)


def test_keywords_are_literals_of_parameters() -> None:
    assert keywords("alpha=-2.5, labels=['x, y', {'k': None}]", snippet(), AT) == {
        "alpha": -2.5,
        "labels": ["x, y", {"k": None}],
    }
    assert keywords("", snippet(), AT) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1", "cannot read '1'"),
        ("alpha", "cannot read 'alpha'"),
        ("**{'alpha': 1}", "cannot read"),
        ("alpha=open('x')", "cannot read"),
        ("alpha=1) + f(2", "cannot read"),
        ("alpha=1, labels=[], alpha=2", "'alpha' is given twice"),
        ("alhpa=1", "'a.py' has no parameter 'alhpa'"),
        ("now=1", "'now' of a.py cannot be set"),
        ("alpha=(1, 2)", r"\(1, 2\) is not a valid value for 'alpha'"),
        ("alpha={1: 2}", "is not a valid value for 'alpha'"),
        ("alpha='\\ud800'", "is not a valid value for 'alpha'"),
        ("alpha=1j", "1j is not a valid value for 'alpha'"),
        (f"alpha={2**10_001:#x}", "is not a valid value for 'alpha'"),
    ],
)
def test_what_is_no_value_of_a_parameter_is_refused(text: str, said: str) -> None:
    with pytest.raises(DeckError, match=said) as caught:
        keywords(text, snippet(), AT)
    assert (caught.value.at, bool(caught.value.hint)) == (AT, True)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("w", ("w", "")),
        ("w:.2f", ("w", ".2f")),
        ("w : .2f", ("w", ".2f")),
        ("a[1:2]", ("a[1:2]", "")),
        ("a[1:2]:,", ("a[1:2]", ",")),
        ("{'a': 1}['a']:>8", ("{'a': 1}['a']", ">8")),
        ("lambda x: x", ("lambda x: x", "")),
        ("f'{w:.2f}'", ("f'{w:.2f}'", "")),
        ("day:%H:%M", ("day", "%H:%M")),
        ("1 +", ("1 +", "")),
    ],
)
def test_a_format_is_split_off_at_the_last_colon_that_leaves_an_expression(text: str, parts: tuple[str, str]) -> None:
    assert split_format(text) == parts


@pytest.mark.parametrize("text", ["", "1 +", "x = 1", "a b", "(" * 1000])
def test_what_is_no_expression_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(DeckError, match="is not a Python expression") as caught:
        check_expression(text, AT)
    assert "ridge.py: slope:.2f" in caught.value.hint
    check_expression("x[0] + 1", AT)
