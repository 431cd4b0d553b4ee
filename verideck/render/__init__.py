"""Slides and results to pages, and pages to PDF.

The room's face: from other rooms, only these names are used.
"""

from verideck.render.assets import font_face, print_fonts, screen_fonts
from verideck.render.charset import characters, shown_text
from verideck.render.pages import content_policy, print_html, render_template, screen_html, shown_date, slide_sections
from verideck.render.pdf.document import PangoMissing, lay_out, write_pdf
from verideck.render.pdf.frames import with_all_frames
from verideck.render.pdf.layout import Anchor, Drawing, Layout, Overflow, SlideLayout, layout_from_json, layout_to_json
from verideck.render.provenance import provenance_file, slide_origins
from verideck.render.reveal import reveal_assets
from verideck.render.slides import SlideView, slide_view, slide_views, stepped_views
from verideck.render.values import (
    frames,
    output_text,
    result_of,
    table,
    texts,
    value,
    value_text,
)

__all__ = [
    "Anchor",
    "Drawing",
    "Layout",
    "Overflow",
    "PangoMissing",
    "SlideLayout",
    "SlideView",
    "characters",
    "content_policy",
    "font_face",
    "frames",
    "lay_out",
    "layout_from_json",
    "layout_to_json",
    "output_text",
    "print_fonts",
    "print_html",
    "provenance_file",
    "render_template",
    "result_of",
    "reveal_assets",
    "screen_fonts",
    "screen_html",
    "shown_date",
    "shown_text",
    "slide_origins",
    "slide_sections",
    "slide_view",
    "slide_views",
    "stepped_views",
    "table",
    "texts",
    "value",
    "value_text",
    "with_all_frames",
    "write_pdf",
]
