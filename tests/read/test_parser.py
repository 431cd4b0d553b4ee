"""A deck with wrong slides is read: they are left blank, the others are as they were, at their lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verideck.core.errors import DeckErrors
from verideck.core.markdown_tokens import plain
from verideck.core.project import Sources
from verideck.read import parser
from verideck.read.parser import Parsed

FRONT = "---\ntitle: A\n---\n\n"
DECK = FRONT + "# One\n\ntext\n\n---\n\n# Two {#second}\n\nmore\n\n---\n\n# Three\n\nend\n"


def read(text: str, snippets: dict[str, str] | None = None, root: Path = Path("nowhere")) -> Parsed:
    texts = {"slides/a.md": text, **{f"snippets/{name}": code for name, code in (snippets or {}).items()}}
    return parser.parse("slides/a.md", Sources(root, texts))


def wrong(parsed: Parsed) -> dict[int, list[str]]:
    return {index: [str(error) for error in errors] for index, errors in parsed.on_slides.items()}


def test_a_deck_that_is_right_is_as_it_is() -> None:
    parsed = read(DECK)
    assert not parsed.errors
    assert [slide.title for slide in parsed.deck.slides] == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("more", "::: nosuch\n:::", "slides/a.md:13:1: unknown block 'nosuch'"),
        ("more", "::: note\n\nmore", "slides/a.md:13:1: '::: note' is not closed before the slide ends at line 17"),
        ("more", "```{figre} a.py\n```", "slides/a.md:13:4: unknown directive 'figre'"),
        ("more", "```{output} gone.py", "slides/a.md:13"),
        ("more", "$\\frac{1$", "slides/a.md:13"),
        ("more", "{eval}`gone.py: a`", "slides/a.md:13:1: no snippet 'gone.py'"),
        ("# Two {#second}", "text", "slides/a.md:11: this slide has no heading"),
        ("# Two {#second}", "# Two {#second seconds=x}", "slides/a.md:11:24: 'x' is not a number of seconds"),
        ("\n# Two {#second}\n\nmore\n", "", "this slide is empty"),
    ],
)
def test_an_error_stays_on_its_slide(before: str, after: str, said: str) -> None:
    parsed = read(DECK.replace(before, after))
    assert list(parsed.on_slides) == [1]
    assert any(text.startswith(said) or said in text for text in wrong(parsed)[1])
    assert [slide.title for slide in parsed.deck.slides][::2] == ["One", "Three"]
    assert parsed.deck.slides[2].at.line == DECK.replace(before, after).split("\n").index("# Three") + 1


def test_a_slide_that_keeps_its_heading_keeps_its_name() -> None:
    assert read(DECK.replace("more", "::: nosuch\n:::")).deck.slides[1].id == "second"


@pytest.mark.parametrize(
    ("eyebrow", "shown"),
    [
        ("slope {eval}`a.py: x`", "slope …"),
        ("{eval}`a.py: x:.2f` of all", "… of all"),
        (r"$\frac{1}{2}$ and {braces}", r"\frac{1}{2} and {braces}"),
        ("one } or { alone", "one } or { alone"),
        (r"a \"b\" {c}", 'a "b" {c}'),
        ("[w]{.w}", "w"),
    ],
)
def test_an_eyebrow_holds_what_other_text_holds(eyebrow: str, shown: str) -> None:
    deck = read(f'# One {{#one eyebrow="{eyebrow}" seconds=3}}\n', {"a.py": "x = 1\n"}).valid()
    (slide,) = deck.slides
    assert (plain(slide.eyebrow), slide.id, slide.seconds) == (shown, "one", 3)
    assert [str(use.at) for use in slide.uses] == [f"slides/a.md:1:{22 + eyebrow.find('{eval}')}"] * len(slide.uses)
    assert len(slide.uses) == eyebrow.count("{eval}")


def test_a_script_that_is_wrong_marks_the_slides_that_name_it() -> None:
    text = DECK.replace("more", "```{snippet} a.py\n```").replace("end", "{eval}`a.py: x`")
    text = text.replace("text", "{eval}`data.py: y` and {eval}`sub/a.py: y`")
    parsed = read(text, {"a.py": "# region a\nx = 1\n", "data.py": "y = 1", "sub/a.py": "y = 1"})
    assert list(parsed.on_slides) == [1, 2]
    assert all("snippets/a.py" in text for errors in wrong(parsed).values() for text in errors)


def test_a_script_that_is_wrong_takes_the_heading_that_shows_its_value() -> None:
    text = DECK.replace("# Two {#second}", "# Two {eval}`a.py: x` {#second}")
    parsed = read(text, {"a.py": "# region a\nx = 1\n"})
    assert list(parsed.on_slides) == [1]
    assert [(slide.title, slide.id) for slide in parsed.deck.slides] == [
        ("One", "one"),
        ("…", "slide"),
        ("Three", "three"),
    ]


@pytest.mark.parametrize(
    "opened", ["```text\nmore\n", "<!-- more\n", "<script>\n", "::: note\n\n```{python}\nx = 1\n", "~~~\n```\n"]
)
def test_what_is_never_closed_swallows_no_slide_after_it(opened: str) -> None:
    text = DECK.replace("more", opened).replace("end", "{eval}`gone.py: a` and [a link][a]\n")
    text = text.replace("text\n", "text [a link][a]\n\n[a]: #three\n")
    parsed = read(text)
    assert list(parsed.on_slides) == [1, 2]
    assert [error.at and error.at.line for error in parsed.on_slides[2]] == [text.split("\n").index("# Three") + 3]
    assert sum(len(errors) for errors in parsed.on_slides.values()) == len(parsed.errors)


def test_a_rule_in_a_fence_that_is_closed_begins_no_slide() -> None:
    parsed = read(DECK.replace("more", "```yaml\n---\na: 1\n---\n```"))
    assert not parsed.errors
    assert len(parsed.deck.slides) == 3


def test_an_id_that_stands_twice_is_the_second_slides_error() -> None:
    parsed = read(DECK.replace("# Three", "# Three {#second}"))
    assert wrong(parsed) == {2: ["slides/a.md:17: two slides have the id 'second' (the other is at line 11)"]}
    assert [slide.id for slide in parsed.deck.slides] == ["one", "second", "slide"]


def test_errors_of_a_skipped_slide_are_told_and_shown_nowhere() -> None:
    parsed = read(DECK.replace("{#second}\n\nmore", "{.skip}\n\n$\\frac{1$"))
    assert len(parsed.errors) == 1
    assert (parsed.on_slides, parsed.elsewhere) == ({}, ())


@pytest.mark.parametrize("front", ["---\ntitel: A\n---\n", "---\ntitle: A\n"])
def test_front_matter_that_is_wrong_is_no_slide_of_its_own(front: str) -> None:
    parsed = read(DECK.replace("---\ntitle: A\n---\n", front))
    assert parsed.elsewhere
    assert parsed.errors == parsed.elsewhere
    assert parsed.errors[0].at
    assert parsed.errors[0].at.line


def test_all_that_is_wrong_is_told_at_once_in_order_of_place() -> None:
    text = DECK.replace("title: A", "titel: A").replace("text", "{eval}`gone.py: a`").replace("more", "::: nosuch\n:::")
    parsed = read(text)
    assert [error.at and error.at.line for error in parsed.errors] == [2, 7, 13]
    assert [len(parsed.elsewhere), *map(len, parsed.on_slides.values())] == [1, 1, 1]


@pytest.mark.parametrize(("text", "said"), [("", "no slides"), ("# One {.skip}\n", "all slides are skipped")])
def test_a_deck_that_shows_nothing_is_wrong_as_a_whole(text: str, said: str) -> None:
    parsed = read(text)
    assert said in str(parsed.elsewhere[0])
    assert (parsed.deck.slides, parsed.on_slides) == ((), {})


def test_a_file_that_is_no_text_is_said(tmp_path: Path) -> None:
    (tmp_path / "slides").mkdir()
    (tmp_path / "slides/a.md").write_bytes(b"# One\n\n\xff\n")
    parsed = parser.parse("slides/a.md", Sources(tmp_path))
    assert [str(error) for error in parsed.elsewhere] == ["slides/a.md:3: byte 0xff is not UTF-8"]
    assert parsed.deck.slides == ()
    with pytest.raises(DeckErrors, match=r"slides/a\.md:3: byte 0xff is not UTF-8"):
        parsed.valid()


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("# 2024", "slide-2024"),
        ("# 100 %", "slide-100"),
        ("# １００％", "slide-100"),
        ("# ²", "slide-2"),
        ("# 2024 in review", "2024-in-review"),
        ("# A {#7}", "slide-7"),
        ("# A {#7a}", "7a"),
        ("# 7 {#seven}", "seven"),
    ],
)
def test_no_slide_is_named_like_the_number_of_another(heading: str, name: str) -> None:
    """What js/controllers/location.js of reveal.js takes for a number: /^[0-9]*$/ in front of the first slash."""
    (slide,) = read(f"{heading}\n").valid().slides
    assert slide.id == name
    assert not re.fullmatch("[0-9]*", slide.id.split("/")[0])


@pytest.mark.parametrize(
    ("text", "at"),
    [("![a[^1]](p.png)\n\n[^1]: b", "3:4"), ("```{figure} a.py\n:alt: a[^1]\n```\n\n[^1]: b", "4:8")],
)
def test_an_alternative_text_has_no_footnotes(text: str, at: str, tmp_path: Path) -> None:
    (tmp_path / "slides").mkdir()
    (tmp_path / "slides/p.png").write_bytes(b"")
    parsed = read(f"# A\n\n{text}\n", {"a.py": "x = 1\n"}, tmp_path)
    assert f"slides/a.md:{at}: an alternative text has no footnotes" in wrong(parsed)[0]


def test_a_long_chain_of_footnotes_is_numbered() -> None:
    chain = "".join(f"[^{n}]: a[^{n + 1}]\n\n" for n in range(2000))
    (slide,) = read(f"# A\n\na[^0]\n\n{chain}[^2000]: end\n").valid().slides
    assert len(slide.footnotes) == 2001


PARTS = {
    "slides/a.md": "# One\n\n{{< include _b.md >}}\n\nafter[^n]\n",
    "slides/_b.md": "---\ntitle: left out\n---\n\nin b\n\n---\n\n# Two\n\n{{< include sub/_c.md >}}\n",
    "slides/sub/_c.md": "in c\n\n[^n]: below\n",
}


def test_a_part_is_put_where_it_is_included() -> None:
    deck = parser.parse("slides/a.md", Sources(Path("nowhere"), PARTS)).valid()
    assert [(one.title, str(one.at)) for one in deck.slides] == [("One", "slides/a.md:1"), ("Two", "slides/_b.md:9")]
    texts = [[token.content for token in one.tokens if token.type == "inline"] for one in deck.slides]
    assert texts == [["in b"], ["in c", "after[^n]"]]
    assert len(deck.slides[1].footnotes) == 1
    assert deck.files == ("slides/_b.md", "slides/sub/_c.md")


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (
            {"slides/sub/_c.md": "{eval}`gone.py: x`[^n]\n\n[^n]: a"},
            {1: ["slides/sub/_c.md:1:1: no snippet 'gone.py'"]},
        ),
        ({"slides/sub/_c.md": "::: x\n:::\n[^n]: a"}, {1: ["slides/sub/_c.md:1:1: unknown block 'x'"]}),
        ({"slides/sub/_c.md": "a <b>\n\n[^n]: a"}, {1: ["slides/sub/_c.md:1:3: raw HTML is not enabled: <b>"]}),
    ],
)
def test_an_error_in_a_part_is_placed_in_the_part(texts: dict[str, str], said: dict[int, list[str]]) -> None:
    assert wrong(parser.parse("slides/a.md", Sources(Path("nowhere"), {**PARTS, **texts}))) == said


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (
            {"slides/sub/_c.md": "{{< include ../_b.md >}}"},
            "slides/sub/_c.md:1: 'slides/_b.md' includes itself: slides/_b.md → slides/sub/_c.md → slides/_b.md",
        ),
        ({"slides/_b.md": "{{< include a.md >}}"}, "slides/_b.md:1: 'slides/a.md' includes itself: slides/a.md → "),
        ({"slides/_b.md": "- {{< include a.md >}}"}, "slides/_b.md:1: a file cannot be included in a list or quote"),
        ({"slides/_b.md": "{{< include ../../x.md >}}"}, "slides/_b.md:1: '../x.md' leads out of the project"),
        (
            {f"slides/_{a}.md": f"{{{{< include _{b}.md >}}}}" for a, b in zip("bcdefghij", "cdefghijk", strict=True)},
            "slides/_i.md:1: includes are nested deeper than 8 levels",
        ),
        ({"slides/_b.md": "{{< include _x.md >}}"}, "slides/_b.md:1: no file 'slides/_x.md'"),
    ],
)
def test_an_include_that_cannot_be_made_is_an_error_at_its_line(texts: dict[str, str], said: str) -> None:
    parsed = parser.parse("slides/a.md", Sources(Path("nowhere"), {**PARTS, **texts}))
    assert any(str(error).startswith(said) for error in parsed.errors), parsed.errors


@pytest.mark.parametrize(
    ("info", "steps"),
    [
        ("python {1|2-3}", "1-1|2-3"),
        ("js{1,3}", "1-1,3-3"),
        ("js [1-2|3]", "1-2|3-3"),
        ("text {all|*|2}", "1-3|1-3|2-2"),
        ('{.python code-line-numbers="|2"}', None),
        ('{.python code-line-numbers="1|2"}', "1-1|2-2"),
        ("{.python}", ""),
        ("js [a.js]", ""),
    ],
)
def test_a_plain_fence_may_have_steps(info: str, steps: str | None) -> None:
    parsed = read(f"# A\n\n```{info}\na\nb\nc\n```\n")
    if steps is None:
        assert parsed.errors
        return
    (fence,) = parsed.valid().slides[0].tokens
    assert "|".join(",".join(f"{a}-{b}" for a, b in step.ranges) for step in fence.meta.get("steps", ())) == steps
    assert fence.info in ("python", "js", "text")


@pytest.mark.parametrize(
    ("info", "said"),
    [("js {1|9}", "3:10: the slide does not show line 9"), ("ts {monaco}", "3:8: 'monaco' names no lines")],
)
def test_wrong_steps_of_a_plain_fence_are_errors_at_their_place(info: str, said: str) -> None:
    assert wrong(read(f"# A\n\n```{info}\na\n```\n")) == {0: [f"slides/a.md:{said}"]}


@pytest.mark.parametrize("code", [">>> 1 +", "%matplotlib inline\nx = 1", "x = 1\n!ls -l", "    %time"])
def test_sessions_and_magics_are_shown(code: str) -> None:
    assert (read(f"# A\n\n```python\n{code}\n```\n").errors == ()) == ("    " not in code)


def test_what_follows_a_pause_appears_with_it_up_to_the_end_of_its_block() -> None:
    text = "# A\n\na\n\n::: center\nb\n\n. . .\n\nc\n\n- d\n:::\n\ne\n\n. . .\n\nf\n\n::: note\ng\n:::\n\n"
    text += "::: notes\nh\n:::\n"
    (slide,) = read(text).valid().slides
    marked = {str(token.meta.get("pause", "")) + token.type for token in slide.tokens if "pause" in token.meta}
    assert marked == {"1paragraph_open", "1bullet_list_open", "2paragraph_open", "2block_open"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\n\n. . .\n", "5:1: nothing follows this pause"),
        ("::: note\na\n\n. . .\n:::\n\nb", "6:1: nothing follows this pause"),
        ("- a\n\n  . . .\n\n  b", "5:1: a pause cannot stand in a list or quote"),
    ],
)
def test_a_pause_stands_between_blocks(text: str, said: str) -> None:
    assert wrong(read(f"# A\n\n{text}\n")) == {0: [f"slides/a.md:{said}"]}
