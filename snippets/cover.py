"""The Ridge fits of the talk's data as λ goes from 0 upward."""

import matplotlib.pyplot as plt
import numpy as np
from points import X_train, y_train
from sklearn.linear_model import Ridge

# region parameters
first = 0
# endregion
lambdas = np.append(0, np.geomspace(3, 20000, 29))[first:]
centre, height = X_train.mean(), 29
ends = np.array([[centre - 6], [centre + 6]])

plt.figure("cover", figsize=(12.8, 7.2), layout="none")
plt.axes((0, 0, 1, 1))
least_squares = Ridge(alpha=0, solver="svd").fit(X_train, y_train).coef_[0]
for alpha in lambdas:
    model = Ridge(alpha=alpha, solver="svd").fit(X_train, y_train)
    t = 1 - model.coef_[0] / least_squares  # from 0, the slope untouched, to 1, the slope gone
    plt.plot(ends, model.predict(ends), color="C0", alpha=1 - t, linewidth=1.2)
    plt.plot(ends, model.predict(ends), color="C1", alpha=t, linewidth=1.2)

plt.xlim(centre - 6, centre + 6)
plt.ylim(y_train.mean() - 0.4 * height, y_train.mean() + 0.6 * height)
plt.axis("off")
plt.show()
