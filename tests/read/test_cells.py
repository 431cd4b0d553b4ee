"""The cells of a deck: which script each is part of, by what name it is known, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.decks import PATH, deck_of
from verideck.core.deck_model import EvalUse, FigureUse, OutputUse, ShowUse, SnippetUse
from verideck.core.markdown_tokens import line_of
from verideck.core.project import Sources
from verideck.core.run_model import Cell, Location, Meta
from verideck.read import parser
from verideck.read.cells import gather
from verideck.read.directives import DIRECTIVES
from verideck.read.markdown import parse_text

OPTIONS = tuple(DIRECTIVES["python"].options)
CHAIN = """\
# One

```{python} #load
x = 1
```

---

# Two

```{python}
:continues:
:raises: KeyError
y = x + 1
```

---

# Three

```{python} #other
:continues: load
z = x - 1
```

```{python}
1
```
"""


def cells(text: str):  # type: ignore[no-untyped-def]
    return gather(parse_text(PATH, text)[0], OPTIONS, Meta(""), lambda token: Location(PATH, line_of(token)))


def test_cells_that_continue_each_other_are_one_script_and_chains_may_branch() -> None:
    found = cells(CHAIN)
    assert [(line[1], cell.script, cell.part) for line, cell in found.by_line.items()] == [
        (3, "slides/a.md:11", "#1"),
        (11, "slides/a.md:11", "#2"),
        (21, "slides/a.md:21", "#2"),
        (26, "slides/a.md:26", "#1"),
    ]
    assert found.by_name.keys() == {"load", "other"}
    script = found.scripts["slides/a.md:11"]
    assert script.source.split("\n")[3:14:10] == ["x = 1", "y = x + 1"]
    assert script.cells == (Cell(4, 4), Cell(14, 14, "KeyError"))
    assert script.code == "x = 1\n#%%\ny = x + 1\n"
    assert found.scripts["slides/a.md:21"].code == "x = 1\n#%%\nz = x - 1\n"


def test_parameters_are_set_at_the_head_of_a_chain() -> None:
    text = "```{python}\n:set: n=3\n# region parameters\nn = 1\n# endregion\n```\n```{python}\n:continues:\nn\n```\n"
    found = cells(text)
    assert {cell.parameters for cell in found.by_line.values()} == {(("n", 3),)}


def test_a_cell_shows_code_output_figure_and_value_in_the_order_asked_for() -> None:
    deck, _ = deck_of(
        "# One\n\n```{python}\n1\n```\n\n```{python}\n:show: value, output\n1\n```\n\n```{python}\n:hide:\n1\n```\n"
    )
    kinds = [(type(use), getattr(use, "hide", None)) for use in deck.slides[0].uses]
    assert kinds == [
        (SnippetUse, False), (OutputUse, None), (FigureUse, None), (ShowUse, None),
        (ShowUse, None), (OutputUse, None), (SnippetUse, True),
        (SnippetUse, True),
    ]  # fmt: skip


def test_names_of_cells_stand_where_files_do() -> None:
    text = "# {eval}`two: x` first\n\n```{python} #one\nx = 1\n```\n\n```{python} #two\n:continues:\nx = 2\n```\n\n"
    text += "```{output} #one\n```\n\n```{table} one: rows\n```\n\n```{show} two: x\n```\n"
    deck, _ = deck_of(text)
    uses = [use for use in deck.slides[0].uses if isinstance(use, EvalUse | ShowUse | OutputUse)]
    assert (uses[0].run.snippet, uses[0].part) == ("slides/a.md:7", "#2")
    assert uses[-1].part == "#2"
    assert deck.slides[0].title == "… first"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```{python} fit.py\n1\n```", "a.md:3:13: 'fit.py' is not the name of a cell"),
        ("```{python} #a\n1\n```\n```{python} #a\n2\n```", "a.md:6:13: the cell at line 3 is called 'a', too"),
        ("```{python}\n:hide:\n```", "a.md:3:4: this cell has no code"),
        ("```{python}\nx =\n```", "a.md:4:4: Python: invalid syntax"),
        ("```{python}\n:continues:\n1\n```", "a.md:4:1: no cell stands before this one"),
        ("```{python} #up\n1\n```\n```{python}\n:continues: op\n1\n```", "a.md:7:13: no cell before this one is"),
        ("```{python}\n:continues: b\n1\n```\n```{python} #b\n1\n```", "a.md:4:13: no cell before this one is"),
        ("```{python}\nn = 1\n```\n```{python}\n:continues:\n:set: n=1\n1\n```", "a.md:8:7: `:set:` is in a cell"),
        ("```{python}\n:show: code, graph\n1\n```", "a.md:4:8: a cell cannot show 'graph'"),
        ("```{python}\n:show: figure\n1\n```", "a.md:3:4: the figure has no `:alt:`"),
        ("```{python}\n:show: code\n:hide:\n1\n```", "a.md:4:8: `:show:` and `:hide:` cannot be combined"),
        ("```{python} #load\n1\n```\n{eval}`laod: x`", "a.md:6:1: no cell is called 'laod'"),
        ("```{output} b.py#fit\n```", "a.md:3:13: region 'fit' is part of a statement (line 1)"),
    ],
)
def test_what_is_wrong_with_a_cell_is_told_where_it_stands(text: str, said: str) -> None:
    script = "def f():\n    # region fit\n    return 1\n    # endregion\n"
    sources = Sources(Path("nowhere"), {PATH: f"# One\n\n{text}\n", "snippets/b.py": script})
    assert said in str(parser.parse(PATH, sources).errors[0])
