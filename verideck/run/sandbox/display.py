"""What a value shows: supervisor.py loads this for child.py.

`describe` returns a value as JSON that `verideck/run/displays.py` reads, with its `kind` and what that kind needs. A
library is asked only where the script has imported it.
"""

from __future__ import annotations

import array
import base64
import io
import json
import re
import sys
from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]

MOST_ROWS = 200
"""Maximum number of rows of a table that are kept: half from its start, half from its end."""
MOST_COLUMNS = 100
LONGEST_TEXT = 20_000
"""Maximum length of a value's text."""
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+")


def describe(value: Any) -> Json | None:
    """Return a value that is shown as more than a text; None for others. Errors of its library are not caught."""
    for see in (table, styled, estimator, chart, plotly, picture, represented):
        if found := see(value):
            return found
    return None


def text(value: Any) -> Json:
    """Return the `repr` of a value, and a text for use within a line; errors of `repr` are not caught."""
    shown, said = repr(value), str(value)
    found = {"kind": "text", "text": clean(shown)}
    return found if said == shown or "\n" in said or ADDRESS.search(said) else {**found, "line": clean(said)}


def clean(text: str) -> str:
    """Return a text without memory addresses, which change from run to run, and of limited length."""
    text = ADDRESS.sub("0x…", text).encode(errors="backslashreplace").decode()
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + " …"


def drawn_with(value: Any) -> bool:
    """Tell whether a value is what drawing calls of matplotlib return: a part of a figure, or a list of parts."""
    artist = getattr(sys.modules.get("matplotlib.artist"), "Artist", None)
    if artist is None:
        return False
    if isinstance(value, artist):
        return not isinstance(value, sys.modules["matplotlib.figure"].Figure)
    if type(value).__module__.startswith(("matplotlib.", "seaborn.")):
        return True
    if type(value).__name__ == "ndarray" and value.dtype == object:
        value = value.ravel().tolist()
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, list | tuple) and bool(value) and any(map(drawn_with, value))


# Tables


def table(value: Any) -> Json | None:
    """Return a data frame or series of pandas, polars, pyarrow, or another library that narwhals supports."""
    if is_a(value, "pandas", "Series"):
        frame = value.to_frame("" if value.name is None else value.name)
        return pandas_table(frame) | {"series": True}
    if is_a(value, "pandas", "DataFrame"):
        return pandas_table(value)
    if is_a(value, "polars", "Series"):
        return plain_table(value.to_frame()) | {"series": True}
    if is_a(value, "polars", "DataFrame"):
        return plain_table(value)
    if is_a(value, "pyarrow", "Table"):
        names = value.column_names
        return as_table(names, [value.column(number).to_pylist() for number in range(len(names))], None)
    narwhals = sys.modules.get("narwhals")
    if narwhals and hasattr(value, "__dataframe__"):
        frame = narwhals.from_native(value, eager_only=True, pass_through=True)
        return plain_table(frame) if frame is not value else None
    return None


def is_a(value: Any, module: str, name: str) -> bool:
    """Tell whether a value is of a class of a module that the script has imported."""
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(value, kind)


def plain_table(frame: Any) -> Json:
    """Return a frame without an index."""
    count = len(frame)
    kept = kept_rows(count)
    columns = frame.columns[:MOST_COLUMNS]
    values = [[*frame[name][: kept[0]].to_list(), *frame[name][count - kept[1] :].to_list()] for name in columns]
    return as_table(columns, values, None, (count, len(frame.columns)))


def pandas_table(frame: Any) -> Json:
    """Return a frame of pandas, with its index."""
    count = len(frame)
    kept = kept_rows(count)
    places = [*range(kept[0]), *range(count - kept[1], count)]
    part = frame.iloc[places, :MOST_COLUMNS]
    values = [part.iloc[:, number].tolist() for number in range(part.shape[1])]
    index = part.index
    levels = [index.get_level_values(level).tolist() for level in range(index.nlevels)]
    names = ["" if name is None else str(name) for name in index.names]
    counts = type(frame.index).__name__ == "RangeIndex" and list(frame.index[:1]) in ([], [0]) and names == [""]
    told = {"names": names, "rows": columns_of(levels), "counts": bool(counts)}
    return as_table(list(frame.columns), values, told, (count, frame.shape[1]))


