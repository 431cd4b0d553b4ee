"""What values show, made fit for slides when a result is made: HTML is cleaned, charts are drawn.

The sandbox gives a value as a dict with its `kind`; `finish` leaves these kinds:

    table      columns, rows, shape, index: see `render.tables`
    text       text, and line if it reads otherwise within a line
    latex      tex
    html       html, clean
    estimator  name, parameters, parts: see `sandbox/display.py`
    plotly     figure: data and layout; still: a PNG in base64 for print, if a browser was there

Pictures and charts become figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from verideck.core.run_model import Figure, Result, Value
from verideck.core.theme import BASE
from verideck.run import plotly
from verideck.run.plotly import Refused
from verideck.typeset import rich_html

_VEGA = {
    "background": None,
    "font": "Noto Sans JP",
    "axis": {
        **{"domainColor": BASE["soft"], "tickColor": BASE["soft"], "gridColor": BASE["rule"]},
        **{"labelColor": BASE["soft"], "titleColor": BASE["ink"], "labelFontSize": 12, "titleFontSize": 12},
        **{"titleFontWeight": 400, "ticks": False, "labelPadding": 6, "labelSeparation": 12},
    },
    "legend": {
        **{"labelColor": BASE["ink"], "titleColor": BASE["ink"], "labelFontSize": 12, "titleFontSize": 12},
        "titleFontWeight": 600,
    },
    "header": {"labelColor": BASE["ink"], "titleColor": BASE["ink"], "labelFontSize": 12, "titleFontSize": 12},
    "title": {"color": BASE["ink"], "fontSize": 14, "anchor": "start", "fontWeight": 600},
    "text": {"color": BASE["ink"], "fontSize": 12},
    "view": {"stroke": None},
    "mark": {"color": BASE["accent-1"]},
    "range": {"category": [BASE[f"accent-{number}"] for number in range(1, 9)]},
}
"""How charts look where they do not say: as matplotlibrc has figures look."""


def finish(result: Result, fonts: Sequence[Path] = (), root: Path | None = None) -> Result:
    """Return a result with its values as slides show them; what cannot be shown is in `invalid`, with the reason."""
    displays: dict[str, Value] = {}
    figures, invalid = list(result.figures), dict(result.invalid)
    for key, display in result.displays.items():
        try:
            found = _finished(display, fonts, root) if isinstance(display, dict) else display
        except Refused as refused:
            invalid[key] = str(refused)
            continue
        if isinstance(found, str):
            figures.append(Figure("", found, key))
        else:
            displays[key] = found
    return replace(result, displays=displays, figures=tuple(figures), invalid=invalid)


def _finished(display: Mapping[str, Any], fonts: Sequence[Path], root: Path | None) -> str | dict[str, Any]:
    """Return a display, or the SVG of one that is a picture; raises Refused."""
    if display["kind"] == "vega":
        return _chart(display["spec"], fonts)
    if display["kind"] == "plotly":
        return plotly.finish(display["figure"], root)
    if display["kind"] == "html":
        try:
            return {**display, "html": rich_html.clean(display["html"])}
        except ModuleNotFoundError as error:
            raise Refused(_missing("to show HTML", error)) from None
    return dict(display)


def _chart(spec: dict[str, Any], fonts: Sequence[Path]) -> str:
    """Return a Vega-Lite chart as SVG; raises Refused."""
    try:
        import vl_convert
    except ModuleNotFoundError as error:
        raise Refused(_missing("to draw charts of Altair", error)) from None
    if address := _address(spec):
        raise Refused(f"the chart loads its data from '{address:.60}': read them in the script, into a data frame")
    for folder in {str(font.parent) for font in fonts}:
        vl_convert.register_font_directory(folder)
    try:
        return str(vl_convert.vegalite_to_svg({**spec, "config": _merged(_VEGA, _own(spec))}))
    except ValueError as error:
        raise Refused(f"the chart cannot be drawn: {' '.join(str(error).split())[:300]}") from None


def _own(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a chart without those that Altair gives every chart."""
    given = dict(spec.get("config", {}))
    return {
        key: value
        for key, value in given.items()
        if (key, value) != ("view", {"continuousWidth": 300, "continuousHeight": 300})
    }


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with others laid over them, key by key."""
    both = {
        key: _merged(base[key], over[key])
        for key in base
        if isinstance(base[key], dict) and isinstance(over.get(key), dict)
    }
    return {**base, **over, **both}


def _address(spec: Any) -> str:
    """Return the first address from which a chart would load something; "" for none."""
    if isinstance(spec, dict):
        if isinstance(spec.get("url"), str) and not spec["url"].startswith("data:"):
            return str(spec["url"])
        return next(filter(None, map(_address, spec.values())), "")
    return next(filter(None, map(_address, spec)), "") if isinstance(spec, list) else ""


def _missing(purpose: str, error: ModuleNotFoundError) -> str:
    return f"{purpose}, Verideck needs the package {error.name}: pip install 'verideck[values]'"
