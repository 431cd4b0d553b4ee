"""Pictures that a deck names: their paths, their types, and that the deck depends on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from verideck.core.errors import DeckError
from verideck.core.project import Sources
from verideck.core.run_model import Location
from verideck.read import parser, pictures

AT = Location("slides/a.md", 3, 1)


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    for name in ("slides/a.md", "slides/p.PNG", "pictures/q.svg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    return Sources(tmp_path)


def test_a_picture_is_beside_the_deck(sources: Sources) -> None:
    found = pictures.load("../pictures/q.svg", "slides/a.md", sources, AT)
    assert found == ("svg+xml", b"pictures/q.svg", "pictures/q.svg")
    assert pictures.load("p.PNG", "slides/a.md", sources, AT).address == "data:image/png;base64,c2xpZGVzL3AuUE5H"


@pytest.mark.parametrize(
    ("name", "said"), [("p.tiff", "'p.tiff' is not a picture"), ("n.png", "no file 'slides/n.png'")]
)
def test_other_files_are_refused_with_their_place(sources: Sources, name: str, said: str) -> None:
    with pytest.raises(DeckError, match=said) as caught:
        pictures.load(name, "slides/a.md", sources, AT)
    assert caught.value.at == AT


@pytest.mark.parametrize(
    "body",
    [
        "# A\n\n![a](p.PNG)",
        '# A {background="p.PNG"}',
        "# A\n\n```{python}\n:alt: a\n:print: p.PNG\n1\n```",
        "# A\n\n```{show} b.py: x\n:alt: a\n:print: p.PNG\n```",
    ],
)
def test_a_deck_depends_on_every_picture_that_it_names(sources: Sources, body: str) -> None:
    (sources.root / "snippets").mkdir()
    (sources.root / "snippets/b.py").write_text("x = 1\n")
    (sources.root / "slides/a.md").write_text(body)
    assert "slides/p.PNG" in parser.parse("slides/a.md", Sources(sources.root)).valid().files
