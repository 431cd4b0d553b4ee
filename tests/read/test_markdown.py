"""The one Markdown parser: text in, tokens with their places out."""

from __future__ import annotations

import pytest

from verideck.core.markdown_tokens import plain, walk
from verideck.core.run_model import Location
from verideck.read.markdown import Directive, directive, parse_inline, parse_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```{figure} a.py@2\n:alt: x\n```", Directive("figure", "a.py@2", ":alt: x\n", 9, 0)),
        ("```{python}\nx\n```", Directive("python", "", "x\n", 0, 0)),
        ("- item\n\n  ```{output} b.py\n  ```", Directive("output", "b.py", "", 9, 2)),
        ("```python\nx\n```", None),
        ("```\nx\n```", None),
        ("text", None),
    ],
)
def test_a_fence_with_a_name_in_braces_is_a_directive(text: str, expected: Directive | None) -> None:
    tokens, errors = parse_text("slides/a.md", text)
    assert errors == []
    assert [one for token in tokens if (one := directive(token))] == ([expected] if expected else [])


def test_a_caption_is_read_as_if_it_stood_at_its_place() -> None:
    tokens, errors = parse_inline("see {eval}`x` and $y$", Location("slides/a.md", 7, 11))
    assert errors == []
    places = {token.content: (token.meta["line"], token.meta["column"]) for token in tokens if token.type != "text"}
    assert places == {"x": (7, 15), "y": (7, 30)}
    assert plain(tokens) == "see … and y"


def test_errors_of_a_caption_stand_at_its_line() -> None:
    _, errors = parse_inline("a <b>bold</b>", Location("slides/a.md", 7, 11))
    assert [str(error.at) for error in errors] == ["slides/a.md:7:13", "slides/a.md:7:20"]


def test_a_line_within_a_paragraph_has_its_own_number() -> None:
    tokens, _ = parse_text("slides/a.md", "\n\none\ntwo {eval}`a.py: x`\n")
    (role,) = (token for token in walk(tokens) if token.type == "role")
    assert (role.meta["line"], role.meta["column"], role.content) == (4, 5, "a.py: x")


def test_raw_html_is_an_error_unless_it_is_allowed() -> None:
    assert [str(error.at) for error in parse_text("slides/a.md", "<b>x</b>")[1]] == [
        "slides/a.md:1:1",
        "slides/a.md:1:5",
    ]
    assert parse_text("slides/a.md", "<b>x</b>", html_allowed=True)[1] == []
