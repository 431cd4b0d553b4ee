"""Collects a snippet's figures as a window would show them. supervisor.py loads this file for child.py.

`show` decides when a figure is collected, `draw` how it is drawn. Only the snippet imports matplotlib.
"""

from __future__ import annotations

import cmath
import contextlib
import functools
import io
import itertools
import math
import re
import sys
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from typing import Any

MOST_FRAMES = 60
"""Maximum number of frames that are kept of an animation."""
ANIMATED = "a frame of an animation"
"""Remark in the SVG of a frame, which typeset/figure_facts.py reads."""
UNCOUNTED_FRAMES = 100
"""Frames drawn of an animation without a known length: as many as matplotlib saves."""
MOST_MARKS = 2000
"""Maximum number of marks, or of tenths of vertices, that a group of artists may have as SVG shapes."""
CHUNK = 5000
"""Vertices of a line that are drawn as pixels at a time: more take time that grows by the square of their number."""
PIXELS_PER_INCH = 200
"""Resolution of artists drawn as pixels: two pixels for each px of a slide."""
MARGIN = 3 / 72
"""Inches of margin around artists beyond the canvas: the same as in constrained layout."""
SLACK = 0.5 / 72
"""Inches beyond the canvas that are ignored, because the box of a letter is larger than the letter."""


class MissingGlyphError(Exception):
    """The fonts of a figure lack one of its characters."""


figures: list[dict[str, Any]] = []
"""The collected figures of this process, as (label, SVG)."""
waiting: list[Any] = []
"""Figures that were shown without blocking; their last state is collected."""
unfound: dict[str, None] = {}
"""Families of fonts that a script asks for and this computer lacks."""
own_fonts: dict[str, int] = {}
"""Font file → weight, for the fonts that every page has."""


# When a figure is collected


def show(*args: Any, block: bool | None = None, **_: Any) -> None:
    """Collect and close all open figures, in the place of `plt.show()`.

    Without blocking, the figures stay open. They are collected when they are closed, shown with blocking, or when the
    script ends.
    """
    pyplot = sys.modules.get("matplotlib.pyplot")
    if not pyplot:
        return
    block = args[0] if args else block
    if block is None:
        block = not pyplot.isinteractive()
    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        if block:
            collect(figure)
            pyplot.close(figure)
        else:
            mark_shown(figure)


def mark_shown(figure: Any) -> None:
    """Remember that a figure is shown without blocking."""
    if figure not in waiting:
        waiting.append(figure)


def collect_closing(window: Any) -> None:
    """Collect the figure of a closing window, if it was shown."""
    if window.canvas.figure in waiting:
        collect(window.canvas.figure)


def collect(figure: Any) -> None:
    """Add a figure to `figures`; for an animation, one figure for each frame."""
    if figure in waiting:
        waiting.remove(figure)
    label = str(figure.get_label())
    moving = animations(figure)
    if not moving:
        figures.append({"label": label, "svg": draw(figure)})
    for number, svg in enumerate(frames(figure, moving) if moving else (), 1):
        figures.append({"label": f"{label} {number}" if label else "", "svg": svg})


def is_open(value: Any) -> bool:
    """Tell whether a value is a figure that is open, so that it will be collected."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return bool(pyplot) and any(pyplot.figure(number) is value for number in pyplot.get_fignums())  # type: ignore[union-attr]


def animations(figure: Any) -> list[Any]:
    """Return a figure's animations to which the script has a reference; matplotlib drops the others, too."""
    module = sys.modules.get("matplotlib.animation")
    listeners = figure.canvas.callbacks.callbacks.get("close_event", {}).values() if module else ()
    owners = [getattr(listener(), "__self__", None) for listener in list(listeners)]
    return [owner for owner in owners if isinstance(owner, module.Animation)]  # type: ignore[union-attr]


