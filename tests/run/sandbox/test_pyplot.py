"""Figures as a window would show them: the same each time, and what a slide shows of them is what the script drew."""

import logging
import re
import textwrap
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import ROOT
from tests.run.project import make_run, warmed
from verideck.core.run_model import Cell, Result
from verideck.run.local import LocalExecutor
from verideck.run.sandbox import pyplot
from verideck.typeset import figure_facts
from verideck.typeset.figure_facts import ANIMATED, notes
from verideck.typeset.fonts import SANS, Fonts
from verideck.typeset.svg import ParsedSvg, parse_svg

slow = pytest.mark.slow


@slow
def test_figures_are_the_same_warm_and_cold_and_each_time(tmp_path: Path) -> None:
    source = textwrap.dedent("""
        import matplotlib.pyplot as plt
        import numpy as np
        for name in ("one", None):
            plt.figure(name)
            plt.plot(np.arange(3))
            plt.title("x < y")
            plt.show()
        plt.figure("last")
        plt.savefig("mine.png")
        mean = np.mean([1, 2])
    """)
    lines = "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.figure('late')\n"
    cells = make_run(lines, path="slides/talk.md", shows=("#1", "#2"))
    cells = replace(cells, snippet=replace(cells.snippet, cells=(Cell(1, 2), Cell(3, 3))))
    run = make_run(source, expressions=("mean",))
    title = "import matplotlib.pyplot as plt\nplt.title('{}')"
    missing, in_formula = (make_run(title.format(text)) for text in ("あ", "$x$ あ"))
    with closing(warmed(tmp_path, "matplotlib.pyplot")) as runner:
        warm, again, *glyphs = (runner.submit(each).result() for each in (run, run, missing, in_formula))
        of_cells = runner.submit(cells).result()
    with closing(warmed(tmp_path, "matplotlib.pyplot", cold=True)) as runner:
        cold = runner.submit(run).result()
    assert warm.error is None
    assert [figure.label for figure in warm.figures] == ["one", "", "last"]
    assert 'aria-label="x &lt; y"' in warm.figures[0].svg
    assert warm.values == {"mean": 1.5}
    assert dict(warm.versions).keys() == {"Python", "matplotlib", "numpy"}
    assert warm == again == cold
    assert [(figure.part, figure.label) for figure in of_cells.figures] == [("#1", ""), ("#2", "late")]
    assert (of_cells.values, of_cells.displays) == ({}, {})
    for glyph in glyphs:
        assert glyph.error
        assert glyph.error.kind == "MissingGlyphError"
        assert "'あ' (U+3042 HIRAGANA LETTER A)" in glyph.error.message


def test_a_letter_without_a_shape_is_named() -> None:
    error = pyplot.missing("あ", "figure 2", "an empty box")
    assert str(error) == "no font of figure 2 has 'あ' (U+3042 HIRAGANA LETTER A): it would show an empty box"


def test_what_mathtext_tells_its_log_alone_is_an_error() -> None:
    message, args = "Font %r does not have a glyph for %a [U+%x]", ("f", "あ", 0x3042)
    record = logging.LogRecord("matplotlib.mathtext", logging.WARNING, "", 0, message, args, None)
    with pytest.raises(pyplot.MissingGlyphError, match="no font of a formula has 'あ'"):
        pyplot.refuse(record)
    record.msg = "something else"
    assert not pyplot.refuse(record)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("$5 \\times 10^{-3} \\leq \\lambda$", "5 × 10^-3 ≤ λ"),
        ("a $x_{1}^2$ b", "a x1^2 b"),
        ("$\\frac{x_{1}}{\\sqrt{2}} + \\frac 1 2$", "x1/√2 + 1/2"),
        ("$\\mathrm{loss} = \\left( \\sin x \\right)$", "loss = ( sin x )"),
        ("$\\bar{x}\\,\\hat y$", "x̄ ŷ"),
        ("cost \\$5 and $\\$6$", "cost $5 and $6"),
        ("$\\mathdefault{10^{2}}$", "10^2"),
    ],
)
def test_a_formula_says_its_signs_in_a_line(text: str, words: str) -> None:
    assert pyplot.words(text) == words


def test_only_pyplot_is_looked_for() -> None:
    assert pyplot.PyplotFinder([]).find_spec("json") is None


