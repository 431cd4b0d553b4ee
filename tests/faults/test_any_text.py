"""Whatever stands in a deck, it is read or refused with located errors, and soon."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verideck.core.deck_model import Deck
from verideck.core.errors import DeckErrors, format_error
from verideck.core.project import Sources
from verideck.read import parser

PATH = "slides/a.md"
SNIPPET = "# region parameters\nk = 1\n# endregion\n# region r\nx = 1\n# endregion\n"

FRAGMENTS = [
    *("---\n", "# T\n", "# A {.title}\n", "# A {#x seconds=3}\n", "# {#x}\n", "## b {.appendix}\n", "{.cls}\n"),
    *("::: columns\n", ":::: column\n", "::: notes\n", "::: incremental\n", ":::\n", "::::\n", "::: x {.y =}\n"),
    *("```{figure} a.py\n:alt: x {eval}`a.py: 1`\n```\n", "```{figure} a.py@*\n:at: 1\n:alt: a\n  b `c\n```\n"),
    *("```{snippet} a.py#r\n:steps: 1-2 | r\nr: hi $x$\n```\n", "```{snippet} a.py\n:set: k=[1, {2}\n```\n"),
    *(
        "```{python}\nx=1\n```\n",
        "```{python}\nraise\n",
        "```python\nx(\n```\n",
        "```{table} a.py: x\n:format: {a: b\n```\n",
    ),
    *("$$\n", "$x$", "$\\frac", "$\\begin{aligned}", "{eval}`a.py: x:.2f`", "{eval}`a.py: `", "{evla}`x`", "{eval}`"),
    *("[^a]", "[^a]: note\n", "[^a]:\n", "- item\n", "  - sub\n", "1. ", "> q\n", "|a|b|\n|-|-|\n|1|2|\n", "[s]{.lam}"),
    *("<!-- c -->\n", "<b>", "<!--", "![x](../a.png)", "![x](a.png){width=3}", "[l](javascript:x)", "[w]{colour=red}"),
    *("title: x\n", "lang: no\n", "&a [*a]\n", "html: true\n", "symbols: {λ: w}\n", "日本語の文です。", "λ", "\u0301"),
    *(
        "> [!TIP]\n",
        "> [!x] y\n",
        "::: {.columns}\n",
        "::: {note} t\n",
        ":::{.callout-tip}\n",
        "\n. . .\n\n",
        "- [x] t\n",
    ),
    *(
        "t\n: d\n",
        "~~s~~",
        "```py {1|2}\na\n```\n",
        "{{< include a.md >}}\n",
        "`a|b`",
        "$|x|$",
        "\\begin{align}x\\end{align}\n",
    ),
    *(
        "\\",
        "\t",
        "    code\n",
        "~~~\n",
        "```\n",
        "`c`",
        "**b**",
        "\n",
        "\n\n",
        "\r",
        "\x0c",
        "\u2028",
        *"{}[]()*_`$^~:'\"",
    ),
]


def read(text: str) -> Deck | DeckErrors:
    """Return the deck, or its errors once each is known to have a place that can be shown."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # as every file is read
    sources = Sources(Path("nowhere"), {"snippets/a.py": SNIPPET, PATH: text})
    try:
        return parser.parse(PATH, sources).valid()
    except DeckErrors as errors:
        refused = errors
    assert refused.errors
    lines = text.split("\n")
    for error in refused.errors:
        assert error.at
        assert error.at.path in (PATH, "snippets/a.py")
        assert 0 <= error.at.line <= len(lines)
        if error.at.line and error.at.path == PATH:
            assert 0 <= error.at.column <= len(lines[error.at.line - 1]) + 1
        assert format_error(error, sources.line)
    return refused


@settings(max_examples=500)
@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=30).map("".join))
def test_fragments_of_markdown_are_read_or_refused(text: str) -> None:
    read(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    read(text)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join))
def test_what_follows_a_title_is_read_or_refused(text: str) -> None:
    read(f"# One\n\n{text}")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("> " * 5000 + "x", id="quotes"),
        pytest.param("".join("  " * depth + "- x\n" for depth in range(300)), id="lists"),
        pytest.param("- " * 3000 + "x", id="lists on one line"),
        pytest.param("[" * 5000, id="brackets"),
        pytest.param("![" * 2000 + "](" * 2000, id="pictures"),
        pytest.param("*a **b " * 5000, id="emphasis"),
        pytest.param("`" * 5000 + "x", id="backticks"),
        pytest.param("$" * 5000 + "x", id="dollars"),
        pytest.param("$" + "{" * 5000 + "}" * 5000 + "$", id="braces"),
        pytest.param("[a]{" * 3000, id="attributes"),
        pytest.param("# T " + "{" * 5000, id="attributes of a heading"),
        pytest.param("# T " + '{a="' * 3000, id="quotes in a heading"),
        pytest.param("{eval}`a.py: " + "(" * 3000 + ")" * 3000 + "`", id="parentheses"),
        pytest.param("{eval}`a.py: x" + ":" * 1000 + "`", id="colons"),
        pytest.param("".join(f"{':' * (3 + depth)} note\n" for depth in range(500)), id="blocks"),
        pytest.param("::: note\n" * 3000 + ":::\n" * 3000, id="blocks of three colons"),
        pytest.param("|" + "a|" * 2000 + "\n|" + "-|" * 2000 + "\n", id="columns of a table"),
        pytest.param("[^a]" * 2000 + "\n\n[^a]: x", id="footnotes"),
        pytest.param("---\nsymbols: " + "[" * 5000 + "\n---\n", id="front matter"),
        pytest.param("word " * 200_000, id="a long paragraph"),
        pytest.param("言葉です。" * 60_000, id="a long paragraph without spaces"),
    ],
)
def test_a_pathological_text_is_read_or_refused_soon(text: str) -> None:
    start = time.process_time()
    read(text if text.startswith("---") else f"# One\n\n{text}\n")
    assert time.process_time() - start < 10
