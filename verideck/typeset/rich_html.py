"""HTML that values give of themselves (`_repr_html_`), without all but its text, tables and looks.

Style sheets are moved into `style` attributes (css-inline); then only listed elements, attributes and properties stay
(nh3), and no value that could load something. Colours that tables of great_tables have by default become the page's.
"""

from __future__ import annotations

import functools
import html
import re

_TAGS = {
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("div", "span", "p", "br", "hr", "b", "strong", "i", "em", "u", "s", "small", "sub", "sup", "code", "pre", "kbd"),
    *("ul", "ol", "li", "dl", "dt", "dd", "h2", "h3", "h4", "h5", "h6", "blockquote"),
}
_DROPPED = {"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math"}
_ATTRIBUTES = {"*": {"style"}, "th": {"style", "colspan", "rowspan", "scope"}, "td": {"style", "colspan", "rowspan"}}
_SIDES = ("top", "right", "bottom", "left")
_PROPERTIES = {
    *("color", "background", "background-color", "font-weight", "font-style", "text-decoration", "text-transform"),
    *("text-align", "vertical-align", "white-space", "border", "border-collapse", "border-spacing", "width"),
    *("border-color", "border-style", "border-width", "opacity", "padding", "font-variant-numeric"),
    *(f"{name}-{side}" for side in _SIDES for name in ("border", "padding")),
    *(f"border-{side}-{part}" for side in _SIDES for part in ("color", "style", "width")),
}
_LOADS = re.compile(r"url\s*\(|image|@|expression|\\\\|var\s*\((?!--(?:rule|soft)\))", re.IGNORECASE)
_DEFAULTS = {"color: #333333": "", "background-color: #ffffff": ""}
_LINES = {"#d3d3d3": "var(--rule)", "#a8a8a8": "var(--soft)"}


@functools.lru_cache(maxsize=256)
def clean(markup: str) -> str:
    """Return HTML that is safe to show; raises ModuleNotFoundError without nh3 or css-inline."""
    import css_inline
    import nh3

    if "<style" in markup:
        markup = css_inline.inline(markup, load_remote_stylesheets=False)
        markup = re.sub(r"(?s)^.*?<body>|</body>.*$", "", markup)
    cleaned = nh3.clean(
        markup,
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        url_schemes=set(),
        link_rel=None,
        filter_style_properties=_PROPERTIES,
        attribute_filter=_style,
    )
    return re.sub(r"\n\s*", "\n", cleaned).strip()


def _style(tag: str, name: str, value: str) -> str | None:
    """Return an attribute without declarations that load something, and with the page's colours for defaults."""
    if name != "style":
        return value
    kept = []
    for declaration in re.split(r";(?![^(]*\))", value):
        text = ": ".join(part.strip() for part in declaration.split(":", 1))
        if text and not _LOADS.search(text) and text.lower() not in _DEFAULTS:
            for colour, role in _LINES.items():
                text = re.sub(f"(?i){colour}", role, text)
            kept.append(text)
    return "; ".join(kept) or None


def text_of(markup: str) -> str:
    """Return the words of HTML, one line for each row of a table."""
    rows = re.sub(r"(?i)</(tr|p|div|li|h\d)>|<br>", "\n", markup)
    words = html.unescape(re.sub(r"<[^>]*>", " ", rows))
    return "\n".join(" ".join(line.split()) for line in words.split("\n") if line.strip())
