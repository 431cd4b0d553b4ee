"""Ridge regression: the larger λ, the smaller the slope."""

import matplotlib.pyplot as plt
import numpy as np
from points import X_train, draw_points, y_train
from sklearn.linear_model import Ridge

# region parameters
alpha = 200
# endregion
lambdas = [0, 200, 2000]


def fit(alpha):
    return Ridge(alpha=alpha, solver="svd").fit(X_train, y_train)


slopes = [fit(alpha).coef_[0] for alpha in lambdas]
model = fit(alpha)
slope, error = model.coef_[0], np.sum((y_train - model.predict(X_train)) ** 2)
ends = np.array([[0], [10]])


def draw(model, dash, width):  # from blue to vermilion, as the slope goes
    line = model.predict(ends)
    plt.plot(ends, line, dash, color="C0", linewidth=width)
    plt.plot(ends, line, dash, color="C1", linewidth=width, alpha=1 - model.coef_[0] / slopes[0])
    return line[1]


plt.figure(figsize=(6.43, 3.88), layout="none").subplots_adjust(0.06, 0.08, 0.86, 0.97)
draw_points()
for each, dash in zip(lambdas, ["-", "--", ":"]):
    end = draw(fit(each), dash, 1.8)
    plt.text(10.2, end, f"λ = {each}", color="C1", va="center")
draw(model, "-", 5)
plt.show()
