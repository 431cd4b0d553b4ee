"""The page that `verify` writes: what it says is decided in Python, deck by deck."""

from __future__ import annotations

from jinja2 import Environment, nodes

from tests.harness import ROOT
from verideck.check.verdict import Verdict, verify
from verideck.check.verify_page import OutputRow, View, verify_html, view_page
from verideck.core.project import Sources
from verideck.core.run_model import Result, Results
from verideck.core.theme import load_theme
from verideck.read.parser import parse
from verideck.run import plan
from verideck.typeset.fonts import Fonts

DECK = """---
title: Twice
---

# One {{#one}}

{{eval}}`{0}: x`

```{{output}} {0}
```

---

# Two

Text.
"""
SNIPPETS = {"snippets/a.py": "x = 1\nprint(x)\n", "snippets/b.py": "x = 2\n"}


def judged(recorded: dict[str, Result], fresh: dict[str, Result], **decks: str) -> tuple[Verdict, Sources]:
    """Return the verdict on decks: name → text, with the results of their runs by script."""
    texts = {f"slides/{name.replace('_', '.')}.md": text for name, text in decks.items()}
    sources = Sources(ROOT, {**SNIPPETS, **texts})
    parsed = [parse(path, sources).valid() for path in texts]
    planned = plan(parsed, sources)

    def results(known: dict[str, Result]) -> Results:
        return {run.id: known[run.snippet.name] for run in planned.runs if run.snippet.name in known}

    return verify(parsed, planned, results(recorded), results(fresh), sources, complete=False), sources


def seen(recorded: dict[str, Result], fresh: dict[str, Result], **decks: str) -> View:
    verdict, sources = judged(recorded, fresh, **decks)
    return view_page(verdict, load_theme(sources).palette)


SAME = {"a.py": Result(stdout="1\n", values={"x": 1}), "b.py": Result(stdout="2\n", values={"x": 2})}
OTHER = {**SAME, "b.py": Result(stdout="3\n", values={"x": 3})}


def test_two_decks_of_one_title_stay_two() -> None:
    page = seen(SAME, OTHER, a=DECK.format("a.py"), b=DECK.format("b.py"))
    assert page.title == "Twice"
    assert [deck.name for deck in page.decks] == ["Twice (slides/a.md)", "Twice (slides/b.md)"]
    assert [[slide.state for slide in deck.slides] for deck in page.decks] == [["fine", "fine"], ["wrong", "fine"]]
    assert [slide.anchor for slide in page.told] == ["b/one"]


def test_a_run_that_another_deck_tells_about_is_linked_by_deck_number_and_title() -> None:
    page = seen(SAME, {**SAME, "a.py": Result(stdout="5\n")}, a=DECK.format("a.py"), b=DECK.format("a.py"))
    assert [slide.elsewhere for slide in page.told] == [(), (("a.py", "a/one", "1, One (slides/a.md)"),)]


def test_decks_of_two_titles_need_no_path() -> None:
    page = seen(SAME, SAME, a=DECK.format("a.py"), b=DECK.format("b.py").replace("Twice", "Once"))
    assert [deck.name for deck in page.decks] == ["Twice", "Once"]
    assert (page.state, page.headline, page.told) == ("fine", "The slides show what their code produces.", ())
    assert [slide.found for slide in page.decks[0].slides] == ["as recorded", ""]
    assert [slide.takes for slide in page.decks[0].slides] == ["1 value, 1 output", "nothing computed"]


def test_what_differs_is_told_once() -> None:
    page = seen(SAME, OTHER, b=DECK.format("b.py") + "\n---\n\n# Three\n\n{eval}`b.py: x`\n")
    assert page.headline == "2 slides do not show what their snippets produce."
    first, second = page.told
    assert first.evidence[0].output == (OutputRow(("2",), ("3",), True),)
    assert [(one.what, one.before, one.after) for one in first.evidence[0].differences] == [("value x", "2", "3")]
    assert first.found == "differs"
    assert (second.evidence, second.elsewhere) == ((), (("b.py", "b/one", "1, One"),))


def test_a_name_and_an_id_of_two_decks_are_no_third() -> None:
    """`talk` + `en-x` and `talk-en` + `x` were one anchor."""
    texts = {"talk": DECK.replace("#one", "#en-x").format("b.py"), "talk-en": DECK.replace("#one", "#x").format("b.py")}
    assert len({slide.anchor for slide in seen(SAME, OTHER, **texts).told}) == 2


def test_the_page_holds_each_deck() -> None:
    verdict, sources = judged(SAME, OTHER, a=DECK.format("a.py"), b=DECK.format("b.py"))
    text = verify_html(verdict, sources, Fonts(ROOT)).data.decode()
    assert text.count("<h2>Twice (slides/") == 2
    assert text.count("<nav ") == 2
    assert '<section class="slide wrong" id="b/one">' in text
    assert '<a href="#b/one">One</a>' in text


def test_the_template_only_loops_and_names() -> None:
    logic = (
        *(nodes.Compare, nodes.Filter, nodes.Test, nodes.CondExpr, nodes.Assign, nodes.BinExpr, nodes.UnaryExpr),
        *(nodes.Concat, nodes.Getitem),
    )
    tree = Environment().parse((ROOT / "templates/verify.html.jinja").read_text("utf-8"))
    assert [(node.lineno, type(node).__name__) for node in tree.find_all(logic)] == []
    macros = {macro.name for macro in tree.find_all(nodes.Macro)}
    assert {getattr(called.node, "name", "?") for called in tree.find_all(nodes.Call)} <= macros


def test_findings_and_waived_rules_are_on_the_page_with_their_places() -> None:
    text = "# One {{#one{}}}\n\nIt is 1.25, {{eval}}`a.py: x`.\n"
    waived = text.format(' allow="typed-numbers: from the paper"')
    results = {"a.py": Result(values={"x": 1.25})}
    verdict, sources = judged(results, results, a=text.format(""), b=waived)
    page = verify_html(verdict, sources, Fonts(ROOT)).data.decode()
    assert "<code>slides/a.md:3:7</code>" in page
    assert "from the paper" in page.partition("<h2>Waived</h2>")[2]