def frames(figure: Any, moving: list[Any]) -> list[str]:
    """Return the frames of a figure's animations as SVG: at most MOST_FRAMES, evenly spaced, and the last."""
    count = min((known for one in moving if (known := length(one)) is not None), default=UNCOUNTED_FRAMES)
    step = -(-(count - 1) // (MOST_FRAMES - 1)) if count > MOST_FRAMES else 1
    kept, seen = [], False
    with swapped(figure.canvas, "draw_idle", lambda: None):  # else each frame would be drawn twice
        for animation in moving:
            animation._init_draw()
        sequence = zip(*(one.new_saved_frame_seq() for one in moving), strict=False)
        for number, states in enumerate(itertools.islice(sequence, count)):
            for animation, state in zip(moving, states, strict=True):
                animation._draw_next_frame(state, blit=False)
            seen = number % step == 0
            if seen:
                kept.append(draw(figure, grow=False))
        return kept if seen else [*kept, draw(figure, grow=False)]


def length(animation: Any) -> int | None:
    """Return how many frames an animation has; None if that is unknown."""
    states = getattr(animation, "_framedata", None)
    return getattr(animation, "_save_count", None) if states is None else len(states)


# How a figure is drawn


def draw(figure: Any, grow: bool = True) -> str:
    """Return a figure as SVG, with the same bytes each time; raises MissingGlyphError.

    grow: enlarge the canvas for artists beyond it, as notebooks do; False for a frame of an animation.
    """
    pyplot = sys.modules["matplotlib.pyplot"]
    backend = import_module("matplotlib.backends.backend_svg")
    if arranged(figure):
        release(figure)
    hide_grids(figure)
    coarse = simplify(figure)
    options: dict[str, Any] = {"metadata": {"Date": None, "Creator": None}, "transparent": False}
    if is_rasterized(figure):
        options["dpi"] = PIXELS_PER_INCH
    renderer: Any = type("Renderer", (Shapes, backend.RendererSVG), {})
    style = {"svg.hashsalt": "deck", "svg.fonttype": "none", "agg.path.chunksize": CHUNK}
    with pyplot.rc_context(style), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are about our drawing, not about the script
        warnings.filterwarnings("error", r"Glyph \d+ .*missing from")
        with swapped(backend, "RendererSVG", renderer), grounds(figure, options):
            try:
                known = describe(figure, options, coarse, animated=not grow)
                svg = save(figure, options)
                if known < len(unfound):  # it is known since it was drawn
                    describe(figure, options, coarse, animated=not grow)
                    svg = save(figure, options)
                if grow and (box := enlarged(figure, *renderer.latest.extent)):
                    svg = save(figure, {**options, "bbox_inches": box})
                return svg
            except UserWarning as warning:
                code = re.match(r"Glyph (\d+) ", str(warning))
                if not code:
                    raise
                place = f"figure {figure.get_label() or len(figures) + 1}"
                raise missing(chr(int(code[1])), place, "an empty box") from None


def describe(figure: Any, options: dict[str, Any], coarse: list[str], animated: bool) -> int:
    """Write the remarks on a figure into the options of `save`; return how many fonts are known to be missing."""
    asked = families(figure) if unfound else set()
    fonts = [
        f"the font '{family}' is not on this computer, another one is shown" for family in unfound if family in asked
    ]
    if said := [*coarse, *fonts, *([ANIMATED] if animated else [])]:
        options["metadata"]["Description"] = "; ".join(said)
    return len(unfound)


def families(figure: Any) -> set[str]:
    """Return the families of fonts that a figure asks for, one by one and as lists, and those of formulas."""
    matplotlib: Any = sys.modules["matplotlib"]
    asked = {str(value) for name, value in matplotlib.rcParams.items() if name.startswith("mathtext.")}
    for text in figure.findobj(sys.modules["matplotlib.text"].Text):
        asked |= {", ".join(text.get_fontfamily()), *text.get_fontfamily()}
    return asked


def is_rasterized(artist: Any) -> bool:
    """Tell whether an artist or a part of it is drawn as pixels; ticks are not, and to make them takes time."""
    if artist.get_rasterized():
        return True
    return not hasattr(artist, "get_major_ticks") and any(map(is_rasterized, artist.get_children()))


def save(figure: Any, options: dict[str, Any]) -> str:
    """Return the SVG that matplotlib writes for a figure."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", **options)
    return buffer.getvalue().decode()


def base() -> Any:
    """Return the deck's style (rcParams), without changes by the script."""
    return sys.modules["matplotlib"].rcParamsOrig


@contextlib.contextmanager
def swapped(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Set an attribute within a `with` block."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextlib.contextmanager
def grounds(figure: Any, options: dict[str, Any]) -> Iterator[None]:
    """Make backgrounds from the deck's style transparent, so that the slide shows; mark those that the script set."""
    same = import_module("matplotlib.colors").same_color
    unset = same(figure.get_facecolor(), base()["figure.facecolor"])
    options["facecolor"] = "none" if unset else figure.get_facecolor()
    options["edgecolor"] = "none" if unset else figure.get_edgecolor()
    kept = [] if unset else [figure.patch]
    kept += [part.patch for part in figure.subfigs if part.get_facecolor()[3]]
    with contextlib.ExitStack() as stack:
        for axes in every_axes(figure):
            if same(axes.get_facecolor(), base()["axes.facecolor"]):
                stack.enter_context(axes.patch._cm_set(facecolor="none", edgecolor="none"))
            elif axes.get_facecolor()[3]:
                kept.append(axes.patch)
        for number, patch in enumerate(kept, 1):
            stack.enter_context(patch._cm_set(gid=f"ground_{number}"))
        yield


def every_axes(figure: Any) -> list[Any]:
    """Return all axes of a figure and its subfigures, with insets."""
    found = list(figure.axes)
    for axes in found:
        found += [inset for inset in axes.child_axes if inset not in found]
    return found


def enlarged(figure: Any, left: float, top: float, right: float, bottom: float) -> Any:
    """Return a canvas (Bbox in inches) that contains the extent (in pt) of all artists; None if the canvas does."""
    if sys.modules["matplotlib"].rcParams["savefig.bbox"] == "tight":
        return None
    width, height = (float(size) for size in figure.get_size_inches())
    out = (-left / 72, bottom / 72 - height, right / 72 - width, -top / 72)
    if max(out) <= SLACK:
        return None
    more = [by + MARGIN if by > SLACK else 0 for by in out]
    bbox = import_module("matplotlib.transforms").Bbox
    return bbox([[-more[0], -more[1]], [width + more[2], height + more[3]]])


def hide_grids(figure: Any) -> None:
    """Hide the grid of the deck's style in axes with an image, which it would cover."""
    same = import_module("matplotlib.colors").same_color
    for axes in every_axes(figure):
        for axis in (axes.xaxis, axes.yaxis) if axes.images and base()["axes.grid"] else ():
            lines = axis.get_gridlines()
            if lines and same(lines[0].get_color(), base()["grid.color"]) and not hasattr(axis, "asked_for_grid"):
                axis.set_tick_params(which="both", gridOn=False)


def simplify(figure: Any) -> list[str]:
    """Draw artists as pixels that have too many marks, or that SVG lacks; return remarks for the record."""
    said = []
    for axes in every_axes(figure):
        for group in (axes.lines, axes.patches, axes.collections):
            counted = [(marks(artist), artist) for artist in group if not artist.get_rasterized()]
            large = [(count, artist) for count, artist in counted if count > MOST_MARKS]
            small = [(count, artist) for count, artist in counted if count <= MOST_MARKS]
            for some in (large, small):
                total = sum(count for count, _ in some)
                if total > MOST_MARKS:
                    said.append(f"{total:,} marks are drawn as pixels")
                    for _, artist in some:
                        artist.set_rasterized(True)
            for artist in group:
                if shaded(artist) and not artist.get_rasterized():
                    said.append("a shading is drawn as pixels")
                    artist.set_rasterized(True)
    return said


def shaded(artist: Any) -> bool:
    """Tell whether an artist has Gouraud shading, which SVG lacks."""
    return type(artist).__name__ == "TriMesh" or getattr(artist, "_shading", "") == "gouraud"


def marks(artist: Any) -> int:
    """Return the number of marks of an artist, or a tenth of the number of its vertices if that is larger."""
    if hasattr(artist, "get_marker") and hasattr(artist, "get_xydata"):  # a line
        points = len(artist.get_xydata())
        marked = str(artist.get_marker()) not in ("None", "none", " ", "") and artist.get_markevery() is None
        if marked or points <= MOST_MARKS:
            return points if marked else 1
        return len(artist.get_path().cleaned(artist.get_transform(), simplify=True).vertices) // 10
    if hasattr(artist, "get_coordinates") and artist.get_array() is not None:  # a mesh
        return int(artist.get_array().size)
    if not hasattr(artist, "get_offsets"):
        return 1
    paths = artist.get_paths()
    return max(len(paths), len(artist.get_offsets()), sum(len(path.vertices) for path in paths) // 10)


Base: Any = object
"""Stands for RendererSVG, which is not imported yet; `draw` adds it as a base class."""


class Shapes(Base):  # type: ignore[misc]
    """A mixin for matplotlib's SVG renderer: draws some texts as shapes, and measures how far artists extend.

    `latest`: the last instance. `extent`: left, top, right, bottom, in pt, of the canvas and all artists.
    """

    latest: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        type(self).latest = self
        self.extent = (0.0, 0.0, self.width, self.height)
        start, end, self.writer.comment = self.writer.start, self.writer.end, lambda *_: None
        # Drops links (`url=`), which are invisible on a slide.
        self.writer.start = lambda tag, *args, **more: None if tag == "a" else start(tag, *args, **more)
        self.writer.end = lambda tag=None, *args, **more: None if tag == "a" else end(tag, *args, **more)

    def _draw_text_as_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any, mtext: Any = None
    ) -> None:
        weight = None if ismath else weight_shown(s, prop, self._text2path._get_font(prop))
        if weight is None:
            self.draw_shapes(gc, x, y, s, prop, angle, ismath, mtext)
            return
        shown = prop.copy()
        shown.set_weight(weight)
        super()._draw_text_as_text(gc, x, y, s, shown, angle, ismath, mtext)

    def draw_shapes(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any, mtext: Any
    ) -> None:
        said = words(s) if ismath else s
        width, _, _ = self.get_text_width_height_descent(s, prop, ismath)
        place = f"translate({x:.6f} {y:.6f})" + f" rotate({-angle:g})" * bool(angle)
        size = f"font-size: {prop.get_size_in_points():g}px"
        known = {"data-width": f"{width:.4f}"} if characters().issuperset(said) else {}
        self.writer.start("g", {"aria-label": said, "transform": place, "style": size, **known})
        self._draw_text_as_path(gc, 0, 0, s, prop, 0, ismath, mtext)
        self.writer.end("g")

    def reach(self, gc: Any, points: Any) -> None:
        """Extend `extent` to these points (N×2, in pt), unless the artist is clipped."""
        if (
            gc.get_clip_rectangle() is None
            and gc.get_clip_path()[0] is None
            and all(math.isfinite(end) for point in points for end in point)
        ):
            ends = [*points, self.extent[:2], self.extent[2:]]
            (left, right), (top, bottom) = ((min(along), max(along)) for along in zip(*ends, strict=True))
            self.extent = (left, top, right, bottom)

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False, mtext: Any = None
    ) -> None:
        if ismath or not self.surely_within(x, y, 1.5 * (len(s) + 1) * prop.get_size_in_points()):
            self.reach_text(gc, x, y, s, prop, angle, ismath)
        super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)

    def surely_within(self, x: float, y: float, length: float) -> bool:
        """Tell whether what is drawn from a point on is within the canvas, as far as `length` may go (in pt)."""
        left, top, right, bottom = self.extent
        return bool(left + length < x < right - length and top + length < y < bottom - length)

    def reach_text(self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any) -> None:
        """Note how far a text extends."""
        width, height, descent = self.get_text_width_height_descent(s, prop, ismath)
        ahead, up = cmath.rect(1, -math.radians(angle)), cmath.rect(1, -math.radians(angle + 90))
        sides = itertools.product((0, width), (-descent, height - descent))
        ends = [complex(x, y) + ahead * along + up * above for along, above in sides]
        self.reach(gc, [(end.real, end.imag) for end in ends])

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:  # noqa: N803
        if len(path.vertices):
            (left, bottom), (right, top) = path.get_extents(transform).get_points()
            self.reach(gc, [(left, self.height - top), (right, self.height - bottom)])
        super().draw_path(gc, path, transform, rgbFace)


