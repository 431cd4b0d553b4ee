"""Colours and sizes of tokens.toml: each mistake is told at its line, with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import ROOT
from verideck.core.errors import DECK, DeckErrors
from verideck.core.project import Sources
from verideck.core.theme import TOKENS, custom_properties, load_palette, load_theme

TABLE = (ROOT / TOKENS).read_text("utf-8")


def told(text: str) -> list[str]:
    """Return the errors of a tokens.toml with their remedies."""
    with pytest.raises(DeckErrors) as caught:
        load_palette(text)
    assert caught.value.exit_code == DECK
    return [f"{error.at}: {error.message} | {error.hint}".removeprefix(f"{TOKENS}") for error in caught.value.errors]


def test_tokens_of_the_project_are_complete() -> None:
    palette = load_palette(TABLE)
    assert palette.light["w"] == "#1D5FC4"
    assert palette.light.keys() == palette.dark.keys()
    assert palette.size["code"] == 20.5


MISTAKES = [
    (
        "a role misspelt",
        'lam = "#C2',
        'lamb = "#C2',
        "{here}:1: unknown colour 'lamb' in [light] | did you mean 'lam'?",
    ),
    (
        "which is missing",
        'lam = "#C2',
        'lamb = "#C2',
        "{light}: [light] lacks the colour 'lam' | add it: lam = \"#1B2130\"",
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
        "{here}: unknown table 'fonts' | use one of light, dark, size",
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
    ("CSS", "# The one", ":root { --ink: black }", "1:1: not valid TOML: invalid statement"),
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
    assert ": [dark] lacks the colour 'code' | add it: code = \"#1B2130\"" in told("")


def test_all_mistakes_are_told_at_once() -> None:
    text = TABLE.replace('"#EDEAE3"', '"white"').replace("text = 28", 'text = "28"').replace("rule =", "rul =")
    assert len(told(text)) == 6  # a colour, a size, and one role misspelt and missing in both themes


def test_a_theme_may_have_sizes_of_its_own() -> None:
    palette = load_palette(f"{TABLE}\nquotation = 33.5\n")
    assert "--size-quotation:33.5px;" in custom_properties(palette)


def test_files_that_are_missing_or_no_text_are_told_together(tmp_path: Path) -> None:
    for file in (ROOT / "templates").iterdir():
        (tmp_path / "templates").mkdir(exist_ok=True)
        (tmp_path / "templates" / file.name).write_bytes(file.read_bytes())
    (tmp_path / "templates/deck.css").rename(tmp_path / "templates/dek.css")
    (tmp_path / "templates/slide.html.jinja").write_bytes("über\nübel".encode("latin-1"))
    (tmp_path / "templates/deck.js").write_bytes(b"a\n\0")
    with pytest.raises(DeckErrors) as caught:
        load_theme(Sources(tmp_path))
    assert [(str(error), error.hint) for error in caught.value.errors] == [
        ("templates/deck.css: no file 'templates/deck.css'", "did you mean 'dek.css'?"),
        ("templates/deck.js:2: the file contains a NUL character", "remove it"),
        ("templates/slide.html.jinja:1: byte 0xfc is not UTF-8", "save the file as UTF-8"),
    ]


def test_custom_properties_hold_both_themes_and_sizes() -> None:
    css = custom_properties(load_palette(TABLE))
    assert css.startswith(":root{color-scheme:light;--paper:#FBFAF6;")
    assert css.count("--w:#83B4FF") == 2
    assert "--size-code:20.5px" in css
