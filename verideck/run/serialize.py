"""Results as JSON data and back."""

from __future__ import annotations

from typing import Any

from verideck.core.run_model import Failure, Figure, Result


def result_to_json(result: Result) -> dict[str, Any]:
    """Return a result as JSON data; floats keep every bit, inf and nan stay as Python's `json` writes them."""
    error = result.error
    return {
        "stdout": result.stdout,
        "figures": [{"label": figure.label, "svg": figure.svg} for figure in result.figures],
        "values": dict(result.values),
        "invalid": dict(result.invalid),
        "error": error
        and {"kind": error.kind, "message": error.message, "line": error.line, "traceback": error.traceback},
        "inputs": [list(pair) for pair in result.inputs],
        "versions": [list(pair) for pair in result.versions],
    }


def result_from_json(data: Any) -> Result:
    """Return the result that `result_to_json` wrote; missing parts are empty.

    Raises ValueError for data of another shape.
    """
    error = _typed(data.get("error"), dict | None) if isinstance(data, dict) else None
    if not isinstance(data, dict):
        raise ValueError("a result is a JSON object")
    return Result(
        stdout=_text(data.get("stdout", "")),
        figures=tuple(
            Figure(_text(figure.get("label")), _typed(figure.get("svg"), str))
            for figure in _typed(data.get("figures", []), list, dict)
        ),
        values=_typed(data.get("values", {}), dict),
        invalid=_typed(data.get("invalid", {}), dict),
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
        raise ValueError(f"{value!r:.60} has no place in a result")
    return value


def _text(value: Any) -> str:
    """Return a text as it can be written: halves of surrogate pairs become question marks."""
    return str(_typed(value, str)).encode(errors="replace").decode()


def _pairs(data: Any) -> tuple[tuple[str, str], ...]:
    return tuple((_typed(first, str), _typed(second, str)) for first, second in _typed(data, list, list))
