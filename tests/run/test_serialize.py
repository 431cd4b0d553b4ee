"""Results as JSON: every bit comes back, other shapes are refused."""

import math
from typing import Any

import pytest

from verideck.core.run_model import Figure, Result
from verideck.run.serialize import result_from_json, result_to_json


def test_half_of_a_surrogate_pair_in_a_label_becomes_a_question_mark() -> None:
    found = result_from_json({"stdout": "\ud800", "figures": [{"label": "a\udc00", "svg": "<svg/>"}]})
    assert found == Result(stdout="?", figures=(Figure("a?", "<svg/>"),))


def test_nan_and_infinity_are_kept() -> None:
    values: Any = result_from_json(result_to_json(Result(values={"x": [math.nan, -math.inf]}))).values["x"]
    assert math.isnan(values[0])
    assert values[1] == -math.inf


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"stdout": 1},
        {"figures": [1]},
        {"figures": [{"label": ""}]},
        {"values": []},
        {"error": {"kind": "x"}},
        {"error": "x"},
        {"inputs": [["a", 1]]},
        {"inputs": [["a"]]},
    ],
)
def test_data_of_another_shape_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        result_from_json(data)
