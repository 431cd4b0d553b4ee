"""A deck with wrong slides is read: they are left blank, the others are as they were, at their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from verideck.core.errors import DeckErrors
from verideck.core.project import Sources
from verideck.read import mend

FRONT = "---\ntitle: A\n---\n\n"
DECK = FRONT + "# One\n\ntext\n\n---\n\n# Two {#second}\n\nmore\n\n---\n\n# Three\n\nend\n"


def read(text: str, snippets: dict[str, str] | None = None, root: Path = Path("nowhere")) -> mend.Mended:
    texts = {"slides/a.md": text, **{f"snippets/{name}": code for name, code in (snippets or {}).items()}}
    return mend.read("slides/a.md", Sources(root, texts))


def wrong(mended: mend.Mended) -> dict[int, list[str]]:
    return {index: [str(error) for error in errors] for index, errors in mended.errors.items()}


def test_a_deck_that_is_right_is_as_it_is() -> None:
    mended = read(DECK)
    assert not mended.errors
    assert [slide.title for slide in mended.deck.slides] == ["One", "Two", "Three"]


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
        ("# Two {#second}", "# Two {#second seconds=x}", "slides/a.md:11:16: 'x' is no number of seconds"),
        ("\n# Two {#second}\n\nmore\n", "", "this slide is empty"),
    ],
)
def test_an_error_stays_on_its_slide(before: str, after: str, said: str) -> None:
    mended = read(DECK.replace(before, after))
    assert list(mended.errors) == [1]
    assert any(text.startswith(said) or said in text for text in wrong(mended)[1])
    assert [slide.title for slide in mended.deck.slides][::2] == ["One", "Three"]
    assert mended.deck.slides[2].at.line == DECK.replace(before, after).split("\n").index("# Three") + 1


def test_a_slide_that_keeps_its_heading_keeps_its_name() -> None:
    assert read(DECK.replace("more", "::: nosuch\n:::")).deck.slides[1].id == "second"


def test_a_script_that_is_wrong_marks_the_slides_that_name_it() -> None:
    text = DECK.replace("more", "```{snippet} a.py\n```").replace("end", "{eval}`a.py: x`")
    text = text.replace("text", "{eval}`data.py: y` and {eval}`sub/a.py: y`")
    mended = read(text, {"a.py": "# region a\nx = 1\n", "data.py": "y = 1", "sub/a.py": "y = 1"})
    assert list(mended.errors) == [1, 2]
    assert all("snippets/a.py" in text for errors in wrong(mended).values() for text in errors)


@pytest.mark.parametrize("front", ["---\ntitel: A\n---\n", "---\ntitle: A\n"])
def test_front_matter_that_is_wrong_is_no_slide_of_its_own(front: str) -> None:
    with pytest.raises(DeckErrors, match=r"slides/a\.md:\d"):
        read(DECK.replace("---\ntitle: A\n---\n", front))


def test_a_file_that_is_no_text_is_said(tmp_path: Path) -> None:
    (tmp_path / "slides").mkdir()
    (tmp_path / "slides/a.md").write_bytes(b"# One\n\n\xff\n")
    with pytest.raises(DeckErrors, match=r"slides/a\.md:3: byte 0xff is not UTF-8"):
        mend.read("slides/a.md", Sources(tmp_path))