def weight_shown(text: str, prop: Any, font: Any) -> int | None:
    """Return the weight of the page font that has all characters of a text; None if there is none."""
    if prop.get_variant() != "normal" or prop.get_stretch() not in ("normal", 500):
        return None
    glyphs = import_module("matplotlib._text_helpers").layout(text, font)
    weights = {own_fonts.get(str(glyph.ft_object.fname)) for glyph in glyphs}
    return weights.pop() if len(weights) == 1 else None


@functools.cache
def characters() -> frozenset[str]:
    """Return the characters of the fonts that every page has."""
    manager = import_module("matplotlib.font_manager")
    return frozenset(chr(code) for path in own_fonts for code in manager.get_font(path).get_charmap())


# Formulas as plain text


def words(text: str) -> str:
    """Return a text with its formulas as plain text, for search and screen readers: `$x \\leq 1$` as `x ≤ 1`."""
    parts = re.split(r"(?<!\\)\$", text)
    for index, part in enumerate(parts):
        if index % 2:
            parts[index] = spoken(iter(re.findall(r"\\[A-Za-z]+|\\.|\s+|.", part, re.DOTALL)))
        else:
            parts[index] = part.replace(r"\$", "$")
    known = (char if char in characters() else unicodedata.normalize("NFKC", char) for char in "".join(parts))
    return " ".join("".join(known).split())


