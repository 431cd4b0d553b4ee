"""Linear regression: find the line that fits the observations best."""

import matplotlib.pyplot as plt
import numpy as np
from points import X, draw_points, y
from sklearn.linear_model import LinearRegression

model = LinearRegression().fit(X, y)
w, b = model.coef_[0], model.intercept_

draw_points(outliers=False)
ends = np.array([[0], [10]])
line = model.predict(ends)
plt.plot(ends, line, color="C0")
plt.text(10.2, line[1], "wx + b", color="C0", va="center")

# b is where the line starts, w how far it rises on one step to the right.
plt.plot(0, b, "D", color=plt.rcParams["text.color"], markersize=10, clip_on=False)
plt.text(0.25, b - 1, "b", fontsize=18)
step = model.predict([[8.5], [9.5]])
plt.plot([8.5, 9.5, 9.5], [step[0], step[0], step[1]], color="C0", linewidth=1.5)
plt.text(9, step[0] - 0.8, "1", color="C0", ha="center")
plt.text(9.6, step.mean(), "w", color="C0", va="center", fontsize=18)
plt.show()
