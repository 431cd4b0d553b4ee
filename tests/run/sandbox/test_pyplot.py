"""Figures where a window would show them: the same each time, in our fonts, no letter without a shape."""

import logging
import textwrap
from pathlib import Path

import pytest

from tests.run.project import make_run, warmed
from verideck.run.sandbox import pyplot

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
    run = make_run(source, expressions=("mean",))
    title = "import matplotlib.pyplot as plt\nplt.title('{}')"
    missing, in_formula = (make_run(title.format(text)) for text in ("あ", "$x$ あ"))
    with warmed(tmp_path, "matplotlib.pyplot") as runner:
        warm, again, *glyphs = (runner.submit(each).result() for each in (run, run, missing, in_formula))
    with warmed(tmp_path, "matplotlib.pyplot", cold=True) as runner:
        cold = runner.submit(run).result()
    assert warm.error is None
    assert [figure.label for figure in warm.figures] == ["one", "", "last"]
    assert "<text" in warm.figures[0].svg
    assert warm.values == {"mean": 1.5}
    assert dict(warm.versions).keys() == {"Python", "matplotlib", "numpy"}
    assert warm == again == cold
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
    assert pyplot.refuse(record)


def test_only_pyplot_is_looked_for() -> None:
    assert pyplot.PyplotFinder([]).find_spec("json") is None
