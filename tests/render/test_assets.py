"""Font faces: which characters of which family, and where their bytes are."""

from __future__ import annotations

from pathlib import Path

import pytest

from verideck.render.assets import font_face, print_fonts, screen_fonts
from verideck.typeset.fonts import LATIN, MONO, SANS, WEIGHTS, Fonts

PLAIN = '@font-face { font-family: "A"; font-weight: 400; src: url(x);'


class Cut(Fonts):
    """Fonts that are named instead of cut."""

    def subset(self, family: str, text: str) -> bytes:
        return f"{family}|{text}".encode()

    def static(self, family: str, weight: int, text: str | None = None) -> Path:
        return Path(f"{family}|{weight}|{text}")


@pytest.fixture
def cut(tmp_path: Path) -> Fonts:
    return Cut(tmp_path)


@pytest.mark.parametrize(
    ("more", "face"),
    [
        ({}, f"{PLAIN} }}"),
        ({"only": "Ł ź"}, f"{PLAIN} unicode-range: U+141, U+17A; }}"),
        ({"size": 1.05}, f"{PLAIN} size-adjust: 105.0%; }}"),
    ],
)
def test_a_face_says_for_which_characters_and_in_which_size(more: dict[str, object], face: str) -> None:
    assert font_face("A", "400", "url(x)", **more) == face  # type: ignore[arg-type]


def test_a_page_carries_the_fonts_of_what_it_shows(cut: Fonts) -> None:
    faces = screen_fonts({"text": "ab", "math": "x"}, cut).split("\n")
    assert len(faces) == 2
    assert 'font-family: "STIX Two Math"; font-weight: 400;' in faces[1]
    assert all('src: url("data:font/woff2;base64,' in face for face in faces)


def test_letters_that_the_family_lacks_come_from_the_other_for_these_alone(cut: Fonts) -> None:
    own, latin = screen_fonts({"text": "aő"}, cut).split("\n")
    assert "unicode-range" not in own
    assert latin.startswith(f'@font-face {{ font-family: "{SANS}"')
    assert "unicode-range: U+151;" in latin


def test_print_has_a_file_for_each_family_and_weight(cut: Fonts) -> None:
    css, files = print_fonts({"text": "aő", "code": "x", "math": "y"}, cut)
    families = {family: [weight for weight in WEIGHTS[family]] for family in (SANS, LATIN, MONO)}
    assert len(files) == sum(map(len, families.values())) == css.count("@font-face")
    assert all(f'url("{url}")' in css for url in files)
    assert str(files[f"deck:fonts/{LATIN.replace(' ', '')}-{WEIGHTS[LATIN][0]}.ttf"]).endswith("ő")
