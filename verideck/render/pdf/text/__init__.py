"""The text engine of the PDF: HarfBuzz shapes, UAX #14 breaks, fonts come by @font-face alone.

WeasyPrint calls its text libraries through one module, `weasyprint.text.ffi`; `install` puts ours in its place.
"""

from __future__ import annotations

import sys


def install() -> None:
    """Let WeasyPrint set text by this engine from its import on."""
    from verideck.render.pdf.text import ffi

    name = "weasyprint.text.ffi"
    if sys.modules.get(name) is ffi:
        return
    for one in [one for one in sys.modules if one.partition(".")[0] == "weasyprint"]:
        del sys.modules[one]  # imported by somebody else, with the system's libraries
    sys.modules[name] = ffi
