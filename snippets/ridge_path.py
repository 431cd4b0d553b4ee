"""One Ridge fit: move λ and watch the line."""

import matplotlib.pyplot as plt
import numpy as np
from points import X_train, draw_points, y_train
from sklearn.linear_model import Ridge

# region parameters
alpha = 200
# endregion

least_squares = Ridge(alpha=0, solver="svd").fit(X_train, y_train)
model = Ridge(alpha=alpha, solver="svd").fit(X_train, y_train)
slope = model.coef_[0]

draw_points()
ends = np.array([[0], [10]])
line = model.predict(ends)
plt.plot(ends, least_squares.predict(ends), color="C0", alpha=0.3)
plt.plot(ends, line, color="C0")
plt.plot(ends, line, color="C1", alpha=1 - slope / least_squares.coef_[0])
plt.text(10.2, line[1], f"λ={alpha:g}", color="C1", va="center")
plt.show()
