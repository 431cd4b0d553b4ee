"""JSON Schema as far as our schemas use it: where a value is not what its schema says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

TYPES: dict[str, type | tuple[type, ...]] = {
    "null": type(None), "boolean": bool, "integer": int, "string": str, "array": list, "object": dict,
    "number": (int, float),
}  # fmt: skip
KEYWORDS = {
    *("$schema", "$defs", "title", "description", "$ref", "anyOf", "type", "const", "enum", "pattern", "items"),
    *("properties", "required", "additionalProperties", "not", "maxProperties"),
}


def faults(value: Any, schema: Any, whole: Any = None, at: str = "") -> Iterator[str]:
    """Yield each place of a value that breaks a schema; raises AssertionError for a keyword that is not known here."""
    whole = whole or schema
    assert schema.keys() <= KEYWORDS, schema.keys() - KEYWORDS
    if "$ref" in schema:
        yield from faults(value, whole["$defs"][schema["$ref"].removeprefix("#/$defs/")], whole, at)
    if "anyOf" in schema and all(any(faults(value, one, whole)) for one in schema["anyOf"]):
        yield f"{at}: none of the kinds it may be: {value!r:.80}"
    if "not" in schema and not any(faults(value, schema["not"], whole)):
        yield f"{at}: what it may not be: {value!r:.80}"
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", ())
    if kinds and not any(_is_of(value, kind) for kind in kinds):
        yield f"{at}: no {' or '.join(kinds)}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{at}: not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: none of {schema['enum']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: not like {schema['pattern']}"
    yield from _parts(value, schema, whole, at)


def _is_of(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _parts(value: Any, schema: Any, whole: Any, at: str) -> Iterator[str]:
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from faults(item, schema["items"], whole, f"{at}[{number}]")
    if isinstance(value, dict):
        yield from _members(value, schema, whole, at)


def _members(value: dict[str, Any], schema: Any, whole: Any, at: str) -> Iterator[str]:
    if len(value) > schema.get("maxProperties", len(value)):
        yield f"{at}: more than {schema['maxProperties']} members"
    yield from (f"{at}: lacks {name}" for name in schema.get("required", ()) if name not in value)
    known, more = schema.get("properties", {}), schema.get("additionalProperties", {})
    for name, item in value.items():
        if name in known:
            yield from faults(item, known[name], whole, f"{at}.{name}")
        elif more is False:
            yield f"{at}: knows no {name}"
        else:
            yield from faults(item, more, whole, f"{at}.{name}")
