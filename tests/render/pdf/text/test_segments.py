"""Where texts may be broken."""

from __future__ import annotations

import pytest

from verideck.render.pdf.text.segments import clusters, line_breaks, words


@pytest.mark.parametrize(
    "marked",
    [
        "one |two  |three",
        "well-|known, |e-|mail |(really) |“quoted |words”",
        "f(x) |-> |-m |3.5 |1,000 |50% |$20",
        "a\u00a0b |c\u2060d\u200b|e\u00ad|f",
        "値|は、|あ|る|の|で|し|ょ|う|か。|「最|適|化」",
        "カッ|ト|！|ハ|イ|パー",
        "日|本 |and |日|本|語",
        "",
        "x",
    ],
)
def test_a_line_may_begin_where_it_is_marked(marked: str) -> None:
    text = marked.replace("|", "")
    starts = [len(marked[:place].replace("|", "")) for place, char in enumerate(marked) if char == "|"]
    expected = [place in starts for place in range(len(text))]
    if "ッ" in text or "ょ" in text:  # small kana and long signs begin no line
        expected = [may and text[place] not in "ッょー！" for place, may in enumerate(expected)]
    assert list(line_breaks(text)) == [*expected, True]


def test_pieces_of_a_text_break_as_the_whole_does() -> None:
    from uniseg.linebreak import line_break_breakables

    text = 'The end. (A "b c" d) 日本語 e-f g/h 3 i 1.5 x… “y” — z, 値と値。（値） a\u00ada a\u0301 b k'
    assert list(line_breaks(text))[1:-1] == [bool(may) for may in line_break_breakables(text)][1:]


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("abc", (0, 1, 2, 3)),
        ("e\u0301x", (0, 2, 3)),
        ("\U0001f468\u200d\U0001f469!", (0, 3, 4)),
        ("\U0001f1e9\U0001f1ea!", (0, 2, 3)),
        ("\r\n", (0, 2)),
        ("\u1100\u1161", (0, 2)),
        ("", (0,)),
    ],
)
def test_what_belongs_together_is_one_cluster(text: str, starts: tuple[int, ...]) -> None:
    assert clusters(text) == starts


def test_words_are_letters_or_numbers() -> None:
    text = 'don\'t "re-do" 3.5 x2y, café e\u0301a 機械学習のモデル'
    found = [text[start:end] for start, end in words(text)]
    assert found == ["don", "t", "re", "do", "3", "5", "x2y", "café", "e\u0301a", "機械学習", "の", "モデル"]