def kept_rows(count: int) -> tuple[int, int]:
    """Return the number of rows that are kept from the start, and from the end."""
    return (count, 0) if count <= MOST_ROWS else (MOST_ROWS // 2, MOST_ROWS // 2)


def as_table(
    columns: Sequence[Any], values: list[list[Any]], index: Json | None, shape: tuple[int, int] | None = None
) -> Json:
    """Return a table: levels of column labels, values by row, numbers of rows and columns of the whole frame."""
    labels = [[label(level) for level in name] if isinstance(name, tuple) else [label(name)] for name in columns]
    rows = len(values[0]) if values else len(index["rows"]) if index else 0
    body = columns_of(values) if values else [[] for _ in range(rows)]
    found = {"kind": "table", "columns": labels, "rows": body, "shape": list(shape or (rows, len(columns)))}
    return found | ({"index": index} if index else {})


def columns_of(values: list[list[Any]]) -> list[list[Any]]:
    """Return columns as rows of cells."""
    return [list(row) for row in zip(*map(column, values), strict=True)]


def column(values: list[Any]) -> list[Any]:
    """Return the cells of a column; dates without a time of day have no time."""
    cells = [cell(value) for value in values]
    dated = [isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d 00:00:00", value)) for value in cells]
    missing = ("NaT", None)
    if any(dated) and all(day or value in missing for day, value in zip(dated, cells, strict=True)):
        return [value[:10] if day else value for day, value in zip(dated, cells, strict=True)]
    return cells


def label(name: Any) -> str:
    """Return a level of a column's label."""
    return clean(str(cell(name)))


def cell(value: Any) -> Any:
    """Return the value of a cell as JSON data: a number, a text, true, false, None."""
    if hasattr(value, "item") and type(value).__module__ == "numpy":
        value = value.item()
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if abs(value) < 10**4000 else str(value)
    if isinstance(value, float):
        return float(value)
    return clean(str(value))


# Other kinds


def styled(value: Any) -> Json | None:
    """Return a table that its script has styled: pandas' Styler, or a table of great_tables."""
    if is_a(value, "pandas.io.formats.style", "Styler"):
        return {"kind": "html", "html": value.to_html()}
    if is_a(value, "great_tables", "GT"):
        return {"kind": "html", "html": value.as_raw_html(inline_css=True)}
    return None


def estimator(value: Any) -> Json | None:
    """Return an estimator of scikit-learn: its name, parameters that are not the usual ones, and the parts in it."""
    if not is_a(value, "sklearn.base", "BaseEstimator"):
        return None
    given = value.get_params(deep=False)
    usual = usual_parameters(type(value))
    parts = parts_of(value)
    inside = {name for name, one in given.items() if not parts and is_a(one, "sklearn.base", "BaseEstimator")}
    parts = parts or [[name, given[name]] for name in sorted(inside)]
    shown = {
        name: clean(repr(one))[:80]
        for name, one in given.items()
        if name not in inside
        and not (parts and isinstance(one, list | tuple))
        and repr(one) != repr(usual.get(name, ...))
    }
    found = {"kind": "estimator", "name": type(value).__name__, "parameters": shown, "beside": beside(value)}
    return found | {"parts": [[clean(name), part_of(one)] for name, one in parts]}


def usual_parameters(kind: type) -> Json:
    """Return the defaults of a class's parameters."""
    start: Any = vars(kind).get("__init__", kind.__init__)  # type: ignore[misc]
    code: Any = getattr(start, "__wrapped__", start)
    names = code.__code__.co_varnames[: code.__code__.co_argcount] if hasattr(code, "__code__") else ()
    defaults = code.__defaults__ or () if names else ()
    return dict(zip(names[len(names) - len(defaults) :], defaults, strict=True)) | (
        getattr(code, "__kwdefaults__", None) or {}
    )


def parts_of(value: Any) -> list[list[Any]]:
    """Return the named parts of an estimator that is made of others."""
    for name in ("steps", "transformers", "transformer_list", "estimators"):
        several = getattr(value, name, None)
        if (
            isinstance(several, list | tuple)
            and several
            and all(isinstance(one, tuple) and len(one) > 1 for one in several)
        ):
            columns = [f"{one[0]}: {one[2]}" if name == "transformers" else str(one[0]) for one in several]
            return [[label, one[1]] for label, one in zip(columns, several, strict=True)]
    return []


def part_of(value: Any) -> Json:
    """Return a part of an estimator; it may be a word, such as `passthrough`."""
    return estimator(value) or {
        "kind": "estimator",
        "name": clean(str(value)),
        "parameters": {},
        "beside": False,
        "parts": [],
    }


def beside(value: Any) -> bool:
    """Tell whether the parts of an estimator work side by side, not one after the other."""
    return any(hasattr(value, name) for name in ("transformers", "transformer_list")) or (
        hasattr(value, "estimators") and not hasattr(value, "steps")
    )


def chart(value: Any) -> Json | None:
    """Return a chart of Altair as its Vega-Lite specification."""
    if "altair" in sys.modules and type(value).__module__.startswith("altair.") and hasattr(value, "to_dict"):
        return {"kind": "vega", "spec": value.to_dict()}
    return None


def plotly(value: Any) -> Json | None:
    """Return a figure of Plotly as JSON, without the template that every figure has."""
    if not is_a(value, "plotly.basedatatypes", "BaseFigure"):
        return None
    figure = unpacked(json.loads(value.to_json()))
    usual = sys.modules["plotly"].io.templates["plotly"]
    if figure["layout"].get("template") and value.layout.template == usual:
        del figure["layout"]["template"]
    return {"kind": "plotly", "figure": {"data": figure["data"], "layout": figure["layout"]}}


CODES = {"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "f4": "f", "f8": "d"}
"""Plotly's names of number types → those of `array`."""


def unpacked(data: Any) -> Any:
    """Return JSON of Plotly with arrays of numbers, which it packs as base64, as lists."""
    if isinstance(data, list):
        return [unpacked(one) for one in data]
    if not isinstance(data, dict):
        return data
    if data.keys() >= {"bdata", "dtype"} and data["dtype"] in CODES:
        numbers: list[Any] = array.array(CODES[data["dtype"]], base64.b64decode(data["bdata"])).tolist()
        numbers = [None if number != number else number for number in numbers]
        for size in [int(part) for part in str(data.get("shape", "")).split(",")[:0:-1] if part.strip()]:
            numbers = [numbers[start : start + size] for start in range(0, len(numbers), size)]
        return numbers
    return {key: unpacked(one) for key, one in data.items()}


def picture(value: Any) -> Json | None:
    """Return a figure of matplotlib's or a picture of Pillow as SVG."""
    if is_a(value, "matplotlib.figure", "Figure"):
        return {"kind": "svg", "svg": draw(value)}
    if is_a(value, "PIL.Image", "Image"):
        return {"kind": "svg", "svg": framed(as_png(value), *value.size)}
    return None


draw: Any = None
"""`draw` of pyplot.py, which supervisor.py sets."""


def as_png(image: Any) -> bytes:
    """Return a picture of Pillow as a file."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def framed(data: bytes, width: int, height: int) -> str:
    """Return pixels as SVG, 100 of them for an inch, as on slides."""
    size, shown = f'width="{width * 0.72:g}" height="{height * 0.72:g}"', base64.b64encode(data).decode()
    box = f'viewBox="0 0 {width * 0.72:g} {height * 0.72:g}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size} {box}>'
        f'<image {size} xlink:href="data:image/png;base64,{shown}"/></svg>'
    )


def represented(value: Any) -> Json | None:
    """Return what a value says of itself to notebooks: SVG, LaTeX, PNG, or HTML, the first that it has."""
    if isinstance(value, type):
        return None
    bundle = asked(value, "_repr_mimebundle_", include=None, exclude=None)
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    bundle = bundle if isinstance(bundle, dict) else {}
    svg = bundle.get("image/svg+xml") or asked(value, "_repr_svg_")
    if svg:
        return {"kind": "svg", "svg": str(svg)}
    latex = bundle.get("text/latex") or asked(value, "_repr_latex_")
    if latex:
        return {"kind": "latex", "tex": formula(str(latex))}
    png = bundle.get("image/png") or asked(value, "_repr_png_")
    if png:
        data = base64.b64decode(png) if isinstance(png, str) else bytes(png)
        return {"kind": "svg", "svg": framed(data, *(int.from_bytes(data[at : at + 4]) for at in (16, 20)))}
    page = bundle.get("text/html") or asked(value, "_repr_html_")
    return {"kind": "html", "html": str(page)} if page else None


def asked(value: Any, name: str, **options: Any) -> Any:
    """Return what a method of a value gives, None without that method."""
    method = getattr(type(value), name, None)
    if not callable(method):
        return None
    said = getattr(value, name)(**options)
    return said[0] if isinstance(said, tuple) and name != "_repr_mimebundle_" else said


def formula(tex: str) -> str:
    """Return the formula in a LaTeX text, without what sets it apart from the text around."""
    tex = tex.strip()
    for mark in ("$$", "$"):
        if tex.startswith(mark) and tex.endswith(mark) and len(tex) > 2 * len(mark):
            tex = tex[len(mark) : -len(mark)]
            break
    tex = re.sub(r"^\\\[|\\\]$|\\(begin|end)\{(equation|math|displaymath)\*?\}", "", tex)
    return tex.strip().removeprefix("\\displaystyle").strip()
