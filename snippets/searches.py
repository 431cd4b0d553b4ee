"""Three ways to search the unit cube for the smallest value; each returns what it saw."""

import itertools

import numpy as np
import optuna

n_trials = 32


def grid(objective, dimensions, seed):
    steps = round(n_trials ** (1 / dimensions))
    points = list(itertools.product((np.arange(steps) + 0.5) / steps, repeat=dimensions))
    return [objective(point) for point in np.random.default_rng(seed).permutation(points)]


def random(objective, dimensions, seed):
    points = np.random.default_rng(seed).random((n_trials, dimensions))
    return [objective(point) for point in points]


def tpe(objective, dimensions, seed):
    def suggest(trial):
        return objective([trial.suggest_float(f"u{i}", 0, 1) for i in range(dimensions)])

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(suggest, n_trials=n_trials)
    return [trial.value for trial in study.trials]