def test_the_guide_says_the_limits() -> None:
    guide = (ROOT / "docs/write.md").read_text(encoding="utf-8")
    for limit, words in (
        (pyplot.MOST_FRAMES, "more than {} frames"),
        (pyplot.UNCOUNTED_FRAMES, "the first {} frames"),
        (pyplot.MOST_MARKS, "More than {:,} marks"),
    ):
        assert words.format(limit) in guide


@pytest.fixture(scope="module")
def runner(fonts: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalExecutor]:
    """Return an executor with the deck's style and fonts, which has imported pyplot."""
    files = [Fonts(ROOT).static(SANS, weight) for weight in (400, 600)]
    root = tmp_path_factory.mktemp("project")
    with closing(LocalExecutor(root, style=ROOT / "matplotlibrc", fonts=files, jobs=2)) as executor:
        executor.warm(["matplotlib.pyplot", "matplotlib.animation"])
        yield executor


def run(runner: LocalExecutor, source: str, timeout: float = 20) -> Result:
    head = "import matplotlib.pyplot as plt, numpy as np\nfig, ax = plt.subplots(figsize=(4, 3))\n"
    result = runner.submit(make_run(head + textwrap.dedent(source), timeout=timeout)).result()
    assert result.error is None, result.error
    assert result.stdout == ""
    return result


def drawn(runner: LocalExecutor, source: str) -> ParsedSvg:
    """Return the one figure that a script draws, in which everything can be shown."""
    (figure,) = run(runner, source).figures
    return parse_svg(figure.svg)


TOGETHER: list[str] = []
"""Scripts that draw one figure each, and that run one after another in one process."""
EACH = """
for number, source in enumerate({}):
    with plt.rc_context():
        fig, ax = plt.subplots(figsize=(4, 3))
        exec(compile(source, source, "exec"), {{"plt": plt, "np": np, "fig": fig, "ax": ax}})
        for one in plt.get_fignums():
            plt.figure(one).set_label(str(number))
        plt.show()
"""


def together(*sources: str) -> tuple[str, ...]:
    """Enter scripts among those that run in one process, each with the deck's settings."""
    TOGETHER.extend(sources)
    return sources


@pytest.fixture(scope="module")
def drawings(runner: LocalExecutor) -> dict[str, str]:
    """Return the SVG that each of the scripts draws that run together."""
    figures = run(runner, f"plt.close()\n{EACH.format(TOGETHER)}", timeout=60).figures
    assert [figure.label for figure in figures] == [str(number) for number in range(len(TOGETHER))]
    return {source: figure.svg for source, figure in zip(TOGETHER, figures, strict=True)}


def texts(drawing: ParsedSvg) -> list[str]:
    return [element.text or "" for element in drawing.root.iter() if element.tag.endswith("}text")]


def shapes(drawing: ParsedSvg) -> list[str]:
    return [words for element in drawing.root.iter() if (words := element.get("aria-label"))]


def frame(drawing: ParsedSvg) -> tuple[float, ...]:
    """Return left, top, right, bottom of the first axes with a ground, as shares of the figure."""
    _, _, width, height = map(float, drawing.root.get("viewBox", "").split())
    ground = next(one for one in drawing.root.iter() if one.get("id") in ("ground_1", "patch_2"))
    points = [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+) ([\d.]+)", ground[0].get("d", ""))]
    (left, top), (right, bottom) = map(min, zip(*points, strict=True)), map(max, zip(*points, strict=True))
    return tuple(round(share, 2) for share in (left / width, top / height, right / width, bottom / height))


# Formulas and fonts


FORMULA = r"$5 \times 10^{-3} \leq \lambda \mathbb{R} \mapsto \vec{x} \sim \sqrt{y}$ at $30^\circ$"
FONTSETS = ("cm", "stix", "stixsans", "dejavusans", "dejavuserif", "custom")
FORMULAS = together(*(f"plt.rc('mathtext', fontset={name!r}); ax.set_title(r'{FORMULA}')" for name in FONTSETS))


@slow
@pytest.mark.parametrize("source", FORMULAS, ids=FONTSETS)
def test_signs_of_formulas_are_shapes_with_their_words(drawings: dict[str, str], source: str) -> None:
    drawing = parse_svg(drawings[source])
    assert shapes(drawing) == ["5 × 10^-3 ≤ λ R ↦ x⃗ ∼ √y at 30^∘"]
    assert not re.search("[×≤£∙]", "".join(texts(drawing)))


