"""What other tools write is named, with how it is written here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verideck.core.project import Sources
from verideck.read import foreign, parser
from verideck.read.directives import DIRECTIVES
from verideck.read.frontmatter import _KEYS
from verideck.read.parser import Parsed
from verideck.read.syntax import BLOCKS


def read(text: str) -> Parsed:
    return parser.parse("slides/a.md", Sources(Path("nowhere"), {"slides/a.md": text}))


@pytest.mark.parametrize(
    ("text", "said", "remedy"),
    [
        ("<!-- _class: lead -->", "'_class:' is a setting of Marp, and is left out here", "behind its title"),
        ("<!-- .element: class=x -->", "'.element:' is a setting of reveal.js, and is left out here", "in braces"),
        ("text <!-- fit -->", "'fit' is a setting of Marp, and is left out here", "fewer words"),
        ("<!-- pause -->", "'pause' is a command of presenterm, and is left out here", "`. . .`"),
        ("{{< video x.mp4 >}}", "'{{< video x.mp4 >}}' is a shortcode of Quarto, and is shown as text here", "include"),
        ("--", "'--' is a step in remark, and is shown as text here", ". . ."),
        ("::right::", "'::right::' is a place of a Slidev layout, and is shown as text here", "::: columns"),
        ("- a {.fragment}", "'{.fragment}' is attributes in other tools, and is shown as text here", "[text]{.class}"),
        ("as [@knuth]", "'[@knuth]' is a citation in Pandoc, and is shown as text here", "footnote"),
        ("```mermaid\na\n```", "'mermaid' is drawn by other tools, and shown as code here", "with a script"),
        ("==a b==", "'==a b==' is marked text in other tools, and is shown as text here", "**text**"),
        ("x^2^", "'^2^' is a raised or lowered letter in Pandoc, and is shown as text here", "$x^2$"),
    ],
)
def test_what_is_shown_as_text_or_left_out_is_remarked_at_its_line(text: str, said: str, remedy: str) -> None:
    (remark,) = read(f"# A\n\nb\n\n{text}\n").valid().slides[0].remarks
    assert (str(remark.at), remark.message) == ("slides/a.md:5", said)
    assert remedy in remark.hint


PLAIN = (
    "Note\\: this is text.",
    "a -- b",
    "`{{< video >}}`",
    "<!-- a comment -->",
    "[a@b.org](c)",
    "a == b and c == d",
)
NEITHER = ("2^8", "```text\n???\n```", "[note]", "a {b} c", "{.w}\ntext", "[a]{.w}", "Name: value", r"\{\{< video >}}")


@pytest.mark.parametrize("text", [*PLAIN, *NEITHER])
def test_what_is_plain_markdown_is_not(text: str) -> None:
    assert read(f"# A\n\n{text}\n").valid().slides[0].remarks == ()


def test_a_picture_with_the_words_of_marp(tmp_path: Path) -> None:
    (tmp_path / "slides").mkdir()
    (tmp_path / "slides/p.png").write_bytes(b"")
    sources = Sources(tmp_path, {"slides/a.md": "# A\n\n![bg right](p.png) ![w:300](p.png) ![a big bird](p.png)\n"})
    remarks = parser.parse("slides/a.md", sources).valid().slides[0].remarks
    assert [(str(one.at), one.message[:12]) for one in remarks] == [
        ("slides/a.md:3:1", "'![bg right]"), ("slides/a.md:3:20", "'![w:300]' s")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("---\nmarp: true\n---\n# A", "unknown key 'marp'", "decks here need no such key: remove it"),
        ("---\ntransition: fade\n---\n# A", "unknown key 'transition'", "it has no counterpart here: remove it"),
        ("# A\n\n```{mermaid}\n```", "unknown directive 'mermaid'", "draw it with a script, or save it as a picture"),
        ("# A\n\n```{note}\n```", "unknown directive 'note'", "write `::: note`"),
        ("# A\n\n::: aside\n:::", "unknown block 'aside'", "write a footnote [^1], or `::: note`"),
        ("# A {background-color=x}", "unknown attribute 'background-color'", 'write background="#1B2130"'),
        ("# A\n\n[b]{style=x}", "unknown attribute 'style'", "write width=… for a picture, or a class and a theme"),
        (
            "# A\n\nlayout: x\n\n---\n\nlayout: x",
            "this slide has no heading",
            "write a slide's layout and id behind its",
        ),
        ("# A\n\na<br>b", "raw HTML is not enabled: <br>", "end the line with a backslash; or write `html: true`"),
        (
            "# A\n\n<MarkerTips />\n",
            "raw HTML is not enabled: <MarkerTips />",
            "it is a component, and has no counterpart here",
        ),
        ("# A\n\n```ts {monaco-run}\n```", "'monaco-run' names no lines", "nobody can edit or run shown code here"),
        ("# A\n\n<v-click>\n", "raw HTML is not enabled: <v-click>", "for steps write `. . .`"),
    ],
)
def test_a_refused_name_of_another_tool_has_its_counterpart_as_hint(text: str, said: str, hint: str) -> None:
    (error,) = read(f"{text}\n").errors
    assert error.message == said
    assert error.hint.startswith(hint)


def test_no_name_of_ours_is_called_foreign() -> None:
    for ours, theirs in ((_KEYS, foreign.KEYS), (DIRECTIVES, foreign.DIRECTIVES), (BLOCKS, foreign.BLOCKS)):
        assert not set(ours) & set(theirs)


def test_hints_name_only_what_is_known_here() -> None:
    for table in (foreign.KEYS, foreign.ATTRIBUTES, foreign.BLOCKS, foreign.DIRECTIVES, foreign.TAGS):
        for name in table:
            hint = foreign.hint(table, name)
            assert set(re.findall(r"::: (\w+)", hint)) <= {*BLOCKS}
            assert set(re.findall(r"```\{(\w+)\}", hint)) <= {*DIRECTIVES}
            assert set(re.findall(r"`(\w+): ", hint)) <= {*_KEYS, "macros"}
