"""What an audience sees of a run made before it: what differs in words, then both results."""

from __future__ import annotations

import re

from tests.harness import ROOT
from verideck.core.run_model import Figure, Result, Run, RunId, Snippet
from verideck.core.theme import load_palette
from verideck.present import live

TOKENS = load_palette((ROOT / "templates/theme.toml").read_text("utf-8"))
SNIPPET = Snippet("snippets/line.py", "", (), ())
RUN = Run(RunId("snippets/line.py"), SNIPPET, streams=("out",))


def told(recorded: Result, fresh: Result, lang: str = "en") -> list[str]:
    """Return the lines that stand above the two results."""
    shown = live.panel(RUN, recorded, fresh, 1e-9, TOKENS, lang)
    words, _, rest = shown.partition("</ul>")
    title = {"en": "recorded", "ja": "記録"}[lang]
    assert rest.startswith(f'<div class="sides"><section><h2>{title}</h2>')
    return re.findall("<li>(.*?)</li>", words)


def test_nothing_differs() -> None:
    assert told(Result(values={"w": 1.0}), Result(values={"w": 1.0})) == ["the same as recorded"]


def test_what_differs_is_told_of_drawings_only_that() -> None:
    before, after = (
        Figure("", f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0L{x} 9"/></svg>')
        for x in (1, 9)
    )
    found = told(Result(figures=(before,), values={"w": 1.0}), Result(figures=(after,), values={"w": 2.0}))
    assert found == ["value w: 1.0 → 2.0", "figure 1 differs"]


def test_it_speaks_the_decks_language() -> None:
    assert told(Result(), Result(), "ja") == ["記録と同じ結果です"]
    assert told(Result(), Result(stdout="a"), "ja") == ["stdout: なし → a"]


def test_what_no_slide_shows_of_what_it_prints_is_not_compared() -> None:
    assert told(Result(stderr="9:41 slow"), Result(stderr="9:42 slow")) == ["the same as recorded"]


def test_of_many_differences_the_first_are_told() -> None:
    one, other = ({f"v{number}": number + shift for number in range(9)} for shift in (0, 1))
    found = told(Result(values=dict(one)), Result(values=dict(other)))
    assert found[:2] == ["value v0: 0 → 1", "value v1: 1 → 2"]
    assert found[live.MOST :] == ["and 5 more, marked below"]


def test_output_that_no_slide_shows_is_compared_because_the_panel_shows_it() -> None:
    run = Run(RUN.id, SNIPPET)
    text = live.panel(run, Result("one\n"), Result("two\n"), 1e-6, TOKENS, "en")
    assert "stdout: one → two" in text
    assert text.count("<mark>") == 2
