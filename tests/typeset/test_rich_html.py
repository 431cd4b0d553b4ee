"""HTML of values: words, tables and looks stay, and nothing that runs, loads or leads away."""

from __future__ import annotations

import pytest

from verideck.typeset.rich_html import clean, text_of

pytest.importorskip("nh3")
pytest.importorskip("css_inline")


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("<p>a <b>b</b></p>", "<p>a <b>b</b></p>"),
        ("<p onclick='x()' id='y' class='z'>a</p>", "<p>a</p>"),
        ("a<script>b</script><style>c</style><iframe>d</iframe>e", "ae"),
        ("<a href='https://a.b'>c</a><img src=x>", "c"),
        ("<td colspan='2' style='color: red; position: fixed'>a</td>", "a"),
        ("<p style='color: red; position: fixed'>a</p>", '<p style="color:red">a</p>'),
        ("<p style='background: url(https://a.b)'>a</p>", "<p>a</p>"),
        ("<p style='background: u\\\\72l(x)'>a</p>", "<p>a</p>"),
        (
            "<p style='color: #333333; border-top-color: #D3D3D3'>a</p>",
            '<p style="border-top-color:var(--rule)">a</p>',
        ),
    ],
)
def test_what_is_not_listed_goes(given: str, cleaned: str) -> None:
    assert clean(given) == cleaned
    assert clean(cleaned) == cleaned


def test_a_style_sheet_moves_into_the_elements() -> None:
    page = "<style>#a { background-color: #fff7fb } @import 'x'; </style><table><tr><td id='a'>1</td></tr></table>"
    found = clean(page)
    assert 'style="background-color:#fff7fb"' in found
    assert "id=" not in found
    assert "import" not in found


def test_the_words_of_html_are_one_line_a_row() -> None:
    assert text_of("<table><tr><th>a</th><td>1 &lt; 2</td></tr><tr><td>b</td></tr></table>") == "a 1 < 2\nb"
