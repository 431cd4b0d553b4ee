"""What a result depends on, and what is said when it no longer holds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from verideck.core.run_model import Cell, Parameters, Run, RunId, Snippet
from verideck.run.recipe import environment, make_recipe, recipe_key

HERE = {"Python": "3.11.7", "package numpy": "2.4.6", "file matplotlibrc": "aa"}


def make_run(
    source: str = "x = 1\n",
    path: str = "snippets/a.py",
    parameters: Parameters = (),
    raises: str = "",
    expressions: tuple[str, ...] = (),
    inputs: tuple[str, ...] = (),
    **more: tuple[str, ...],
) -> Run:
    snippet = Snippet(path, source, (), (), inputs=inputs)
    return Run(RunId(path, parameters), snippet, expressions, raises, **more)  # type: ignore[arg-type]


def key(environment: Mapping[str, str] = HERE, **parts: Any) -> str:
    return recipe_key(make_recipe(make_run(**parts), environment))


@pytest.mark.parametrize(
    "parts",
    [
        {"source": "x = 2\n"},
        {"path": "snippets/b.py"},
        {"parameters": (("alpha", 1),)},
        {"expressions": ("x",)},
        {"shows": ("x",)},
        {"parts": ("#fit",)},
        {"raises": "ValueError"},
        {"inputs": ("data.csv",)},
        {"environment": HERE | {"Python": "3.12.0"}},
        {"environment": HERE | {"package numpy": "2.5"}},
        {"environment": HERE | {"package scipy": "1"}},
        {"environment": HERE | {"file matplotlibrc": "bb"}},
    ],
)
def test_every_part_of_a_recipe_changes_its_key(parts: dict[str, Any]) -> None:
    assert key(**parts) != key()


def test_whole_and_floating_parameters_are_told_apart() -> None:
    assert key(parameters=(("alpha", 1),)) != key(parameters=(("alpha", 1.0),))


def test_limits_do_not_change_what_a_success_is() -> None:
    run = make_run()
    longer = Run(run.id, run.snippet, timeout=5, memory=1 << 31)
    assert make_recipe(run, HERE) == make_recipe(longer, HERE)


def test_prose_around_cells_does_not_change_the_key() -> None:
    def cells(above: int, between: int, raises: str = "") -> str:
        source = "\n" * above + "x = 1\n" + "\n" * between + "print(x)\n"
        places = (Cell(above + 1, above + 1), Cell(above + between + 2, above + between + 2, raises))
        snippet = Snippet("slides/talk.md", source, (), (), cells=places)
        return recipe_key(make_recipe(Run(RunId("slides/talk.md:9"), snippet), HERE))

    assert cells(3, 1) == cells(9, 5)
    assert cells(3, 1) != cells(3, 1, "ValueError")


def test_environment_holds_the_engine_the_style_by_content_and_fonts_by_what_made_them(tmp_path: Path) -> None:
    style = tmp_path / "matplotlibrc"
    style.write_text("a")
    before = environment(style, [Path("Sans-Regular-12.ttf"), Path("Sans-Bold-34.ttf")])
    style.write_text("b")
    after = environment(style, [Path("Sans-Regular-12.ttf"), Path("Sans-Bold-56.ttf")])
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"file matplotlibrc", "font Sans-Bold"}
    assert {"Python", "package pytest", "file verideck"} <= before.keys()
