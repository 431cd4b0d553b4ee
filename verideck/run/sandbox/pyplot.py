"""Collect a snippet's figures where a window would show them: supervisor.py loads this for child.py."""

from __future__ import annotations

import io
import re
import sys
import unicodedata
import warnings
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from typing import Any


class MissingGlyphError(Exception):
    """A character of a figure for which its fonts have no shape."""


figures: list[dict[str, Any]] = []
"""What `show` has collected in this process."""


def show(*_: Any, **__: Any) -> None:
    """Collect and close all open figures: this stands in for `plt.show()`."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    for number in pyplot.get_fignums() if pyplot else ():
        figure = pyplot.figure(number)  # type: ignore[union-attr]
        figures.append({"label": str(figure.get_label()), "svg": draw(pyplot, figure)})
        pyplot.close(figure)  # type: ignore[union-attr]


def draw(pyplot: Any, figure: Any) -> str:
    """Return a figure as SVG, the same bytes each time; raises MissingGlyphError."""
    buffer = io.BytesIO()
    with pyplot.rc_context({"svg.hashsalt": "deck", "svg.fonttype": "none"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "There are no gridspecs")  # axes placed by hand stay where they are
        warnings.filterwarnings("error", r"Glyph \d+ .*missing from")
        try:
            figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        except UserWarning as warning:
            code = re.match(r"Glyph (\d+) ", str(warning))
            if not code:
                raise
            place = f"figure {figure.get_label() or len(figures) + 1}"
            raise missing(chr(int(code[1])), place, "an empty box") from None
    return buffer.getvalue().decode()


def missing(char: str, place: str, instead: str) -> MissingGlyphError:
    """Return the error about a character that no font of a place has."""
    name = f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip()
    return MissingGlyphError(f"no font of {place} has '{char}' ({name}): it would show {instead}")


def refuse(record: Any) -> bool:
    """Raise MissingGlyphError where mathtext draws another sign: it tells that to its log alone."""
    if "does not have a glyph" in record.msg:
        raise missing(chr(record.args[2]), "a formula", "another sign")
    return True


class PyplotFinder:
    """Adds the fonts and our `show` to matplotlib.pyplot, when and if it comes to be imported."""

    def __init__(self, fonts: list[str]) -> None:
        self.fonts = fonts

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return pyplot's own spec, with a loader that calls `adopt` at its end."""
        if name != "matplotlib.pyplot":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec and spec.loader:
            execute = spec.loader.exec_module
            spec.loader.exec_module = lambda module: (execute(module), self.adopt(module))[0]  # type: ignore
        return spec

    def adopt(self, pyplot: Any) -> None:
        """Put our fonts first, and collect figures where a window would show them."""
        manager = sys.modules["matplotlib.font_manager"].fontManager
        for font in self.fonts:
            manager.addfont(font)
            manager.ttflist.insert(0, manager.ttflist.pop())  # of two fonts that fit alike the first is taken
        sys.modules["logging"].getLogger("matplotlib.mathtext").addFilter(refuse)
        pyplot.show = show