def spoken(tokens: Iterator[str], single: bool = False) -> str:
    """Return the tokens of a formula as plain text, up to a closing brace; if `single`, only one token or group."""
    said = []
    for token in tokens:
        if token == "}":
            break
        if single and token.isspace():
            continue
        said.append(said_by(token, tokens))
        if single:
            break
    return "".join(said)


def said_by(token: str, tokens: Iterator[str]) -> str:
    """Return a token as plain text, with its arguments from `tokens`."""
    signs = import_module("matplotlib._mathtext_data").tex2uni
    name = token[1:] if token[0] == "\\" else ""
    if token == "{":
        return spoken(tokens)
    if name in ("frac", "dfrac", "binom"):
        return f"{spoken(tokens, True)}/{spoken(tokens, True)}"
    if name == "sqrt":
        return "√" + spoken(tokens, True)
    if name in signs and unicodedata.combining(chr(signs[name])):
        under = spoken(tokens, True)
        return unicodedata.normalize("NFC", under[:1] + chr(signs[name])) + under[1:]
    if name in signs:
        return chr(signs[name])
    if not name:
        return "" if token == "_" else token
    if not name.isalpha():
        return name if name in "{}$%&#_|" else " "
    return name if name in import_module("matplotlib._mathtext").Parser._function_names else ""


