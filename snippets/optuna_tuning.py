import optuna
from points import X_train, X_valid, y_train, y_valid
from sklearn.linear_model import Ridge

optuna.logging.set_verbosity(optuna.logging.WARNING)


def objective(trial):
    # region space
    alpha = trial.suggest_float("alpha", 0.01, 10000, log=True)
    # endregion
    # region template
    model = Ridge(alpha=alpha)
    model.fit(X_train, y_train)
    error = ((y_valid - model.predict(X_valid)) ** 2).sum()
    # endregion
    return error


# region search
sampler = optuna.samplers.TPESampler(seed=6)
study = optuna.create_study(sampler=sampler, direction="minimize")
study.optimize(objective, n_trials=30)
alpha, error = study.best_params["alpha"], study.best_value
# endregion
print(f"λ = {alpha:.1f}  E = {error:.2f}")
