"""Renders slides and results as HTML pages, and pages as PDF.

Other rooms use only the names in this module.
"""

from verideck.render.assets import SERVED_FONTS
from verideck.render.figures import frames
from verideck.render.fit import fitted
from verideck.render.pages import cover, deck_fits, print_page, screen_page, served_page, slide_sections, static_page
from verideck.render.pdf.boxes import with_all_frames
from verideck.render.pdf.document import lay_out, pdf_engine, write_pdf
from verideck.render.pdf.layout import (
    LEAST_SCALE,
    Anchor,
    Drawing,
    Layout,
    Overflow,
    SlideLayout,
    layout_from_json,
    layout_to_json,
)
from verideck.render.provenance import provenance_file, slide_origins
from verideck.render.slides import SlideView, slide_view, slide_views
from verideck.render.values import output_text, result_of, table, texts, value, value_text

__all__ = [
    "LEAST_SCALE",
    "SERVED_FONTS",
    "Anchor",
    "Drawing",
    "Layout",
    "Overflow",
    "SlideLayout",
    "SlideView",
    "cover",
    "deck_fits",
    "fitted",
    "frames",
    "lay_out",
    "layout_from_json",
    "layout_to_json",
    "output_text",
    "pdf_engine",
    "print_page",
    "provenance_file",
    "result_of",
    "screen_page",
    "served_page",
    "slide_origins",
    "slide_sections",
    "slide_view",
    "slide_views",
    "static_page",
    "table",
    "texts",
    "value",
    "value_text",
    "with_all_frames",
    "write_pdf",
]
