"""What stands in the place of `weasyprint.text.ffi`: libraries in Python, behind the names by which they are called.

Pointers are Python's own objects, NULL is None, text is UTF-8 bytes, as those who call expect. A function that a newer
WeasyPrint calls and that is missing here raises AttributeError; a test looks for all of them beforehand.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from verideck.render.pdf.text import fontconfig, harfbuzz, pango
from verideck.render.pdf.text.fonts import UNITS

__all__ = [
    "FROM_UNITS",
    "TO_UNITS",
    "ffi",
    "fontconfig",
    "gobject",
    "harfbuzz",
    "harfbuzz_subset",
    "harfbuzz_vector",
    "pango",
    "pangoft2",
    "unicode_to_char_p",
]

TO_UNITS, FROM_UNITS = UNITS, 1 / UNITS

harfbuzz_subset = harfbuzz
harfbuzz_vector = None  # glyphs in colours are given as pictures
pangoft2 = fontconfig
gobject = SimpleNamespace(g_object_unref=lambda pointer: None)


class _Array(list[Any]):
    """Memory of C's: a list that can be opened as a context."""

    def __enter__(self) -> _Array:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class _Ffi:
    """The part of cffi that is called: with Python's objects for pointers there is hardly anything to do."""

    NULL = None

    @staticmethod
    def new(kind: str, value: Any = None) -> Any:
        """Return memory for a type: a record for a struct, else a list."""
        if kind == "PangoRectangle *":
            return pango.Rectangle()
        if kind.endswith("*"):
            return _Array([value])
        if isinstance(value, list | tuple):
            return _Array(value)
        return _Array([None] * int(value if value is not None else kind.partition("[")[2].rstrip("]")))

    @staticmethod
    def gc(pointer: Any, destructor: Callable[..., object]) -> Any:
        return pointer

    @staticmethod
    def cast(kind: str, pointer: Any) -> Any:
        return pointer

    @staticmethod
    def string(pointer: Any) -> bytes:
        return bytes(pointer)

    @staticmethod
    def unpack(data: bytes, length: int) -> bytes:
        return data[:length]

    @staticmethod
    def release(pointer: Any) -> None:
        pass


ffi = _Ffi()


def unicode_to_char_p(string: str) -> tuple[bytes, bytes]:
    """Return a text as (pointer, bytes)."""
    text = string.encode().replace(b"\0", b"")
    return text, text
