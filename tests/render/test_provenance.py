"""dist/NAME.json tells where everything on a slide came from."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.harness import ROOT
from verideck.core.project import Sources
from verideck.core.run_model import Figure, Result, Results, RunId, Value
from verideck.core.theme import load_palette
from verideck.read import parser
from verideck.render import provenance
from verideck.render.slides import slide_views

DECK = """\
# One {#one}

{eval}`a.py: w:.2f` and {eval}`a.py: missing`

```{figure} a.py@two
:alt: x
```

```{figure} a.py
:alt: x
:sweep: k=[1, 2]
```

```{output} a.py
```

---

# Two {.appendix}

```{snippet} a.py#part
```

```{table} a.py: rows
```
"""
SCRIPT = "# region parameters\nk = 1\n# endregion\n# region part\nw = k\nv = w\n# endregion\n"
RUN, OTHER = RunId("snippets/a.py"), RunId("snippets/a.py", (("k", 2),))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def told() -> dict[str, Any]:
    """Return what is told of a deck."""
    sources = Sources(Path("nowhere"), {"slides/talk.md": DECK, "snippets/a.py": SCRIPT, "snippets/b.py": "f(seed=8)"})
    figures = (Figure("", "<svg>1</svg>"), Figure("two", "<svg>2</svg>"))
    inputs = (("snippets/b.py", "00"), ("snippets/numpy.py", ""))
    values: dict[str, Value] = {"w": 0.8352, "missing": float("nan"), "rows": [{"n": 1}]}
    results: Results = {
        RUN: Result("out\n", figures, values, inputs=inputs, versions=(("numpy", "2.3"),)),
        OTHER: Result(figures=figures),
    }
    write = provenance.provenance_file(parser.parse("slides/talk.md", sources).valid(), results, sources)
    assert write.path == "dist/talk.json"
    assert b"NaN" not in write.data
    data: dict[str, Any] = json.loads(write.data)
    return data


def test_a_run_is_told_with_what_reproduces_it(told: dict[str, Any]) -> None:
    assert list(told["runs"]) == ["a.py", "a.py (k=2)"]
    assert told["runs"]["a.py"] == {
        "snippet": "snippets/a.py",
        "parameters": {},
        "command": "python snippets/a.py",
        "seeds": ["f(seed=8)"],
        "code": digest(SCRIPT),
        "inputs": {"snippets/b.py": "00"},
        "versions": {"numpy": "2.3"},
    }
    assert told["runs"]["a.py (k=2)"]["parameters"] == {"k": 2}
    assert told["runs"]["a.py (k=2)"]["command"] == "python snippets/a.py  # region parameters: k = 2"


def test_everything_on_a_slide_is_told(told: dict[str, Any]) -> None:
    one, two = told["slides"]
    assert (one["number"], one["id"], one["at"], two["number"]) == ("1", "one", "slides/talk.md:1", "A1")
    value, nan, figure, first, swept, printed = one["shows"]
    assert value == {
        "kind": "value",
        "run": "a.py",
        "at": "slides/talk.md:3:1",
        "expression": "w",
        "format": ".2f",
        "value": 0.8352,
        "shown": "0.84",
    }
    assert (nan["value"], nan["shown"]) == ("nan", "nan")
    assert (figure["figure"], figure["label"], figure["svg"]) == (2, "two", digest("<svg>2</svg>"))
    assert [(one["run"], one["figure"]) for one in (first, swept)] == [("a.py", 1), ("a.py (k=2)", 1)]
    assert (printed["kind"], printed["text"]) == ("output", digest("out\n"))
    assert [(item["kind"], item.get("lines")) for item in two["shows"]] == [("code", [5, 6]), ("table", None)]


def test_a_slide_tells_each_script_once_with_all_its_runs() -> None:
    text = "# One\n\n{eval}`a.py: w` {eval}`a.py: missing`\n\n```{figure} a.py\n:alt: x\n:sweep: k=[1, 2]\n```\n"
    script = f"import numpy as np\n{SCRIPT}np.random.default_rng(7)\n"
    sources = Sources(Path("nowhere"), {"slides/talk.md": text, "snippets/a.py": script, "snippets/b.py": "f(seed=8)"})
    figures = (Figure("", "<svg>1</svg>"),)
    results: Results = {
        RUN: Result("", figures, {"w": 0.5}, inputs=(("snippets/b.py", "00"),), versions=(("numpy", "2.3"),)),
        OTHER: Result(figures=figures),
    }
    (slide,) = parser.parse("slides/talk.md", sources).valid().slides
    (origin,) = provenance.slide_origins(slide, results, sources.text)
    assert origin.script == "snippets/a.py"
    assert dict(origin.facts) == {
        "figure": ("figures/a.svg", "figures/a-k=2.svg"),
        "value": ("w = 0.5",),
        "parameters": ("k = 1, 2",),
        "seeds": ("default_rng(7)", "f(seed=8)"),
        "versions": ("numpy 2.3",),
        "command": ("python snippets/a.py  # region parameters: k = 1, 2",),
    }
    assert provenance.slide_origins(slide, {}, sources.text) == ()


@pytest.mark.parametrize(("select", "number"), [("@1", 2), ("@2", 1), ("@3", 3), ("", 1), ("@*", None)])
def test_the_figure_that_is_told_is_the_one_that_the_slide_shows(select: str, number: int | None) -> None:
    text = f"# One\n\n```{{figure}} a.py{select}\n:alt: x\n```\n"
    sources = Sources(Path("nowhere"), {"slides/talk.md": text, "snippets/a.py": SCRIPT})
    labels = ("2", "1", "")
    drawings = [f'<svg viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg"><g id="n{n}"/></svg>' for n in (1, 2, 3)]
    results: Results = {RUN: Result(figures=tuple(map(Figure, labels, drawings)))}
    deck = parser.parse("slides/talk.md", sources).valid()
    (slide,) = json.loads(provenance.provenance_file(deck, results, sources).data)["slides"]
    palette = load_palette((ROOT / "templates/theme.toml").read_text("utf-8"))
    (page,) = slide_views(deck, results, palette, "screen", notes=False)
    shown = [int(n) for n in re.findall(r'id="[^"]*n(\d)"', page.body)]
    assert [item["figure"] for item in slide["shows"]] == shown
    assert shown == ([number] if number else [1, 2, 3])
    origins = provenance.slide_origins(deck.slides[0], results, sources.text)
    assert all(path.startswith("figures/a-") for path in dict(origins[0].facts)["figure"])
