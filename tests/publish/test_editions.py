"""Which decks are one talk in several languages."""

from __future__ import annotations

from pathlib import Path

from verideck.core.project import Sources
from verideck.publish.editions import editions


def found(folder: Path, **langs: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the editions of decks that say these languages; `_` in a name stands for a dot."""
    (folder / "slides").mkdir()
    for name, lang in langs.items():
        matter = f"---\nlang: {lang}\n---\n\n" if lang else ""
        (folder / f"slides/{name.replace('_', '.')}.md").write_text(f"{matter}# One\n")
    return editions(Sources(folder))


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
