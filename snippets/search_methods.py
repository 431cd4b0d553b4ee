"""Three ways to search for λ: the same objective, 20 trials each; one telling seed of many."""

import matplotlib.pyplot as plt
import numpy as np
import optuna
from points import X_train, X_valid, y_train, y_valid
from sklearn.linear_model import Ridge


def error(alpha):
    model = Ridge(alpha=alpha, solver="svd").fit(X_train, y_train)
    return np.sum((y_valid - model.predict(X_valid)) ** 2)


optuna.logging.set_verbosity(optuna.logging.WARNING)
lambdas = np.geomspace(0.01, 10000, 201)
curve = [error(alpha) for alpha in lambdas]
grid = {"alpha": list(lambdas[5::10])}
samplers = [optuna.samplers.GridSampler(grid), optuna.samplers.RandomSampler(seed=6)]
samplers.append(optuna.samplers.TPESampler(seed=6))
best_errors = []
figure, panels = plt.subplots(1, 3, figsize=(11.2, 3.4), sharey=True, layout="none")
figure.subplots_adjust(left=0.032, right=0.982, wspace=0.366, bottom=0.2, top=0.9)
for panel, sampler in zip(panels, samplers):
    study = optuna.create_study(sampler=sampler)
    study.optimize(lambda trial: error(trial.suggest_float("alpha", 0.01, 10000, log=True)), 20)
    best_errors.append(study.best_value)
    tried = [trial.params["alpha"] for trial in study.trials]
    panel.semilogx(lambdas, curve, color="C2", linewidth=1.5)
    panel.plot(tried, [trial.value for trial in study.trials], "o", color="C1", alpha=0.6)
    panel.plot(study.best_params["alpha"], study.best_value, "D", color="C1", markersize=13)
    panel.text(0.01, 8, f"E = {study.best_value:.1f}", color="C2")
    panel.set(ylim=(0, 90))
    panel.set_xlabel("λ", color="C1")
    panel.xaxis.set_major_formatter("{x:g}")
panels[0].set_title("E", color="C2")
plt.show()
