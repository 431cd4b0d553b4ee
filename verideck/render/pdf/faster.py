"""Lets WeasyPrint 70 make the same pages in less time.

Where time goes in a deck of many slides: styles that are computed anew for each slide, paths of SVG pictures that are
read number by number, and the search for garbage among millions of objects that are all in use. In a short deck it goes
to style sheets that are parsed anew for each layout.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import re
from collections.abc import Iterator
from typing import Any

_PLAIN = re.compile(r"\s*+M(?>[MLQCZ\s,]++|[-+]?(?>\d++\.?\d*+|\.\d++)(?=[MLQCZ\s,]|$))*+")
"""The data of a path that says all places by absolute coordinates, as Matplotlib and ziamath write it."""
_STEP = re.compile(r"([MLQCZ])([^MLQCZ]*)")
_FRACTION = re.compile(r"\.(\d+)")
_OPERATORS = {"M": (2, "m"), "L": (2, "l"), "Q": (4, "c"), "C": (6, "c")}
"""How many numbers a step takes, and its operator in a PDF."""
_SHARED = re.compile(r"@(?!page\b|media\b|supports\b)[\w-]", re.IGNORECASE)
"""Rules by which a style sheet depends on others, or makes something known outside of it, such as a font."""
_SHEETS = 16
"""Style sheets kept as parsed."""


@contextlib.contextmanager
def no_collections() -> Iterator[None]:
    """Look for garbage afterwards: what a layout makes is in use until it is done."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def install() -> None:
    """Change WeasyPrint after its import."""
    from weasyprint import css, svg

    if hasattr(css, "id"):
        return
    _share_styles(css)
    _keep_sheets(css)
    slow = svg.TAGS["path"]
    svg.TAGS["path"] = lambda drawing, node, size: _draw_path(drawing, node) or slow(drawing, node, size)


def _share_styles(css: Any) -> None:
    """Compute a style once for all elements that have the same rules and equal parents.

    WeasyPrint does so for the children of one parent. Parents that differ in their anchor, as slides do, hand down the
    same values; and the styles of pseudo-elements, six for each element, are equal where the elements' styles are.
    """
    compute = css.StyleFor.set_computed_styles

    def set_computed_styles(self: Any, element: Any, parent: Any, **options: Any) -> None:
        kind = options.get("pseudo_type")
        rules = self.get_cascaded_styles().get((element, kind), {})
        if parent is None or not hasattr(element, "tag"):  # the root, or a page
            compute(self, element, parent=parent, **options)
            return
        styles = self.get_computed_styles()
        same = tuple((name, id(value), weight) for name, (value, weight) in rules.items() if name != "anchor")
        shared = self.__dict__.setdefault("shared", {})
        known = shared.get((css.id(styles[parent, None]), kind, same))
        if known and "anchor" not in rules:
            styles[element, kind] = known
            return
        compute(self, element, parent=parent, **options)
        made = styles[element, kind]
        made.alike = known or shared.setdefault((css.id(styles[parent, None]), kind, same), made)

    css.StyleFor.set_computed_styles = set_computed_styles
    # By the identity of their parent's style WeasyPrint finds children whose styles are the same.
    css.id = lambda one: id(getattr(one, "alike", one))


def _keep_sheets(css: Any) -> None:
    """Parse a style sheet once: its rules for elements and pages, and what is said of it, depend on its text alone."""
    parse, kept = css.CSS, dict[tuple[object, ...], tuple[Any, list[Any], list[logging.LogRecord]]]()

    def sheet(**options: Any) -> Any:
        text = options.get("string")
        if text is None or _SHARED.search(text):
            return parse(**options)
        key = (text, options["base_url"], options["media_type"])
        if key not in kept:
            pages: list[Any] = []
            with Records() as said:
                made = parse(**options | {"page_rules": pages})
            if len(kept) == _SHEETS:
                del kept[next(iter(kept))]
            kept[key] = made, pages, said.records
        else:
            for record in kept[key][2]:
                css.LOGGER.handle(record)
        options["page_rules"].extend(kept[key][1])
        return kept[key][0]

    css.CSS = sheet


class Records(logging.Handler):
    """Keeps what WeasyPrint says while it is open, and lets nobody else hear it."""

    def __enter__(self) -> Records:
        self.records: list[logging.LogRecord] = []
        logger = logging.getLogger("weasyprint")
        logger.addHandler(self)
        logger.propagate = False
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("weasyprint").removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The messages that are warnings or worse."""
        return tuple(record.getMessage() for record in self.records if record.levelno >= logging.WARNING)


def _draw_path(drawing: Any, node: Any) -> bool:
    """Draw a path of absolute coordinates without markers; return whether it is one."""
    data = node.get("d", "")
    if not _PLAIN.fullmatch(data) or any(name.startswith("marker") for name in node.attrib):
        return False
    places = 2 + max(map(len, ["00", *_FRACTION.findall(data)]))
    steps: list[str] = []
    here = start = ["0", "0"]
    for letter, words in _STEP.findall(data):
        if letter == "Z":
            steps.append("h")
            here = start
            continue
        numbers = words.replace(",", " ").split()
        count, operator = _OPERATORS[letter]
        if not numbers or len(numbers) % count:
            return False
        for at in range(0, len(numbers), count):
            part = numbers[at : at + count]
            steps.append(f"{' '.join(_cubic(here, part, places) if letter == 'Q' else part)} {operator}")
            here = part[-2:]
            if operator == "m":  # further numbers are lines
                start, operator = here, "l"
    drawing.stream.stream.append("\n".join(steps).encode())
    return True


def _cubic(here: list[str], curve: list[str], places: int) -> list[str]:
    """Return the numbers of a quadratic curve as those of a cubic one."""
    x, y, over_x, over_y, to_x, to_y = map(float, (*here, *curve))
    controls = (x + 2 * over_x, y + 2 * over_y, to_x + 2 * over_x, to_y + 2 * over_y)
    return [*(f"{three / 3:.{places}f}" for three in controls), *curve[2:]]
