"""Least squares: of all lines, take the one with the smallest sum of squared residuals."""

import matplotlib.pyplot as plt
import numpy as np
from points import X, draw_points, y
from sklearn.linear_model import LinearRegression

model = LinearRegression().fit(X, y)
w, b = model.coef_[0], model.intercept_
residuals = y - model.predict(X)
E = np.sum(residuals**2)

draw_points(outliers=False)
plt.vlines(X[:, 0], model.predict(X), y, color="C2", linewidth=3)
ends = np.array([[0], [10]])
line = model.predict(ends)
plt.plot(ends, line, color="C0")
plt.text(10.2, line[1], "wx + b", color="C0", va="center")
plt.show()
