"""A study as it goes on: the error of every trial and the smallest so far."""

import matplotlib.pyplot as plt
import numpy as np
import optuna
from points import X_train, X_valid, y_train, y_valid
from sklearn.linear_model import Ridge

# region parameters
language = "ja"
# endregion
title, trials, best = {
    "ja": ("評価用の点での誤差 E", "試行回数", "最良"),
    "en": ("Error E on held-out points", "Trials", "best"),
}[language]


def objective(trial):
    alpha = trial.suggest_float("alpha", 0.01, 10000, log=True)
    model = Ridge(alpha=alpha, solver="svd").fit(X_train, y_train)
    return np.sum((y_valid - model.predict(X_valid)) ** 2)


optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=6))
study.optimize(objective, n_trials=30)
best_lambda, best_error = study.best_params["alpha"], study.best_value
tried, errors = zip(*((t.params["alpha"], t.value) for t in study.trials), strict=True)
best_so_far = np.minimum.accumulate(errors)
for n in range(1, 31):
    figure = plt.figure(figsize=(6.43, 3.88), layout="none")
    figure.subplots_adjust(left=0.06, right=0.99, bottom=0.16, top=0.91)
    plt.plot(range(1, n + 1), errors[:n], "o", color="C2", zorder=3)
    plt.plot(n, errors[n - 1], "o", color="C2", markersize=15, fillstyle="none", mew=1.5)
    plt.step(range(1, n + 1), best_so_far[:n], where="post", color="C1")
    plt.text(n + 0.8, best_so_far[n - 1], best, color="C1", va="center")
    plt.title(title, color="C2")
    plt.setp(plt.gca(), xlabel=trials, xlim=(0, 34), ylim=(0, 90))
    plt.show()
    plt.close()
