"""Front matter: text in, Meta or located errors out."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verideck.core.errors import DeckError, DeckErrors
from verideck.core.run_model import Meta
from verideck.read import frontmatter
from verideck.read.frontmatter import read

WHOLE = """\
---
title: 'ハイパーパラメータ: 何をしているの'
subtitle: >
  two
  lines
author: 開発部 井上
date: 2024-10-25
lang: ja
description: "one sentence"
duration: 20min
theme: slate
mode: dark
css: my.css
logo: logo.svg
roles: {lam: 2, w: 1, err: 3}
footer: 42
symbols: {λ: lam, w: w, E: err}
parameters:
  language: en
  alphas: [0, 1e-3, "1", yes]
  quick: true
  none: null
tolerance: 1e-4
timeout: 90s
memory: 2GiB
html: true
license: CC-BY-4.0
---

# First slide
"""


def block(*lines: str) -> Meta:
    return read("slides/a.md", "\n".join(["---", *lines, "---", "# A"]))[0]


def refused(text: str) -> list[DeckError]:
    with pytest.raises(DeckErrors) as caught:
        read("slides/a.md", text)
    return list(caught.value.errors)


def test_every_key_is_read() -> None:
    assert read("slides/a.md", WHOLE)[0] == Meta(
        title="ハイパーパラメータ: 何をしているの",
        subtitle="two lines",
        author="開発部 井上",
        date="2024-10-25",
        lang="ja",
        description="one sentence",
        duration=1200,
        theme="slate",
        mode="dark",
        css="my.css",
        logo="logo.svg",
        roles=(("lam", 2), ("w", 1), ("err", 3)),
        footer="42",
        symbols=(("λ", "lam"), ("w", "w"), ("E", "err")),
        parameters=(("alphas", [0, 0.001, "1", "yes"]), ("language", "en"), ("none", None), ("quick", True)),
        tolerance=1e-4,
        timeout=90.0,
        memory=2 << 30,
        html=True,
        license="CC-BY-4.0",
    )


def test_the_body_keeps_its_line_numbers() -> None:
    body = read("slides/a.md", WHOLE)[1]
    assert body.split("\n")[: WHOLE.count("\n") - 1] == [""] * (WHOLE.count("\n") - 1)
    assert body.strip() == "# First slide"
    assert body.count("\n") == WHOLE.count("\n")


@pytest.mark.parametrize("text", ["", "\n", "# A\n\n---\n\n# B\n", "text\n---\n", "\n# A\n---\n"])
def test_a_deck_without_front_matter_has_the_defaults(text: str) -> None:
    assert read("slides/a.md", text) == (Meta(title=""), text)


def test_keys_are_the_fields_of_meta() -> None:
    assert list(frontmatter._KEYS) == [field.name for field in fields(Meta)]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("20min", 1200), ("90s", 90), ("1h", 3600), ("1h30min", 5400), ("1h 30min", 5400), ("75", 75), ("1.5min", 90)],
)
def test_a_duration_is_given_in_seconds(text: str, seconds: int) -> None:
    assert block(f"duration: {text}").duration == seconds
    assert isinstance(block(f"duration: {text}").duration, int)


@pytest.mark.parametrize(
    ("text", "size"), [("4GB", 4 * 10**9), ("512MiB", 512 << 20), ("1.5GiB", 3 << 29), ("800 MB", 800 * 10**6)]
)
def test_memory_is_given_in_bytes(text: str, size: int) -> None:
    assert block(f"memory: {text}").memory == size


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("lang: no", "lang", "no"),
        ("date: '2024-10-25'", "date", "2024-10-25"),
        ("title: 12:30:00", "title", "12:30:00"),
        ("title: 0755", "title", "0755"),
        ("timeout: 0.5", "timeout", 0.5),
        ("html: false", "html", False),
        ("macros: {'\\R': '\\mathbb{R}'}", "macros", (("R", "\\mathbb{R}"),)),
        ("symbols: {w\u0302: w}", "symbols", (("ŵ", "w"),)),
        ("parameters: {at: 12:30:00, n: -010, x: .5}", "parameters", (("at", "12:30:00"), ("n", -10), ("x", 0.5))),
    ],
)
def test_values_are_read_from_their_text(line: str, key: str, value: object) -> None:
    assert getattr(block(line), key) == value


@pytest.mark.parametrize(
    ("line", "column", "message", "hint"),
    [
        ("titel: A", 1, "unknown key 'titel'", "did you mean 'title'?"),
        ("[a]: A", 1, "a key must be one word", "write key: value"),
        ("title:", 7, "the value is missing", "write a value, or remove the key"),
        ("title: [A]", 8, "this is not text", "write one value; put quotes around text that begins with [ or {"),
        ("date: 25.10.2024", 7, "'25.10.2024' is not a date", "write it as 2024-10-25"),
        ("date: 2024-02-30", 7, "'2024-02-30' is not a date", "write it as 2024-10-25"),
        ("lang: Japanese", 7, "'Japanese' is not a language tag", "write it as ja, en or zh-Hant"),
        ("duration: 20:00", 11, "'20:00' is not a duration", "write it as 90s, 20min or 1h30min"),
        ("duration: 0", 11, "'0' is not a duration", "write it as 90s, 20min or 1h30min"),
        ("timeout: -1", 10, "'-1' is not a duration", "write it as 90s, 20min or 1h30min"),
        ("theme: dark", 8, "'dark' is not a theme", "write it as mode: dark"),
        ("mode: drak", 7, "'drak' is not one of auto, light, dark", "did you mean 'dark'?"),
        ("roles: {lam: 9}", 14, "'9' is not the number of an accent", "write a number from 1 to 8"),
        ("roles: {Lam: 1}", 9, "'Lam' cannot be a role", "write a word of lower-case letters"),
        ("roles: {note: 1}", 9, "'note' cannot be a role", "write another word"),
        ("html: yes", 7, "'yes' is not one of true, false", ""),
        ("tolerance: 1", 12, "'1' is not a number between 0 and 1", "write it as 1e-6"),
        ("tolerance: nan", 12, "'nan' is not a number between 0 and 1", "write it as 1e-6"),
        ("memory: 4", 9, "'4' is not a memory size", "write it as 4GiB or 800MiB"),
        ("memory: 512MB", 9, "512MB is too little memory for a run", "write 512MiB or more"),
        ("macros: {R2: x}", 10, "'R2' is not the name of a macro", "use letters alone: R, argmin"),
        ("symbols: λ", 10, "this is not a mapping", "write key: value, one per line"),
        ("symbols: {λ: lam, ww: w}", 19, "'ww' is not one character", "write one letter, such as λ"),
        ("symbols: {λ: lan}", 14, "'lan' is not one of w, lam, err, data", "did you mean 'lam'?"),
        ("symbols: {λ: lam, λ: w}", 19, "'λ' is given twice", "keep one of them"),
        ("parameters: {a b: 1}", 14, "'a b' is not a valid Python name", "use letters, digits and _"),
        ("parameters: {if: 1}", 14, "'if' is not a valid Python name", "use letters, digits and _"),
        ("parameters: {a: 1, a: 2}", 20, "'a' is given twice", "keep one of them"),
        ("title: &x A", 8, "anchors and aliases are not allowed here", "write the value itself"),
        ("title: *x", 8, "anchors and aliases are not allowed here", "write the value itself"),
        ("title: !!str A", 8, "tags are not allowed here", "remove it, and put quotes around text"),
        (
            "title: a: b",
            9,
            "YAML: mapping values are not allowed here",
            "put quotes around text that contains ': ' or begins with a punctuation mark",
        ),
        ("title: a\x07", 9, "character U+0007 is not allowed in YAML", "remove it"),
        ("just a text", 1, "this is not a mapping", "write key: value, one per line"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(line: str, column: int, message: str, hint: str) -> None:
    (error,) = refused(f"---\n{line}\n---\n")
    assert (str(error), error.hint) == (f"slides/a.md:2:{column}: {message}", hint)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\n---\n# A\n", "slides/a.md:1: the front matter is empty"),
        ("---\n\n---\n", "slides/a.md:1: the front matter is empty"),
        ("---\n# A\n---\n", "slides/a.md:1: the front matter is empty"),
        ("---\n\n# A\n\n---\n", "slides/a.md:2: front matter begins with a blank line"),
        ("\n---\ntitle: A\n---\n", "slides/a.md:2: the deck begins with an empty slide"),
        ("---\ntitle: A\n", "slides/a.md:1: the front matter is not closed"),
        ("---\ntitle: A\n\ntitle: B\n---\n", "slides/a.md:4:1: 'title' is given twice"),
        ("---\nauthor: \x85\ntitel: B\n---\n", "slides/a.md:3:1: unknown key 'titel'"),
    ],
)
def test_a_block_that_is_wrong_is_named_with_its_line(text: str, message: str) -> None:
    assert message in [str(error) for error in refused(text)]


def test_all_errors_come_at_once_in_order_of_place() -> None:
    errors = refused("---\ndate: x\ntitel: A\nlang: ''\ntitle: A\ntitle: B\n---\n")
    assert [error.at.line for error in errors if error.at] == [2, 3, 4, 6]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_refused_before_it_is_composed(opening: str) -> None:
    (error,) = refused(f"---\n{opening * 20_000}\n---\n")
    assert error.message == "the front matter is nested too deeply"


@settings(deadline=None)
@given(
    st.text(st.characters(blacklist_categories=["Cs"]))
    | st.lists(st.sampled_from([*"-:[]{}&*!|>'\"#?%@ \n", "title", "a"])).map("".join)
)
def test_any_block_is_read_or_refused_with_places(text: str) -> None:
    errors: tuple[DeckError, ...] = ()
    try:
        read("slides/a.md", f"---\n{text}\n---\n")
    except DeckErrors as caught:
        errors = caught.errors
    assert all(error.at and 0 < error.at.line <= text.count("\n") + 3 for error in errors)


def test_a_macro_that_is_no_tex_is_refused_at_its_definition() -> None:
    (error,) = refused("---\nmacros: {good: x, R: '\\foo'}\n---\n# A\n")
    assert str(error) == r"slides/a.md:2:22: the macro 'R' cannot be used: unknown command '\foo'"
    assert error.hint.startswith("write TeX, with #1 for an argument")
