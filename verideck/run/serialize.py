"""Results as JSON data and back."""

from __future__ import annotations

import math
from typing import Any

from verideck.core.run_model import Failure, Figure, Float, Result, Tuple, Value


def result_to_json(result: Result) -> dict[str, Any]:
    """Return a result as JSON data; floats are exact."""
    error = result.error
    return {
        "stdout": result.stdout,
        "stderr": result.stderr,
        "mixed": result.mixed,
        "figures": [
            {"label": figure.label, "svg": figure.svg, **({"part": figure.part} if figure.part else {})}
            for figure in result.figures
        ],
        "values": {name: value_to_json(value) for name, value in result.values.items()},
        "invalid": dict(result.invalid),
        **({"outputs": dict(result.outputs)} if result.outputs else {}),
        **({"displays": dict(result.displays)} if result.displays else {}),
        "error": error
        and {"kind": error.kind, "message": error.message, "line": error.line, "traceback": error.traceback},
        "inputs": [list(pair) for pair in result.inputs],
        "versions": [list(pair) for pair in result.versions],
    }


def result_from_json(data: Any) -> Result:
    """Return the result that `result_to_json` wrote; missing parts are empty.

    Raises ValueError for data of another form.
    """
    error = _typed(data.get("error"), dict | None) if isinstance(data, dict) else None
    if not isinstance(data, dict):
        raise ValueError("a result is a JSON object")
    return Result(
        stdout=_text(data.get("stdout", "")),
        stderr=_text(data.get("stderr", "")),
        mixed=_text(data.get("mixed", "")),
        figures=tuple(
            Figure(_text(figure.get("label")), _typed(figure.get("svg"), str), _text(figure.get("part", "")))
            for figure in _typed(data.get("figures", []), list, dict)
        ),
        values={name: value_from_json(value) for name, value in _typed(data.get("values", {}), dict).items()},
        invalid=_typed(data.get("invalid", {}), dict),
        outputs={part: _text(text) for part, text in _typed(data.get("outputs", {}), dict).items()},
        displays={key: _typed(value, dict) for key, value in _typed(data.get("displays", {}), dict).items()},
        error=error
        and Failure(
            _typed(error.get("kind"), str),
            _typed(error.get("message"), str),
            _typed(error.get("line"), int),
            _typed(error.get("traceback"), str),
        ),
        inputs=_pairs(data.get("inputs", [])),
        versions=_pairs(data.get("versions", [])),
    )


def _typed(value: Any, kind: Any, item: Any = object) -> Any:
    if not isinstance(value, kind) or (isinstance(value, list) and not all(isinstance(each, item) for each in value)):
        raise ValueError(f"{value!r:.60} is not valid in a result")
    return value


def _text(value: Any) -> str:
    """Return a text that can be encoded: lone surrogates become question marks."""
    return str(_typed(value, str)).encode(errors="replace").decode()


def _pairs(data: Any) -> tuple[tuple[str, str], ...]:
    return tuple((_typed(first, str), _typed(second, str)) for first, second in _typed(data, list, list))


_SPECIAL = (("tuple",), ("float",), ("float", "text"), ("dict",))
"""Keys of the dicts that stand for what JSON lacks, as child.py writes them, too."""


def value_to_json(value: Value) -> Any:
    """Return a value as JSON data: what JSON lacks as a dict that says what it is."""
    if isinstance(value, Float):
        return {"float": value_to_json(float(value)), "text": value.text}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    if isinstance(value, list):
        items = [value_to_json(item) for item in value]
        return {"tuple": items} if isinstance(value, Tuple) else items
    if isinstance(value, dict):
        found = {key: value_to_json(item) for key, item in value.items()}
        return {"dict": found} if tuple(found) in _SPECIAL else found
    return value


def value_from_json(data: Any) -> Value:
    """Return the value that `value_to_json` wrote."""
    if isinstance(data, list):
        return [value_from_json(item) for item in data]
    if not isinstance(data, dict):
        return data  # type: ignore[no-any-return]
    match tuple(data):
        case ("tuple",):
            return Tuple(map(value_from_json, _typed(data["tuple"], list)))
        case ("float",):
            return float(_typed(data["float"], str))
        case ("float", "text"):
            return Float(_typed(value_from_json(data["float"]), float), _typed(data["text"], str))
        case ("dict",):
            data = _typed(data["dict"], dict)
    return {key: value_from_json(item) for key, item in data.items()}