@slow
def test_other_signs_have_other_shapes(runner: LocalExecutor) -> None:
    one, two = (drawn(runner, rf"ax.set_title(r'$\{sign}$', math_fontfamily='cm')") for sign in ("times", "leq"))
    paths = [{element.get("d") for element in drawing.root.iter()} for drawing in (one, two)]
    assert paths[0] - paths[1]
    assert paths[1] - paths[0]


@slow
def test_our_fonts_stay_text_in_the_weight_that_was_measured(runner: LocalExecutor) -> None:
    drawing = drawn(runner, "ax.set_title('title', weight='bold'); ax.set_xlabel('x < y')")
    assert shapes(drawing) == []
    assert {"title", "x < y"} <= set(texts(drawing))
    title = next(one for one in drawing.root.iter() if one.text == "title")
    assert "font-weight: 600" in title.get("style", "")


FONTS = ("family='serif'", "family='Arial'", "family='monospace', weight='bold'", "fontproperties='DejaVu Sans:bold'")
NAMES = together(*(f"ax.text(0.5, 0.5, 'expression level', {how}, fontsize=9, color='C1')" for how in FONTS))


@slow
@pytest.mark.parametrize("source", NAMES, ids=FONTS)
def test_other_fonts_are_shapes_with_their_words(drawings: dict[str, str], source: str) -> None:
    drawing = parse_svg(drawings[source])
    assert shapes(drawing) == ["expression level"]
    assert "expression level" not in texts(drawing)


@slow
def test_a_sign_that_our_font_lacks_makes_shapes(runner: LocalExecutor) -> None:
    assert shapes(drawn(runner, "ax.set_title('Győr')")) == ["Győr"]


@slow
def test_facts_know_size_and_colour_of_shapes(runner: LocalExecutor) -> None:
    (figure,) = run(runner, "ax.axis('off'); ax.text(0, 0, '$x$', fontsize=7.2, color='C1')").figures
    facts = figure_facts.read(figure.svg)
    assert facts.size == pytest.approx(10)
    assert facts.smallest == "x"
    assert ("text", "#c2410c") in {(paint.kind, paint.colour) for paint in facts.colours}


# Grounds


GROUNDS = [
    ("", []),
    ("fig.set_facecolor('#ffeecc')", ["#ffeecc"]),
    ("ax.set_facecolor('#ddeeff')", ["#ddeeff"]),
    ("ax.inset_axes([0.5, 0.5, 0.4, 0.4], facecolor='#ffffff')", ["#ffffff"]),
    ("plt.close(); fig = plt.figure(); fig.subfigures(1, 2)[0].set_facecolor('#eeffee')", ["#eeffee"]),
    ("plt.close(); plt.style.use('ggplot'); plt.subplots()", ["#ffffff", "#e5e5e5"]),
    ("plt.close(); plt.style.use('dark_background'); plt.subplots()", ["#000000", "#000000"]),
    ("fig.set_facecolor(plt.rcParams['figure.facecolor'])", []),
]
together(*(source for source, *_ in GROUNDS))


@slow
@pytest.mark.parametrize(("source", "grounds"), GROUNDS)
def test_a_ground_stays_where_the_style_does_not_give_it(
    drawings: dict[str, str], source: str, grounds: list[str]
) -> None:
    drawing = parse_svg(drawings[source])
    kept = [one[0].get("style", "") for one in drawing.root.iter() if "ground_" in one.get("id", "")]
    fills = [(re.search("fill: (#[0-9a-f]{6})", style) or ["", "#000000"])[1] for style in kept]
    assert fills == grounds
    assert drawing.has_ground == bool(grounds)


@slow
def test_a_legend_keeps_its_ground(runner: LocalExecutor) -> None:
    (figure,) = run(runner, "ax.plot([1, 2], label='a'); ax.legend(facecolor='#ffff00', frameon=True)").figures
    assert "fill: #ffff00" in figure.svg


# When a figure is collected


@slow
@pytest.mark.parametrize(
    "source",
    [
        "plt.show(block=False); plt.title('last')",
        "plt.show(block=False); plt.title('last'); plt.show()",
        "plt.ion(); plt.show(); plt.title('last')",
        "plt.ion()\nfor step in ('first', 'last'):\n    plt.title(step); plt.pause(30)",
        "plt.pause(30); plt.title('last'); plt.draw(); plt.pause(30); plt.close()",
        "fig.show(); plt.title('last'); fig.canvas.draw_idle(); fig.canvas.flush_events()",
        "plt.show(block=False); plt.title('last'); plt.close('all')",
        "plt.title('last'); plt.show(); plt.plot([1]); plt.close()",
    ],
)
def test_the_last_that_is_seen_is_collected(runner: LocalExecutor, source: str) -> None:
    assert "last" in texts(drawn(runner, source))


