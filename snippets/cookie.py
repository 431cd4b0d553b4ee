"""A cookie tuned like a model: the taste function is made up, the search is not."""

import optuna

# region parameters
language = "ja"
# endregion
liking = {"dark": 9, "milk": 10, "white": 8}
sweetness = {"dark": 0, "milk": 25, "white": 40}


def taste(sugar, butter, salt, chips, chocolate):
    sweet = sugar + sweetness[chocolate]
    off = [(sweet - 120) / 40, (butter - 110) / 30, (salt - sweet / 60) / 2, (chips - 140) / 60]
    return liking[chocolate] - sum(amount**2 for amount in off)


# region search
def objective(trial):
    sugar = trial.suggest_int("sugar", 0, 200, step=5)
    butter = trial.suggest_int("butter", 0, 200, step=5)
    salt = trial.suggest_float("salt", 0, 10, step=0.5)
    chips = trial.suggest_int("chips", 0, 300, step=5)
    chocolate = trial.suggest_categorical("chocolate", list(liking))
    return taste(sugar, butter, salt, chips, chocolate)
# endregion


optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=6), direction="maximize")
study.optimize(objective, n_trials=100)
best_taste, best_recipe = study.best_value, study.best_params

words = {"ja": "砂糖 バター 塩 チョコチップ チョコの種類 おいしさ ダーク ミルク ホワイト"}
words["en"] = "sugar butter salt chips chocolate taste dark milk white"
word = dict(zip(words["en"].split(), words[language].split()))
recipe = {word[name]: word.get(amount, f"{amount} g") for name, amount in best_recipe.items()}
recipe[word["taste"]] = best_taste