# Layout: the deck's style has constrained layout, which must not change figures that a script arranges itself


def by_style(figure: Any) -> bool:
    """Tell whether a figure's layout engine comes from the deck's style, not from the script."""
    return getattr(getattr(figure, "_layout_engine", None), "by_style", False)


def arranged(figure: Any) -> bool:
    """Tell whether a script places the axes of a figure itself."""
    margins, sides = figure.subplotpars, ("left", "right", "bottom", "top", "wspace", "hspace")
    if any(getattr(margins, side) != base()[f"figure.subplot.{side}"] for side in sides):
        return True
    for axes in figure.axes:
        if spec := axes.get_subplotspec():
            given = vars(spec.get_gridspec())
            if not axes.get_in_layout() or any(given.get(side, given.get(f"_{side}")) is not None for side in sides):
                return True
    return False


def release(figure: Any) -> None:
    """Remove the layout engine of the deck's style from a figure.

    Colorbars are placed again, because their position depends on the layout engine.
    """
    while hasattr(figure, "_parent"):
        figure = figure._parent
    if not by_style(figure):
        return
    figure._layout_engine = None
    current = figure.gca() if figure.axes else None
    for axes in figure.axes:
        info = getattr(axes, "_colorbar_info", None)
        if info and len(info["parents"]) == 1 and info["parents"][0].get_subplotspec():
            replace(axes, info["parents"][0], {name: value for name, value in info.items() if name != "parents"})
    if current:
        figure.sca(current)


def replace(colorbar: Any, parent: Any, place: dict[str, Any]) -> None:
    """Put a colorbar into the grid beside its parent."""
    if place["pad"] == 0.05:  # the default of constrained layout
        del place["pad"]
    stand_in, _ = import_module("matplotlib.colorbar").make_axes_gridspec(parent, **place)
    colorbar.set_subplotspec(stand_in.get_subplotspec())
    stand_in.remove()
    parent._colorbars = [axes for axes in parent._colorbars if axes is not stand_in]


