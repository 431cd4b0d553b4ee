"""The page that links all decks: talks with their editions, and the files that are there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.decks import deck_of, theme
from verideck.core.project import Sources
from verideck.publish import index
from verideck.typeset.fonts import Fonts

THEME = theme()
MATTER = "---\ntitle: {}\nlang: {}\nduration: 20min\ndate: 2024-10-25\n---\n\n"
ENGLISH = MATTER.format("A <talk>", "en") + "# A \\<talk> {.title}\n\n[a](#b)\n\n---\n\n# Two {#b}\n"
JAPANESE = MATTER.format("話", "ja") + "# 話 {.title}\n\n---\n\n# A {.appendix}\n"


class Faces(Fonts):
    """Fonts that are named instead of cut."""

    def subset(self, family: str, text: str) -> bytes:
        return f"{family}: {text}".encode()


def page(fonts: Path, files: dict[str, dict[str, int]], *texts: tuple[str, str]) -> str:
    decks = [deck_of(text, path=f"slides/{name}.md")[0] for name, text in texts]
    made = index.write(decks, {}, THEME, Faces(fonts), files)
    assert made.path == "dist/index.html"
    return made.data.decode()


def test_editions_stand_together_and_the_files_that_are_there_are_linked(tmp_path: Path) -> None:
    files = {"talk": {"html": 2_340_000, "pdf": 10}, "talk.en": {"html": 1, "presenting.html": 5}}
    text = page(tmp_path, files, ("talk.en", ENGLISH), ("talk", JAPANESE))
    links = re.findall(r'<a (?:class="\w+" )?href="([^"#]+)"', text)
    assert set(links) == {"talk.html", "talk.pdf", "talk.en.html"}
    assert "2.3 MB" in text
    assert "0.1 MB" in text
    assert "<title>話</title>" in text
    assert [fact in text for fact in ("1枚", "20分", "2 slides", "20 min", "2024/10/25", "2024-10-25")] == [True] * 6


def test_the_licence_of_the_slides_is_shown(tmp_path: Path) -> None:
    assert "<span>CC &lt;BY&gt; 4.0</span>" in page(
        tmp_path, {}, ("a", ENGLISH.replace("lang:", "license: CC <BY> 4.0\nlang:"))
    )


def test_editions_are_known_by_their_language(tmp_path: Path) -> None:
    texts = {"talk": JAPANESE, "talk.en": ENGLISH, "talk.de": ENGLISH, "alone.en": ENGLISH, "wrong": "---\nx\n---\n"}
    for name, text in texts.items():
        (tmp_path / "slides").mkdir(exist_ok=True)
        (tmp_path / f"slides/{name}.md").write_text(text)
    pair = (("ja", "talk"), ("en", "talk.en"))
    assert index.editions(Sources(tmp_path)) == {"talk": pair, "talk.en": pair, "talk.de": (), "alone.en": ()}


def test_several_talks_have_a_title_of_their_own(tmp_path: Path) -> None:
    text = page(tmp_path, {}, ("a", ENGLISH), ("b", ENGLISH.replace("A <talk>", "Another")))
    assert "<title>Talks</title>" in text
    assert "A &lt;talk&gt;" in text


def test_the_picture_of_a_slide_holds_no_link_and_no_id_twice(tmp_path: Path) -> None:
    text = page(tmp_path, {"a": {"html": 1}, "b": {"html": 1}}, ("a", ENGLISH), ("b", ENGLISH))
    assert 'href="#b"' not in text
    ids = re.findall(r' id="([^"]*)"', text)
    assert {"a-cover", "b-cover"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_the_page_loads_nothing_and_runs_nothing(tmp_path: Path) -> None:
    text = page(tmp_path, {}, ("a", ENGLISH))
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="(?!data:|#)[^"]*/', text)


def found(folder: Path, **langs: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the editions of decks that say these languages; `_` in a name stands for a dot."""
    (folder / "slides").mkdir()
    for name, lang in langs.items():
        matter = f"---\nlang: {lang}\n---\n\n" if lang else ""
        (folder / f"slides/{name.replace('_', '.')}.md").write_text(f"{matter}# One\n")
    return index.editions(Sources(folder))


def test_a_deck_that_stands_alone_has_no_editions(tmp_path: Path) -> None:
    assert found(tmp_path, talk="en", other="de") == {"talk": (), "other": ()}


def test_a_language_in_the_name_makes_an_edition_where_the_deck_says_it(tmp_path: Path) -> None:
    several = (("en", "talk"), ("de", "talk.de"), ("fr", "talk.fr"))
    assert found(tmp_path, talk="", talk_de="de", talk_fr="fr", talk_v2="en") == {
        "talk": several,
        "talk.de": several,
        "talk.fr": several,
        "talk.v2": (),
    }


def test_a_deck_whose_front_matter_is_wrong_is_left_out(tmp_path: Path) -> None:
    assert found(tmp_path, talk="", talk_de="no language") == {"talk": ()}
