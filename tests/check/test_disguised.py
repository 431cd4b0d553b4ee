"""Code that displays otherwise than it runs is found where it stands."""

from __future__ import annotations

import pytest

from tests.decks import deck_of
from verideck.check.disguised import disguised
from verideck.core.run_model import Result, RunId

SCRIPT = "# One\n\n```{snippet} a.py\n```\n\n```{output} a.py\n```\n"


def found(text: str, script: str = "x = 1\n", output: str = "") -> list[str]:
    deck, _ = deck_of(text, {"a.py": script})
    findings = list(disguised(deck.slides[0], {RunId("snippets/a.py"): Result(output)}))
    assert {f"{one.level} {one.rule}" for one in findings} <= {"error disguised"}
    return [f"{one.at} {one.message.partition(' ')[0]}" for one in findings]


UNSEEN = "\u202a\u202e\u2066\u2069\u200b\u200c\u200d\u200e\u2060\ufeff\u00ad\ufe0f\ufe01\u3164\U000e0041\U000e0100"


@pytest.mark.parametrize("char", UNSEEN)
def test_an_unseen_character_in_a_script_is_found_at_its_line_and_in_an_output_at_its_directive(char: str) -> None:
    code = f"U+{ord(char):04X}"
    assert found(SCRIPT, f"x = 1\ny = 'a{char}b'\n") == [f"snippets/a.py:2:7 {code}"]
    (one,) = found(SCRIPT, output=f"all fi{char}ne\n")
    assert one.startswith("slides/a.md:6")
    assert one.endswith(code)


@pytest.mark.parametrize(
    ("script", "at"),
    [
        ("sc\u043ere = 1\n", "1:1"),
        ("x = 1\nif is_\u0430dmin: pass\n", "2:4"),
        ("\u0410B = 1\n", "1:1"),
        ("copy = 1\n\u0441\u043e\u0440\u0443 = 2\n", "2:1"),
        ("n\u03bfne = 1\n", "1:1"),
        ("some = 1\ns\u0585me = 2\n", "2:1"),
        ("x = 1\n\ufb01le = 2\n", "2:1"),
        ("x = [\uff41 for \uff41 in 'b']\n", "1:6"),
        ("\U0001d431 = 1\n", "1:1"),
    ],
)
def test_a_name_with_look_alike_letters_is_found(script: str, at: str) -> None:
    assert found(SCRIPT, script)[0] == f"snippets/a.py:{at} the"


@pytest.mark.parametrize(
    "script",
    [
        "λ = 1\nλ_max = 2\n",
        "Δx = 1\nσ2 = α + ρ_max\n",
        "重み = 1\n重みw = 2\n",
        "сумма = 1\nимя_x = 'Привет'\n",
        "é = naïve = 1\n",
        "x = 'ＡＢＣ ﬁle'  # ＡＢＣ\nµ = 1\n",
        "print('❤️ 👩‍💻 🏴\U000e0067\U000e0062\U000e007f')\n",
    ],
)
def test_names_in_other_scripts_and_emoji_are_fine(script: str) -> None:
    assert found(SCRIPT, script) == []


def test_prose_may_join_but_not_turn_or_tag() -> None:
    assert found("# One\n\nمی‌خواهم, 👩‍💻 ❤️, soft\u00adhyphen, zero\u200bwidth\n") == []
    (turned,) = found("# One\n\nsafe \u202e text\n")
    assert "slides/a.md:3" in turned
    assert found("# One\n\ntag\U000e0041ged\n")
    assert found("# One\n\n`a\u200bb`\n")
