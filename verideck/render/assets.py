"""Font faces of pages: embedded, served, or as files for print."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path

from verideck.typeset.fonts import ENLARGED, LATIN, MATH, MONO, SANS, WEIGHTS, Fonts

FAMILIES = {"text": SANS, "code": MONO, "math": MATH}
SERVED_FONTS = {"text": SANS, "latin": LATIN, "code": MONO, "math": MATH}
"""Name in the URL of a served font → family."""


def screen_fonts(texts: Mapping[str, str], fonts: Fonts) -> str:
    """Return embedded font faces for `texts` (text, code, math → characters), each with only these characters."""
    faces = []
    for role, family in FAMILIES.items():
        for source, share in fonts.shares(family, texts[role]) if role in texts else ():
            data = base64.b64encode(fonts.subset(source, share)).decode()
            url = f'url("data:font/woff2;base64,{data}") format("woff2")'
            faces.append(
                font_face(family, "400" if family == MATH else "400 800", url, share if source != family else "")
            )
    return "\n".join(faces)


def served_fonts(fonts: Fonts) -> Iterator[str]:
    """Yield font faces that load complete fonts from `/font/NAME`, with the names of SERVED_FONTS."""
    for name, family in SERVED_FONTS.items():
        url, weight = f'url("/font/{name}")', "400" if family == MATH else "100 900"
        if family == LATIN:
            yield font_face(SANS, weight, url, fonts.lacking, ENLARGED)
        else:
            yield font_face(family, weight, url)


def font_face(family: str, weight: str, source: str, only: str = "", size: float = 1) -> str:
    """Return a font face, for the characters in `only` or for all; later faces of a family take precedence."""
    codes = ", ".join(f"U+{ord(char):X}" for char in only if not char.isspace())
    more = f" unicode-range: {codes};" if only else ""
    more += f" size-adjust: {size:.1%};" if size != 1 else ""
    return f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: {source};{more} }}'


def print_fonts(texts: Mapping[str, str], fonts: Fonts) -> tuple[str, dict[str, Path]]:
    """Return the font faces of the print page, and URL → font file."""
    faces, files = [], {}
    for role, family in FAMILIES.items():
        for source, share in fonts.shares(family, texts[role]) if family in WEIGHTS else ():
            for weight in WEIGHTS[source]:
                url = f"deck:fonts/{source.replace(' ', '')}-{weight}.ttf"
                files[url] = fonts.static(source, weight, share)
                faces.append(font_face(source, str(weight), f'url("{url}")'))
    return "\n".join(faces), files
