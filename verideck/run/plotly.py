"""Figures of Plotly: which ones can be shown, and their stills for print.

On the screen Plotly's library draws them from their JSON. Under the page's content policy it cannot compile code or
load maps, so that some kinds of trace are refused when they are recorded.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from verideck.core.cache import Cache
from verideck.core.hashing import digest, to_json
from verideck.core.packages import installed
from verideck.core.theme import BASE

WIDTH, HEIGHT = 1000, 460
"""px of a figure that does not say how large it is."""
_COMPILED = ("splom", "parcoords", "pointcloud", "heatmapgl", "scatterpolargl")
_SPACE = ("scatter3d", "surface", "mesh3d", "cone", "streamtube", "volume", "isosurface")
_MAPS = (
    "scattergeo",
    "choropleth",
    "scattermap",
    "choroplethmap",
    "densitymap",
    "scattermapbox",
    "choroplethmapbox",
    "densitymapbox",
)


_FONT = '"Noto Sans JP", "Source Sans 3", sans-serif'


class Refused(Exception):
    """A value that cannot be shown, and why."""


def finish(figure: Mapping[str, Any], root: Path | None = None) -> dict[str, Any]:
    """Return a figure as it is recorded, with a still if a browser is there; raises Refused.

    root: the project in whose cache stills are kept, so that each is drawn once.
    """
    for trace in figure["data"]:
        _check(str(trace.get("type", "scatter")))
    shown = {"data": figure["data"], "layout": figure["layout"]}
    still = _kept_still(with_style(shown, BASE), root) if _can_draw() else ""
    return {"kind": "plotly", "figure": shown} | ({"still": still} if still else {})


def _check(kind: str) -> None:
    if kind == "scattergl":
        hint = "draw it with render_mode='svg' (px.scatter, px.line), or as go.Scatter"
        raise Refused(f"a scattergl trace compiles code, which a slide does not allow: {hint}")
    if kind in _COMPILED:
        raise Refused(f"a {kind} trace compiles code, which a slide does not allow")
    if kind in _SPACE:
        raise Refused(f"a {kind} trace needs WebGL, which a slide does not use")
    if kind in _MAPS:
        raise Refused(f"a {kind} trace loads a map from the network, which a slide does not")


def with_style(figure: Mapping[str, Any], colours: Mapping[str, str]) -> dict[str, Any]:
    """Return a figure with the deck's colours and fonts where its layout does not say otherwise."""
    axis = {
        **{"gridcolor": colours["rule"], "zerolinecolor": colours["rule"], "linecolor": colours["soft"]},
        **{"tickfont": {"color": colours["soft"]}, "automargin": True},
    }
    template = {
        "layout": {
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": _FONT, "size": 16, "color": colours["ink"]},
            "colorway": [colours[f"accent-{number}"] for number in range(1, 9)],
            "xaxis": axis,
            "yaxis": axis,
            "margin": {"l": 60, "r": 20, "t": 50, "b": 50},
            "hoverlabel": {"font": {"family": _FONT}},
        }
    }
    layout = dict(figure["layout"])
    size = {"width": layout.get("width", WIDTH), "height": layout.get("height", HEIGHT)}
    data = figure["data"]
    if "template" not in layout:
        layout["template"] = template
        # Plotly Express writes the usual colours into each trace.
        text = json.dumps(data)
        for usual, number in zip(_USUAL, range(1, 9), strict=False):
            text = text.replace(f'"{usual}"', json.dumps(colours[f"accent-{number}"]))
        data = json.loads(text)
    return {"data": data, "layout": {**layout, **size}}


_USUAL = ("#636efa", "#EF553B", "#00cc96", "#ab63fa", "#FFA15A", "#19d3f3", "#FF6692", "#B6E880")


@functools.cache
def _can_draw() -> bool:
    """Tell whether Kaleido and a browser are there."""
    try:
        import kaleido  # type: ignore[import-untyped]  # noqa: F401
        from choreographer.browsers.chromium import Chromium
    except ImportError:
        return False
    return bool(Chromium.find_browser(skip_local=False))


def _kept_still(figure: Mapping[str, Any], root: Path | None) -> str:
    """Return the still of a figure: one that was drawn before, by the same libraries, or a new one."""
    if not root:
        return _still(figure)
    versions = installed(sys.path)
    key = digest(to_json([figure, versions.get("plotly"), versions.get("kaleido")]))
    stills = Cache(root, "stills")
    if found := stills.get(key):
        return found.decode()
    still = _still(figure)
    if still:
        stills.put(key, still.encode())
    return still


_one_at_a_time = threading.Lock()


def _still(figure: Mapping[str, Any]) -> str:
    """Return a figure as PNG in base64, two pixels for each px, drawn in a browser; "" if that fails."""
    import kaleido

    layout = figure["layout"]
    options = {"format": "png", "scale": 2, "width": layout["width"], "height": layout["height"]}
    with _one_at_a_time, contextlib.suppress(Exception):  # of a damaged browser: print then needs `:print:`
        return base64.b64encode(kaleido.calc_fig_sync(dict(figure), opts=options)).decode()
    return ""