@slow
def test_a_figure_that_nobody_saw_is_not_collected(runner: LocalExecutor) -> None:
    assert run(runner, "plt.savefig('a.png'); plt.close()").figures == ()


@slow
def test_an_animation_is_its_frames(runner: LocalExecutor) -> None:
    source = """
    from matplotlib.animation import FuncAnimation
    line, = ax.plot([0, 1], [0, 1])
    def update(i):
        ax.set_title(f"frame {i}")
        return line,
    ax.axis("off")
    kept = FuncAnimation(fig, update, frames=FRAMES, blit=True, cache_frame_data=False)
    plt.show()
    """
    few = run(runner, source.replace("FRAMES", "3")).figures
    many = run(runner, source.replace("FRAMES", "200")).figures
    endless = run(runner, source.replace("FRAMES", "None")).figures
    for figures, numbers in ((few, [0, 1, 2]), (many, [*range(0, 200, 4), 199]), (endless, [*range(0, 100, 2), 99])):
        titles = [text for figure in figures for text in texts(parse_svg(figure.svg)) if "frame" in text]
        assert titles == [f"frame {number}" for number in numbers]
        assert {notes(figure.svg) for figure in figures} == {(ANIMATED,)}


@slow
def test_an_animation_of_artists_has_numbered_labels(runner: LocalExecutor) -> None:
    source = """
    from matplotlib.animation import ArtistAnimation
    fig = plt.figure("walk")
    kept = ArtistAnimation(fig, [plt.plot([0, i]) + [plt.text(0, 0, f"n{i}")] for i in (1, 2)])
    """
    figures = run(runner, source).figures
    assert [figure.label for figure in figures] == ["", "walk 1", "walk 2"]
    shown = [{text for text in texts(parse_svg(figure.svg)) if text.startswith("n")} for figure in figures]
    assert shown == [set(), {"n1"}, {"n2"}]


@slow
def test_a_font_that_this_computer_lacks_is_told(runner: LocalExecutor) -> None:
    source = "plt.rcParams['font.family'] = 'No Such Font'\nax.text(0, 0, 'a')\nplt.show()"
    result = run(runner, source)
    assert result.printed("both") == ""
    assert notes(result.figures[-1].svg) == ("the font 'No Such Font' is not on this computer, another one is shown",)


@slow
def test_a_figure_without_height_is_as_high_as_what_stands_in_it(runner: LocalExecutor) -> None:
    (drawn, *_) = run(runner, "plt.figure(figsize=(6, 0))\nplt.plot([1])\nplt.show()").figures[-1:]
    size = parse_svg(drawn.svg).size
    assert size
    assert (size[0] >= 432, size[1] > 9) == (True, True)


# All of it, and nothing that the style adds


FAR = [
    "fig.suptitle('far', y=1.2)",
    "fig.text(1.2, 0.5, 'far')",
    "ax.plot([1], label='far'); ax.legend(loc='upper left', bbox_to_anchor=(1.3, 1))",
    "ax.annotate('far', (0, 0), xytext=(-0.9, -0.9))",
]
together(*FAR)


@slow
@pytest.mark.parametrize("source", FAR)
def test_the_canvas_grows_around_what_stands_beyond_it(drawings: dict[str, str], source: str) -> None:
    drawing = parse_svg(drawings[source])
    facts = drawing.size
    assert facts
    assert facts[0] > 401 or facts[1] > 301
    _, _, width, height = map(float, drawing.root.get("viewBox", "").split())
    (far,) = (one for one in drawing.root.iter() if one.text == "far")
    assert 0 < float(far.get("x", "-1")) < width
    assert 0 < float(far.get("y", "-1")) < height


@slow
def test_the_canvas_stays_where_all_is_within(runner: LocalExecutor) -> None:
    assert drawn(runner, "ax.set_title('title'); ax.set_ylabel('y')").size == (400, 300)


