"""HarfBuzz's and HarfBuzz-Subset's functions that WeasyPrint calls, under their own names, by uharfbuzz."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import uharfbuzz
from PIL import Image

HB_SUBSET_FLAGS_NO_HINTING = uharfbuzz.SubsetFlags.NO_HINTING
HB_SUBSET_FLAGS_RETAIN_GIDS = uharfbuzz.SubsetFlags.RETAIN_GIDS
HB_SUBSET_FLAGS_DESUBROUTINIZE = uharfbuzz.SubsetFlags.DESUBROUTINIZE
HB_SUBSET_FLAGS_PASSTHROUGH_UNRECOGNIZED = uharfbuzz.SubsetFlags.PASSTHROUGH_UNRECOGNIZED
HB_SUBSET_FLAGS_NOTDEF_OUTLINE = uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
HB_SUBSET_SETS_DROP_TABLE_TAG = "drop_table_tag_set"
HB_VECTOR_EXTENTS_MODE_EXPAND = 1
_PICTURE = 256
"""px in an em of a picture of a glyph."""
_TOP = 0.97
"""Where WeasyPrint places the top of a picture above the base line, about, in em."""


def hb_version_atleast(major: int, minor: int, micro: int) -> bool:
    return True


def hb_tag_from_string(name: bytes, length: int) -> int:
    return int.from_bytes(name.ljust(4))


def hb_tag_to_string(tag: str, text: list[Any]) -> None:
    text[:] = tag.encode()


def hb_font_get_face(font: Any) -> Any:
    return font.face


def hb_face_reference(face: Any) -> Any:
    return face


def hb_face_destroy(face: Any) -> None:
    pass


def hb_face_get_index(face: Any) -> int:
    return int(face.index)


def hb_face_get_upem(face: Any) -> int:
    return int(face.upem)


def hb_face_get_glyph_count(face: Any) -> int:
    return int(face.glyph_count)


def hb_face_get_table_tags(face: Any, start: int, count: list[int], tags: list[str]) -> None:
    found = face.table_tags[start : start + count[0]]
    count[0] = len(found)
    tags[: len(found)] = found


def hb_face_reference_blob(face: Any) -> Any:
    return face.blob


def hb_face_reference_table(face: Any, tag: int) -> Any:
    return face.reference_table(tag.to_bytes(4).decode())


def hb_blob_get_data(blob: Any, length: list[int]) -> bytes | None:
    length[0] = len(blob.data)
    return bytes(blob.data) or None


def hb_blob_get_length(blob: Any) -> int:
    return len(blob.data)


def hb_blob_destroy(blob: Any) -> None:
    pass


def hb_ot_color_has_png(face: Any) -> bool:
    """Return whether there are pictures of glyphs: those in layers of colours are made here."""
    return bool(face.has_color_png or face.has_color_layers or face.has_color_paint)


def hb_ot_color_has_svg(face: Any) -> bool:
    return bool(face.has_color_svg)


def hb_ot_color_has_layers(face: Any) -> bool:
    return False


def hb_ot_color_has_paint(face: Any) -> bool:
    return False


def hb_ot_color_glyph_reference_png(font: Any, glyph: int) -> Any:
    """Return a glyph's picture as PNG, without data where it has none."""
    blob = font.get_glyph_color_png(glyph)
    return blob if blob.data else uharfbuzz.Blob(_painted(font.face, glyph))


def _painted(face: Any, glyph: int) -> bytes:
    """Return a picture of a glyph in layers of colours, as wide and as high as its advance."""
    font, paint = uharfbuzz.Font(face), uharfbuzz.RasterPaint()
    scale = _PICTURE / face.upem
    side = round(font.get_glyph_h_advance(glyph) * scale)
    paint.transform = (scale, 0, 0, scale, 0, 0)
    paint.extents = uharfbuzz.RasterExtents(0, round(_TOP * _PICTURE) - side, side, side, 0)
    if not paint.paint_glyph_or_fail(font, glyph):
        return b""
    image = paint.render()
    pixels = np.frombuffer(image.buffer, np.uint8).reshape(side, -1, 4)[::-1, :side, [2, 1, 0, 3]].astype(float)
    pixels[..., :3] *= 255 / np.maximum(pixels[..., 3:], 1)  # colours come multiplied by how opaque they are
    file = io.BytesIO()
    Image.fromarray(pixels.round().clip(0, 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def hb_ot_color_glyph_reference_svg(face: Any, glyph: int) -> Any:
    return face.get_glyph_color_svg(glyph)


def hb_subset_input_create_or_fail() -> Any:
    return uharfbuzz.SubsetInput()


def hb_subset_input_destroy(wanted: Any) -> None:
    pass


def hb_subset_input_glyph_set(wanted: Any) -> Any:
    return wanted.glyph_set


def hb_subset_input_set(wanted: Any, name: str) -> Any:
    return getattr(wanted, name)


def hb_set_add_sorted_array(numbers: Any, added: list[int], count: int) -> None:
    numbers.update(added[:count])


def hb_subset_input_set_flags(wanted: Any, flags: int) -> None:
    wanted.flags = flags


def hb_subset_or_fail(face: Any, wanted: Any) -> Any:
    try:
        return wanted.subset(face)
    except RuntimeError:
        return None
