"""Themes: where they are found, how they are laid over one another; mistakes are told at their line, with a remedy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import ROOT
from verideck.core.errors import DECK, DeckError, DeckErrors
from verideck.core.project import Sources
from verideck.core.run_model import Location
from verideck.core.theme import ACCENTS, BASE, custom_properties, figure_colour, load_palette, load_theme, theme_names

PLACE = "templates/theme.toml"
TABLE = (ROOT / PLACE).read_text("utf-8")


def told(text: str) -> list[str]:
    """Return the errors of a theme.toml with their remedies."""
    with pytest.raises(DeckErrors) as caught:
        load_palette(text)
    assert caught.value.exit_code == DECK
    return [f"{error.at}: {error.message} | {error.hint}".removeprefix(PLACE) for error in caught.value.errors]


def test_tokens_of_the_project_are_complete() -> None:
    palette = load_palette(TABLE)
    assert palette.light["accent-1"] == "#1D5FC4"
    assert palette.light.keys() == palette.dark.keys()
    assert palette.size["code"] == 20.5


MISTAKES = [
    (
        "a role misspelt",
        'accent-2 = "#C2',
        'accnt-2 = "#C2',
        "{here}:1: unknown colour 'accnt-2' in [light] | did you mean 'accent-2'?",
    ),
    (
        "which is missing",
        'accent-2 = "#C2',
        'accnt-2 = "#C2',
        "{light}: [light] lacks the colour 'accent-2' | add it: accent-2 = \"#1B2130\"",
    ),
    (
        "a role too many",
        "[dark]\n",
        '[dark]\nmark = "#FFFFFF"\n',
        "{here}:1: unknown colour 'mark' in [dark] | use one of paper, ink,",
    ),
    ("a role missing", 'ink = "#EDEAE3"\n', "", "{dark}: [dark] lacks the colour 'ink' | add it: ink = \"#1B2130\""),
    ("a colour by name", '"#EDEAE3"', '"white"', '{here}:1: "white" is not a colour | write it as ink = "#1B2130"'),
    ("a colour of three digits", '"#EDEAE3"', '"#FFF"', '{here}:1: "#FFF" is not a colour'),
    ("a colour with alpha", '"#EDEAE3"', '"#EDEAE3FF"', '{here}:1: "#EDEAE3FF" is not a colour'),
    ("a colour that is a number", '"#EDEAE3"', "0xEDEAE3", "{here}:1: 15592163 is not a colour"),
    ("a colour that is a list", '"#EDEAE3"', "[1, 2, 3]", "{here}:1: [1, 2, 3] is not a colour"),
    (
        "a size as text",
        "text = 28",
        'text = "28px"',
        '{here}:1: "28px" is not a size in px | write a number above 0: text = 28',
    ),
    ("a size of nothing", "code = 20.5", "code = 0", "{here}:1: 0 is not a size in px"),
    ("a size below nothing", "code = 20.5", "code = -1", "{here}:1: -1 is not a size in px"),
    ("a size without end", "code = 20.5", "code = inf", "{here}:1: Infinity is not a size in px"),
    ("a size that is no number", "code = 20.5", "code = nan", "{here}:1: NaN is not a size in px"),
    ("a size that is true", "code = 20.5", "code = true", "{here}:1: true is not a size in px"),
    ("a size that is a day", "code = 20.5", "code = 2026-11-28", '{here}:1: "2026-11-28" is not a size in px'),
    (
        "a size misspelt",
        "listing-wide",
        "listing-wid",
        "{here}:1: unknown size 'listing-wid' in [size] | did you mean 'listing-wide'?",
    ),
    ("a size missing", "body-long = 616", "", "{size}: [size] lacks the size 'body-long' | add it: body-long = 28"),
    ("a table misspelt", "[dark]", "[drak]", "{here}: unknown table 'drak' | did you mean 'dark'?"),
    (
        "a table too many",
        "[dark]",
        "[fonts]\na = 1\n[dark]",
        "{here}: unknown table 'fonts' | use one of light, dark, size, mode, print, section, extends",
    ),
    (
        "a table that is a number",
        TABLE,
        "dark = 3\n",
        "{here}:1: 'dark' must be a table | begin it with the line [dark]",
    ),
    (
        "a key without a value",
        "text = 28",
        "text =",
        "{here}:7: not valid TOML: invalid value | write tables as [light],",
    ),
    ("a text without an end", '"#EDEAE3"', '"#EDEAE3', "{here}:15: not valid TOML: illegal character"),
    ("a key twice", "text = 28", "text = 28\ntext = 29", "{here}:10: not valid TOML: cannot overwrite a value"),
    ("a table twice", "[dark]", "[light]\n[dark]", "{here}:7: not valid TOML: cannot declare"),
    ("a huge number", "text = 28", f"text = {'9' * 400}", "{here}:1: 9999"),
    ("CSS", "# The default", ":root { --ink: black }", "1:1: not valid TOML: invalid statement"),
]


@pytest.mark.parametrize(("old", "new", "expected"), [one[1:] for one in MISTAKES], ids=[one[0] for one in MISTAKES])
def test_a_mistake_is_told_at_its_line(old: str, new: str, expected: str) -> None:
    assert old in TABLE
    text = TABLE.replace(old, new, 1)
    lines = {name: text[: text.find(f"[{name}]")].count("\n") + 1 for name in ("light", "dark", "size")}
    added = new.partition("\n")[2] if new.startswith(("[dark]", "text = 28\n")) else new
    here = text[: text.find(added or new)].count("\n") + 1
    found = told(text)
    assert any(error.startswith(":" + expected.format(here=here, **lines)) for error in found), found


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000])
def test_what_the_reader_of_toml_cannot_hold_is_an_error_of_the_file(value: str) -> None:
    (error,) = told(f"{TABLE}\nwide = {value}\n")
    assert ": not valid TOML: " in error


def test_what_is_not_there_at_all_is_told_of_the_file() -> None:
    _, _, _, *tables = told("")
    assert [text.partition(" | ")[0] for text in tables] == [f": the theme lacks the table [{name}]" for name in
                                                             ("light", "dark", "size")]  # fmt: skip
    assert "add it, with paper, ink" in tables[0]


def test_all_mistakes_are_told_at_once() -> None:
    text = TABLE.replace('"#EDEAE3"', '"white"').replace("text = 28", 'text = "28"').replace("rule =", "rul =")
    assert len(told(text)) == 6  # a colour, a size, and one role misspelt and missing in both themes


def test_a_theme_may_have_sizes_of_its_own() -> None:
    palette = load_palette(f"{TABLE}\nquotation = 33.5\n")
    assert "--size-quotation:33.5px;" in custom_properties(palette)


def write(root: Path, files: dict[str, str]) -> Sources:
    """Return a project with these files in templates/."""
    for name, text in files.items():
        file = root / "templates" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return Sources(root)


def test_what_a_theme_lacks_is_ours(tmp_path: Path) -> None:
    ours = load_theme(Sources(ROOT))
    theme = load_theme(write(tmp_path, {"print.css": "p{}", "theme.toml": '[light]\nink = "#000000"\n'}))
    assert theme.templates["print.css"] == "p{}"
    assert theme.templates["deck.css"] == ours.templates["deck.css"]
    assert theme.templates["base/print.css"] == ours.templates["print.css"]
    assert theme.palette.light == {**ours.palette.light, "ink": "#000000"}
    assert theme.palette.dark == ours.palette.dark


def test_a_theme_is_laid_over_the_one_that_it_extends_and_the_default_theme_counts_where_named(tmp_path: Path) -> None:
    files = {
        "theme.css": ".d{}",
        "slide.html.jinja": "default",
        "themes/one/theme.css": ".one{}",
        "themes/one/theme.toml": 'mode = "dark"\n[dark]\nink = "#FFFFFF"\n[size]\ntext = 30\n',
        "themes/one/slide.html.jinja": '{% extends "base/slide.html.jinja" %}one',
        "themes/two/theme.css": ".two{}",
        "themes/two/theme.toml": 'extends = "one"\n[size]\ntext = 31\n',
        "themes/two/slide.html.jinja": '{% extends "base/slide.html.jinja" %}two',
        "themes/three/theme.toml": 'extends = "default"\n',
    }
    sources = write(tmp_path, files)
    ours, two, three = load_theme(Sources(ROOT)), load_theme(sources, "two"), load_theme(sources, "three")
    assert two.templates["theme.css"] == "\n.one{}\n.two{}"
    assert (two.palette.mode, two.palette.dark["ink"], two.palette.size["text"]) == ("dark", "#FFFFFF", 31)
    assert two.templates["slide.html.jinja"].endswith("two")
    assert two.templates["base/slide.html.jinja"] == '{% extends "base/base/slide.html.jinja" %}one'
    assert two.templates["base/base/slide.html.jinja"] == ours.templates["slide.html.jinja"]
    assert two.places["base/slide.html.jinja"] == "templates/themes/one/slide.html.jinja"
    assert (three.templates["slide.html.jinja"], three.templates["theme.css"]) == ("default", "\n.d{}")


@pytest.mark.parametrize(
    ("files", "name", "said"),
    [
        ({}, "slid", "slides/a.md:2:8: no theme 'slid' | use one of default"),
        ({"themes/slate/theme.css": ""}, "slat", "slides/a.md:2:8: no theme 'slat' | did you mean 'slate'?"),
        ({}, "../x", "slides/a.md:2:8: '../x' is not the name of a theme | write the name of a folder"),
        (
            {"themes/a/theme.toml": 'extends = "b"', "themes/b/theme.toml": '\nextends = "a"'},
            "a",
            "templates/themes/b/theme.toml:2:1: the theme 'a' extends itself | remove 'extends'",
        ),
        (
            {"themes/a/theme.toml": 'extends = "zzz"'},
            "a",
            "templates/themes/a/theme.toml:1:1: no theme 'zzz' | use one of",
        ),
        (
            {"themes/a/theme.toml": '[light]\ninc = "#000000"'},
            "a",
            "templates/themes/a/theme.toml:2:1: unknown colour 'inc' in [light] | did you mean 'ink'?",
        ),
        (
            {"themes/a/theme.toml": 'print = "drak"'},
            "a",
            "templates/themes/a/theme.toml:1:1: \"drak\" is not one of light, dark | did you mean 'dark'?",
        ),
        (
            {"themes/a/dek.css": "", "themes/a/x.jinja": ""},
            "a",
            "templates/themes/a/dek.css: a theme has no file 'dek.css' | did you mean 'deck.css'?",
        ),
        ({"deck.js": "a\n\0"}, "", "templates/deck.js:2: the file contains a NUL character | remove it"),
    ],
)
def test_a_mistake_in_a_theme_is_told_where_it_is(tmp_path: Path, files: dict[str, str], name: str, said: str) -> None:
    with pytest.raises((DeckErrors, DeckError)) as caught:
        load_theme(write(tmp_path, files), name, Location("slides/a.md", 2, 8))
    (error,) = caught.value.errors if isinstance(caught.value, DeckErrors) else (caught.value,)
    assert isinstance(error, DeckError)
    assert f"{error} | {error.hint}".startswith(said)


def test_an_installed_package_brings_a_theme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "verideck_theme_wide"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('a theme runs no code')\n")
    (package / "theme.css").write_text(".wide{}")
    (package / "print.html.jinja").write_bytes(b"\xff")
    info = tmp_path / "verideck_theme_wide-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: verideck-theme-wide\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[verideck.themes]\nwide = verideck_theme_wide\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    sources = Sources(tmp_path / "project")
    assert "wide" in theme_names(sources)
    with pytest.raises(DeckErrors, match=r"verideck_theme_wide/print.html.jinja:1: byte 0xff is not UTF-8"):
        load_theme(sources, "wide")
    (package / "print.html.jinja").unlink()
    assert load_theme(sources, "wide").templates["theme.css"] == "\n.wide{}"


def test_figures_show_the_colours_of_the_page() -> None:
    palette = load_palette(TABLE)
    assert all(figure_colour(BASE[role], palette.dark) == palette.dark[role].lower() for role in ACCENTS)
    assert figure_colour("#000000", palette.dark) == palette.dark["ink"].lower()
    assert figure_colour("#262626", palette.dark) == "#cccac5"  # near-black text of seaborn: near ink
    assert figure_colour("#FFFFFF", palette.dark) == palette.dark["paper"].lower()
    assert figure_colour("#ffd700", palette.dark) == "#ffd700"


def test_custom_properties_hold_both_themes_and_sizes() -> None:
    css = custom_properties(load_palette(TABLE))
    assert css.startswith(":root{color-scheme:light;--paper:#FBFAF6;")
    assert css.count("--accent-1:#83B4FF") == 2
    printed_dark = custom_properties(replace(load_palette(TABLE), print="dark"))
    assert printed_dark.startswith(":root{color-scheme:dark;--paper:#12151D;")
    assert "prefers-color-scheme:light" in printed_dark
    assert "--size-code:20.5px" in css