GRIDS = {
    "ax.plot([1, 2])": True,
    "ax.imshow(np.eye(3))": False,
    "ax.imshow(np.eye(3)); ax.grid(True)": True,
    "ax.grid(True, color='r'); ax.imshow(np.eye(3))": True,
    "ax.grid(True); ax.clear(); ax.imshow(np.eye(3))": False,
}
together(*GRIDS)


@slow
def test_no_grid_of_the_style_lies_over_a_picture(drawings: dict[str, str]) -> None:
    for source, grid in GRIDS.items():
        svg = drawings[source]
        assert ("stroke: #e4e0d6" in svg or "stroke: #ff0000" in svg) == grid, source


MANY = [
    ("ax.scatter(np.arange(2000), np.arange(2000))", ()),
    ("ax.scatter(np.arange(2001), np.arange(2001))", ("2,001 marks are drawn as pixels",)),
    ("ax.plot(np.arange(3000), '.')", ("3,000 marks are drawn as pixels",)),
    ("ax.plot(np.arange(3000))", ()),
    ("[ax.scatter(np.arange(500), np.arange(500)) for _ in range(5)]", ("2,500 marks are drawn as pixels",)),
    ("ax.pcolormesh(np.random.default_rng(0).random((50, 50)))", ("2,500 marks are drawn as pixels",)),
    ("ax.tripcolor([0, 1, 0], [0, 0, 1], [1, 2, 3], shading='gouraud')", ("a shading is drawn as pixels",)),
    ("ax.pcolormesh(np.eye(3), shading='gouraud')", ("a shading is drawn as pixels",)),
]
together(*(source for source, *_ in MANY))


@slow
@pytest.mark.parametrize(("source", "notes"), MANY)
def test_what_is_too_much_for_shapes_is_drawn_as_pixels(
    drawings: dict[str, str], source: str, notes: tuple[str, ...]
) -> None:
    svg = drawings[source]
    assert parse_svg(svg).notes == notes
    assert ("<image" in svg) == bool(notes)
    assert len(svg) < 400_000


@slow
def test_links_are_left_out(runner: LocalExecutor) -> None:
    source = "ax.set_title('t', url='https://a.org'); ax.scatter([1], [1], urls=['https://b.org'])"
    drawing = drawn(runner, source)
    assert "t" in texts(drawing)


# What a script arranges itself


ARRANGED = [
    ("fig.subplots_adjust(left=0.4, right=0.8)", 0.4, 0.8),
    ("plt.subplots_adjust(left=0.4, right=0.8)", 0.4, 0.8),
    ("plt.close(); plt.subplots(gridspec_kw={'left': 0.4, 'right': 0.8})", 0.4, 0.8),
    ("ax.set_position([0.4, 0.1, 0.4, 0.8])", 0.4, 0.8),
    ("plt.close(); plt.rc('figure.subplot', left=0.4, right=0.8); plt.subplots()", 0.4, 0.8),
    ("fig.canvas.draw(); fig.subplots_adjust(left=0.4, right=0.8)", 0.4, 0.8),
    ("fig.set_layout_engine('none'); fig.subplots_adjust(left=0.4, right=0.8)", 0.4, 0.8),
    ("plt.close(); fig, ax = plt.subplots(layout='none'); fig.subplots_adjust(left=0.4, right=0.8)", 0.4, 0.8),
]
together(*(source for source, *_ in ARRANGED))


@slow
@pytest.mark.parametrize(("source", "left", "right"), ARRANGED)
def test_a_script_that_arranges_its_figure_is_left_alone(
    drawings: dict[str, str], source: str, left: float, right: float
) -> None:
    assert frame(parse_svg(drawings[source]))[::2] == (left, right)


@slow
def test_tight_layout_says_nothing_also_beside_a_colour_bar(runner: LocalExecutor) -> None:
    plain = frame(drawn(runner, "plt.tight_layout()"))
    bar = drawn(runner, "fig.colorbar(ax.imshow(np.eye(3))); fig.tight_layout()")
    assert plain[0] > 0.05
    assert "axes_2" in {one.get("id") for one in bar.root.iter()}


@slow
def test_a_colour_bar_makes_room_as_it_would_without_the_style(runner: LocalExecutor) -> None:
    bar = "fig.colorbar(ax.pcolormesh(np.eye(3))); fig.subplots_adjust(right=0.7)"
    styled, plain = (
        drawn(runner, f"plt.close(); fig, ax = plt.subplots({how}); {bar}") for how in ("", "layout='none'")
    )
    assert frame(styled) == frame(plain)
