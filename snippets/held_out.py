"""Error against λ: on the fitted points it only grows, on held-out points it has a minimum."""

import matplotlib.pyplot as plt
import numpy as np
from points import X_train, X_valid, y_train, y_valid
from sklearn.linear_model import Ridge

# region parameters
language = "ja"
# endregion
titles = {
    "ja": ["学習に使った点での誤差 E", "評価用の点での誤差 E"],
    "en": ["Error E on the fitted points", "Error E on held-out points"],
}[language]

lambdas = np.geomspace(0.01, 10000, 301)
models = [Ridge(alpha=alpha, solver="svd").fit(X_train, y_train) for alpha in lambdas]
fitted = [np.sum((y_train - model.predict(X_train)) ** 2) for model in models]
held_out = [np.sum((y_valid - model.predict(X_valid)) ** 2) for model in models]

best = np.argmin(held_out)
best_lambda, best_error, best_slope = lambdas[best], held_out[best], models[best].coef_[0]

_, panels = plt.subplots(1, 2, figsize=(11.2, 3.1))
for panel, title, errors in zip(panels, titles, [fitted, held_out]):
    panel.semilogx(lambdas, errors, color="C2")
    panel.set_title(title, color="C2")
    panel.set_xlabel("λ", color="C1")
    panel.set_ylim(0, 1.1 * max(errors))
    panel.xaxis.set_major_formatter("{x:g}")
panels[0].plot(lambdas[0], fitted[0], "D", color="C1", markersize=12, clip_on=False)
panels[0].text(lambdas[0] * 1.6, fitted[0] + 70, "λ→0", color="C1")
panels[1].plot(best_lambda, best_error, "D", color="C1", markersize=12, clip_on=False)
panels[1].text(best_lambda, best_error + 22, f"λ = {best_lambda:.0f}", color="C1", ha="center")
plt.show()
