"""HarfBuzz's functions by uharfbuzz: tables, subsets, pictures of glyphs."""

from __future__ import annotations

import io

import uharfbuzz
from PIL import Image

from tests.render.pdf.text.faces import dejavu, tiny
from verideck.render.pdf.text import harfbuzz


def test_a_subset_keeps_the_numbers_of_its_glyphs() -> None:
    face = uharfbuzz.Face(dejavu("Sans"))
    kept = uharfbuzz.Font(face).get_nominal_glyph(ord("q"))
    wanted = harfbuzz.hb_subset_input_create_or_fail()
    harfbuzz.hb_set_add_sorted_array(harfbuzz.hb_subset_input_glyph_set(wanted), [kept], 1)
    harfbuzz.hb_subset_input_set_flags(wanted, harfbuzz.HB_SUBSET_FLAGS_RETAIN_GIDS)
    dropped = harfbuzz.hb_subset_input_set(wanted, harfbuzz.HB_SUBSET_SETS_DROP_TABLE_TAG)
    harfbuzz.hb_set_add_sorted_array(dropped, [harfbuzz.hb_tag_from_string(b"GSUB", -1)], 1)
    made = harfbuzz.hb_subset_or_fail(face, wanted)
    assert len(made.blob.data) < len(face.blob.data) / 10
    assert uharfbuzz.Font(made).get_glyph_extents(kept) == uharfbuzz.Font(face).get_glyph_extents(kept)
    assert "GSUB" not in made.table_tags


def test_tables_are_listed_and_read() -> None:
    face, count, tags, name = uharfbuzz.Face(tiny("a")), [100], [""] * 100, [0] * 4
    harfbuzz.hb_face_get_table_tags(face, 0, count, tags)
    harfbuzz.hb_tag_to_string(tags[count[0] - 1], name)
    assert bytes(name).decode() == tags[count[0] - 1]
    assert {"OS/2", "glyf", "head"} <= set(tags[: count[0]])
    table = harfbuzz.hb_face_reference_table(face, harfbuzz.hb_tag_from_string(b"glyf", -1))
    length = [0]
    assert harfbuzz.hb_blob_get_data(table, length)
    assert length[0] == harfbuzz.hb_blob_get_length(table) > 0
    assert harfbuzz.hb_blob_get_data(uharfbuzz.Blob(b""), length) is None


def test_a_glyph_in_colours_is_a_picture_above_and_below_the_base_line() -> None:
    plain, coloured = (uharfbuzz.Face(tiny("\U0001f600", one)) for one in (False, True))
    assert [harfbuzz.hb_ot_color_has_png(face) for face in (plain, coloured)] == [False, True]
    font = uharfbuzz.Font(coloured)
    blob = harfbuzz.hb_ot_color_glyph_reference_png(font, font.get_nominal_glyph(0x1F600))
    picture = Image.open(io.BytesIO(blob.data))
    assert picture.size == (256, 256)
    base = round(0.97 * 256)
    places = {"corner": (5, 5), "yellow": (40, base - 40), "blue": (110, base - 110), "below": (110, 254)}
    seen = {name: picture.getpixel(place) for name, place in places.items()}
    assert seen == {
        "corner": (0, 0, 0, 0),
        "yellow": (255, 204, 0, 255),
        "blue": (0, 0, 255, 255),
        "below": (0, 0, 0, 0),
    }
    assert not harfbuzz.hb_ot_color_glyph_reference_png(font, 0).data
