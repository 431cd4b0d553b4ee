"""The larger λ, the smaller the slope."""

import matplotlib.pyplot as plt
import numpy as np

# region parameters
alpha = 200
# endregion
lambdas = [0, 200, 2000]
rng = np.random.default_rng(5)
x = np.linspace(0, 10, 20)
y = 0.9 * x + rng.normal(size=20)
x, y = x - x.mean(), y - y.mean()


def fit(alpha):
    return float(x @ y / (x @ x + alpha))


slopes = [fit(alpha) for alpha in lambdas]
slope = fit(alpha)
error = float(np.sum((y - slope * x) ** 2))
plt.figure(figsize=(6.4, 3.9))
plt.plot(x, y, "o", color="C3")
plt.plot(x, slope * x, color="C0", linewidth=5)
plt.text(0, 0, f"λ = {alpha}", color="C1")
plt.show()
