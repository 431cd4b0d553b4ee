"""What the slides claim about Ridge regression, held against the data and the scripts that the slides show."""

from __future__ import annotations

import ast
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from tests.harness import ROOT

pytestmark = pytest.mark.slow

SNIPPETS = ROOT / "snippets"
SCRIPTS = sorted(SNIPPETS.glob("*.py"))
LAMBDAS = [0, 0.01, 1, 150, 200, 2000, 1e6]


@pytest.fixture(autouse=True)
def snippets_importable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(SNIPPETS))
    with matplotlib.rc_context():
        matplotlib.use("Agg")
        yield
    plt.close("all")


@pytest.fixture
def points() -> dict[str, Any]:
    return run("points.py")


def run(name: str) -> dict[str, Any]:
    return runpy.run_path(str(SNIPPETS / name), run_name="__main__")


def closed_form(points: dict[str, Any], penalty: float) -> tuple[float, float]:
    """Return w(λ) = Sxy / (Sxx + λ) and b(λ) = ȳ - w x̄ for the fitted points."""
    x, y = points["X_train"][:, 0], points["y_train"]
    w = np.sum((x - x.mean()) * (y - y.mean())) / (np.sum((x - x.mean()) ** 2) + penalty)
    return w, y.mean() - w * x.mean()


def errors(points: dict[str, Any], part: str, penalties: np.ndarray) -> np.ndarray:
    """Return E(w(λ), b(λ)), the sum of squared errors on one part of the data, for each λ."""
    x, y = points[f"X_{part}"][:, 0], points[f"y_{part}"]
    lines = (closed_form(points, penalty) for penalty in penalties)
    return np.array([np.sum((y - (w * x + b)) ** 2) for w, b in lines])


@pytest.mark.parametrize("penalty", LAMBDAS)
def test_ridge_of_scikit_learn_is_the_closed_form_of_the_slides(points: dict[str, Any], penalty: float) -> None:
    from sklearn.linear_model import Ridge

    model = Ridge(alpha=penalty, solver="svd").fit(points["X_train"], points["y_train"])
    assert (model.coef_[0], model.intercept_) == pytest.approx(closed_form(points, penalty), rel=1e-10, abs=1e-10)


def test_no_penalty_is_least_squares(points: dict[str, Any]) -> None:
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit(points["X_train"], points["y_train"])
    assert (model.coef_[0], model.intercept_) == pytest.approx(closed_form(points, 0), rel=1e-10)


def test_the_fit_has_the_smallest_cost_of_all_lines_near_it(points: dict[str, Any]) -> None:
    x, y, penalty = points["X_train"][:, 0], points["y_train"], 200

    def cost(w: float, b: float) -> float:
        return float(np.sum((y - (w * x + b)) ** 2) + penalty * w**2)

    w, b = closed_form(points, penalty)
    assert all(cost(w, b) < cost(w + dw, b + db) for dw, db in [(0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01)])


def test_slopes_on_the_slide_shrink_as_the_penalty_grows(points: dict[str, Any]) -> None:
    shown = run("ridge_fits.py")
    assert shown["lambdas"] == sorted(shown["lambdas"])
    assert shown["lambdas"][0] == 0
    assert shown["slopes"] == pytest.approx([closed_form(points, penalty)[0] for penalty in shown["lambdas"]])
    assert all(0 < after < 0.6 * before for before, after in zip(shown["slopes"], shown["slopes"][1:], strict=False))


def test_error_on_the_fitted_points_only_grows_with_the_penalty(points: dict[str, Any]) -> None:
    assert np.all(np.diff(errors(points, "train", np.append(0, np.geomspace(0.01, 1e4, 100)))) > 0)


def test_error_on_held_out_points_falls_then_rises(points: dict[str, Any]) -> None:
    values = errors(points, "valid", np.append(0, np.geomspace(0.01, 1e4, 100)))
    lowest = int(np.argmin(values))
    assert np.all(np.diff(values[: lowest + 1]) < 0)
    assert np.all(np.diff(values[lowest:]) > 0)
    assert values[lowest] < 0.5 * min(values[0], values[-1])


def test_what_the_curve_shows_as_best_is_the_best_of_the_closed_form(points: dict[str, Any]) -> None:
    shown = run("held_out.py")
    assert shown["best_error"] == pytest.approx(errors(points, "valid", shown["lambdas"]).min())
    assert 0 < shown["best"] < len(shown["lambdas"]) - 1


def test_tuning_finds_a_better_penalty_than_the_one_set_by_hand() -> None:
    plain, tuned = run("plain_training.py"), run("optuna_tuning.py")
    assert tuned["error"] < plain["error"]


def test_the_history_on_the_slides_is_the_study_of_the_code_on_the_slides() -> None:
    history, tuned = run("study_history.py"), run("optuna_tuning.py")
    assert history["best_lambda"] == pytest.approx(tuned["alpha"], rel=1e-6)
    assert history["best_error"] == pytest.approx(tuned["error"], rel=1e-6)


def test_optuna_adds_lines_to_the_plain_script_and_changes_only_where_the_penalty_comes_from() -> None:
    plain, tuned = (
        [line.strip() for line in (SNIPPETS / name).read_text(encoding="utf-8").splitlines()]
        for name in ("plain_training.py", "optuna_tuning.py")
    )
    assert [line for line in plain if line not in tuned] == ["alpha = 200"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_scripts_are_short_and_know_nothing_of_the_engine(script: Path) -> None:
    source = script.read_text(encoding="utf-8")
    slide_13 = script.name in ("plain_training.py", "optuna_tuning.py")
    assert len(source.splitlines()) <= (30 if slide_13 else 40)
    assert max(map(len, source.splitlines())) <= (76 if slide_13 else 100)
    imported = [
        name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    ]
    assert not [name for name in imported if name.split(".")[0] == "verideck"]