def patch_layout(module: Any) -> None:
    """Patch matplotlib.figure so that it distinguishes layout by the script from layout by the style."""
    set_engine, execute = module.Figure.set_layout_engine, module.ConstrainedLayoutEngine.execute

    @functools.wraps(set_engine)
    def set_layout_engine(self: Any, layout: Any = None, **options: Any) -> None:
        canvas = getattr(self, "canvas", None)
        if layout is not None and not (canvas and canvas.is_saving()):
            release(self)
        set_engine(self, layout, **options)
        engine = self.get_layout_engine()
        if layout is None and engine and base()["figure.constrained_layout.use"]:
            engine.by_style = isinstance(engine, module.ConstrainedLayoutEngine)

    @functools.wraps(execute)
    def quiet(self: Any, figure: Any) -> Any:
        with warnings.catch_warnings():
            if by_style(figure):
                warnings.simplefilter("ignore")
            return execute(self, figure)

    module.Figure.set_layout_engine = set_layout_engine
    module.ConstrainedLayoutEngine.execute = quiet
    for owner, name in ((module.Figure, "tight_layout"), (module.FigureBase, "subplots_adjust")):
        setattr(owner, name, after(release, getattr(owner, name)))


def after(first: Callable[[Any], Any], method: Callable[..., Any]) -> Callable[..., Any]:
    """Return `method`, preceded by a call of `first` with the object."""

    @functools.wraps(method)
    def both(self: Any, *args: Any, **options: Any) -> Any:
        first(self)
        return method(self, *args, **options)

    return both


def patch_grids(axes: Any, axis: Any) -> None:
    """Patch the classes so that each axis records whether the script set its grid; clearing the axes resets that."""

    def note(one: Any) -> None:
        caller = sys._getframe(2).f_code.co_name
        if caller == "__clear":
            vars(one).pop("asked_for_grid", None)
        elif caller != "grid":
            one.asked_for_grid = True

    def note_both(one: Any) -> None:
        caller = sys._getframe(2).f_code.co_name
        for each in (one.xaxis, one.yaxis):
            if caller == "__clear":
                vars(each).pop("asked_for_grid", None)
            else:
                each.asked_for_grid = True

    axis.grid, axes.grid = after(note, axis.grid), after(note_both, axes.grid)


# Missing characters


def missing(char: str, place: str, instead: str) -> MissingGlyphError:
    """Return the error for a character that no font has. instead: what would be drawn."""
    name = f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip()
    return MissingGlyphError(f"no font of {place} has '{char}' ({name}): it would show {instead}")


def refuse(record: Any) -> bool:
    """Raise MissingGlyphError if mathtext replaces a character, which it reports only to its logger.

    Drops its other log messages, which are about missing fonts.
    """
    if "does not have a glyph" in record.msg:
        raise missing(chr(record.args[2]), "a formula", "another sign")
    return False


def keep_unless_font(record: Any) -> bool:
    """Keep a message of matplotlib's, unless it is about a font: fonts that it looked for in vain are told as notes."""
    if record.msg.startswith("findfont: Font family") and record.args:
        family = record.args[0]
        unfound.setdefault(", ".join(family) if isinstance(family, list) else str(family))
    return "findfont" not in record.msg


class PyplotFinder:
    """A finder that patches matplotlib.pyplot when it is imported."""

    def __init__(self, fonts: list[str]) -> None:
        self.fonts = fonts

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return pyplot's own spec, with a loader that calls `adopt` after the import."""
        if name != "matplotlib.pyplot":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec and spec.loader:
            execute = spec.loader.exec_module
            spec.loader.exec_module = lambda module: (execute(module), self.adopt(module))[0]  # type: ignore
        return spec

    def adopt(self, pyplot: Any) -> None:
        """Put our fonts first, and collect figures when a window would show them."""
        modules = sys.modules
        manager = modules["matplotlib.font_manager"].fontManager
        for font in self.fonts:
            manager.addfont(font)
            own_fonts[font] = manager.ttflist[-1].weight
            manager.ttflist.insert(0, manager.ttflist.pop())  # of two equal matches, matplotlib takes the first
        loggers = modules["logging"].getLogger
        loggers("matplotlib.mathtext").addFilter(refuse)
        loggers("matplotlib.font_manager").addFilter(keep_unless_font)
        windows = modules["matplotlib.backend_bases"].FigureManagerBase
        windows.show = lambda self: mark_shown(self.canvas.figure)
        windows.destroy = after(collect_closing, windows.destroy)
        pyplot.show, pyplot.pause = show, lambda interval: show(block=False)
        patch_layout(modules["matplotlib.figure"])
        patch_grids(modules["matplotlib.axes._base"]._AxesBase, modules["matplotlib.axis"].Axis)
