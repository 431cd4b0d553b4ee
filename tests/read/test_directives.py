"""The table of directives: what each takes from which run, and what is refused where (whole messages: errors.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from verideck.core.deck_model import EvalUse, FigureUse, OutputUse, SnippetUse, TableOptions, TableUse
from verideck.core.errors import DeckError
from verideck.core.markdown_tokens import plain
from verideck.core.project import Sources
from verideck.core.run_model import Location, Meta, RunId
from verideck.read.directives import Context, evaluation, load, resolve
from verideck.read.markdown import Directive, parse_inline

AT = Location("slides/a.md", 5, 4)
LINE = "# region parameters\nslope = 1\n# endregion\n# region fit\ny = slope\n# endregion\n"
OTHER = "y = 2\nprint(y)\n"


def context(**meta: Any) -> Context:
    def inline(text: str, at: Location, own: RunId | None = None) -> tuple[Any, ...]:
        return tuple(parse_inline(text, at)[0])

    sources = Sources(Path("nowhere"), {"snippets/line.py": LINE, "snippets/other.py": OTHER})
    return Context(sources, Meta("", **meta), inline)


def use(name: str, argument: str, content: str = "", **meta: Any) -> Any:
    return resolve(Directive(name, argument, f"{content}\n", len(name) + 3, 0), AT, context(**meta))


def test_a_snippet_is_shown_whole_or_by_its_region() -> None:
    whole, part = use("snippet", "line.py"), use("snippet", "line.py#fit")
    assert isinstance(whole, SnippetUse)
    assert (whole.run, whole.lines, whole.hide, whole.raises) == (RunId("snippets/line.py"), (1, 2), False, "")
    assert (part.lines, part.snippet.shown[1]) == ((2, 2), "y = slope")


def test_an_output_shows_one_stream_or_both() -> None:
    assert [use("output", "line.py", *option).stream for option in ((), (":stream: err",))] == ["out", "err"]
    with pytest.raises(DeckError, match="'all' is not a stream") as caught:
        use("output", "line.py", ":stream: all")
    assert caught.value.hint == "use one of out, err, both"


def test_parameters_of_the_deck_reach_who_declares_them_and_those_of_a_directive_win() -> None:
    deck: dict[str, Any] = {"parameters": (("k", 9), ("slope", 2))}
    assert use("output", "line.py", **deck) == OutputUse(
        RunId("snippets/line.py", (("slope", 2),)), Location("slides/a.md", 5, 13)
    )
    assert use("output", "line.py", ":set: slope=3", **deck).run.parameters == (("slope", 3),)
    assert use("output", "line.py", ":set: slope=1", **deck).run.parameters == ()
    assert use("output", "line.py", ":set: slope=1.0", **deck).run.parameters == (("slope", 1.0),)
    assert use("output", "other.py", **deck).run.parameters == ()


def test_what_a_script_adds_to_another_is_marked() -> None:
    found = use("snippet", "other.py", ":adds: line.py")
    assert (found.added, found.others) == (frozenset({1, 2}), ("snippets/line.py",))


def test_callouts_point_at_regions() -> None:
    found = use("snippet", "line.py", "\nfit: it *fits*")
    assert [(callout.region.name, callout.added) for callout in found.callouts] == [("fit", False)]


def test_options_of_a_table() -> None:
    found = use("table", "line.py: rows", ":columns: w, the E\n:rows: 1-5, 8, 10-, -3\n:index: no\n:format: .2f")
    assert found.options == TableOptions(
        (("", ".2f"),), ("w", "the E"), ((1, 5), (8, 8), (10, -1), (-3, -1)), index=False
    )
    assert use("show", "line.py: rows", ":index:").options == TableOptions(index=True)


def test_the_output_of_a_region() -> None:
    found = use("output", "line.py#fit", ":lines: -1")
    assert (found.part, found.lines) == ("#fit", ((-1, -1),))


def test_a_figure_sweeps_a_parameter_with_a_run_each() -> None:
    found = use("figure", "line.py", ":alt: a line\n:sweep: slope=[0, 1, 2.5]\n:at: 2.5\n:steps: 0 | 2.5")
    assert isinstance(found, FigureUse)
    assert [run.parameters for run in found.runs] == [(("slope", 0),), (), (("slope", 2.5),)]
    assert (found.sweep, found.values, found.label, found.start) == ("slope", (0, 1, 2.5), "slope", 2.5)
    assert (plain(found.alt), found.steps) == ("a line", ("0", "2.5"))


def test_a_figure_is_chosen_by_number_label_or_all() -> None:
    assert [use("figure", f"line.py{which}", ":alt: x").select for which in ("", "@2", "@last one", "@*")] == [
        "",
        "2",
        "last one",
        "*",
    ]


def test_a_table_has_formats_by_column() -> None:
    found = use("table", "line.py: rows", ":format: {w: .2f, 'the E': .1f}\n:caption: All *rows*")
    assert isinstance(found, TableUse)
    assert (found.expression, found.options.formats) == ("rows", (("w", ".2f"), ("the E", ".1f")))
    assert [token.content for token in found.caption if token.type == "text" and token.content] == ["All ", "rows"]


@pytest.mark.parametrize(
    ("name", "argument", "content", "said"),
    [
        ("figrue", "line.py", "", "slides/a.md:5:4: unknown directive 'figrue'"),
        ("output", "lime.py", "", "slides/a.md:5:13: no snippet 'lime.py'"),
        ("output", "", "", "slides/a.md:5:13: the name of the snippet is missing"),
        (
            "figure",
            "line.py",
            ":alt: x\n:at: 2",
            "slides/a.md:7:6: `:at:` names a frame, but this figure has no frames",
        ),
        ("figure", "line.py", ":alt: x\n:sweep: slope=3", "slides/a.md:7:9: cannot read 'slope=3'"),
        ("figure", "line.py@*", ":alt: x\n:sweep: slope=[3]", "slides/a.md:7:9: `@*` and `:sweep:` cannot be combined"),
        ("figure", "line.py@*", ":alt: x\n:steps: 1 | | 2", "slides/a.md:7:9: cannot read '1 | | 2'"),
        ("figure", "line.py", ":alt: x\n:sweep: slope=[3]\n:at: 4", "slides/a.md:8:6: '4' is not a swept value"),
        ("table", "line.py", "", "slides/a.md:5:12: 'line.py' has no expression"),
        ("table", "line.py: rows", ":format: {w}", "slides/a.md:6:10: cannot read '{w}'"),
        ("table", "line.py: rows", ":rows: 3-1", "slides/a.md:6:8: cannot read '3-1'"),
        ("output", "line.py", ":lines: last", "slides/a.md:6:9: cannot read 'last'"),
        ("bash", "", "ls", "slides/a.md:5:4: unknown directive 'bash'"),
        ("snippet", "line.py#fti", "", "slides/a.md:5:14: no region 'fti' in line.py"),
        ("snippet", "line.py", "\nfti: x", "slides/a.md:7:1: no region 'fti' in line.py"),
        ("snippet", "line.py", "\njust words", "slides/a.md:7:1: cannot read the callout 'just words'"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(name: str, argument: str, content: str, said: str) -> None:
    with pytest.raises(Exception, match=r".") as caught:
        use(name, argument, content)
    (error,) = getattr(caught.value, "errors", (caught.value,))
    assert isinstance(error, DeckError)
    assert str(error).startswith(said)
    assert error.hint


def test_a_role_asks_its_file_or_the_run_of_the_figure_around_it() -> None:
    own = RunId("snippets/line.py", (("slope", 2),))
    assert evaluation("line.py: y[0]:.2f", AT, context()) == EvalUse(
        RunId("snippets/line.py"), "y[0]", ".2f", AT, False
    )
    assert evaluation("y:.1f", AT, context(), own) == EvalUse(own, "y", ".1f", AT, True)
    assert evaluation("other.py: y", AT, context(), own) == EvalUse(RunId("snippets/other.py"), "y", "", AT, False)
    with pytest.raises(DeckError, match="'y' has no expression"):
        evaluation("y", AT, context())


def test_inputs_that_a_script_declares_have_to_be_there(tmp_path: Path) -> None:
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets/a.py").write_text("# inputs: data.csv\nx = 1\n")
    with pytest.raises(DeckError, match=r"no file 'data.csv'") as caught:
        load("a.py", AT, Sources(tmp_path))
    assert caught.value.at == Location("snippets/a.py", 1)
    (tmp_path / "data.csv").touch()
    assert load("a.py", AT, Sources(tmp_path)).inputs == ("data.csv",)


def test_declared_inputs_may_lie_outside_the_project(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1")
    (tmp_path / "talk").mkdir()
    for name, fine in (("../data.csv", True), (str(tmp_path / "data.csv"), True), ("../none.csv", False), ("..", True)):
        sources = Sources(tmp_path / "talk", {"snippets/a.py": f"# inputs: {name}\n"})
        if fine:
            assert load("a.py", Location("slides/a.md"), sources).inputs == (name,)
        else:
            with pytest.raises(DeckError, match=r"no file '\.\./none\.csv'"):
                load("a.py", Location("slides/a.md"), sources)
