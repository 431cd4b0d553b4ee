"""Ridge regression: the larger λ, the smaller the slope."""

import matplotlib.pyplot as plt
import numpy as np
from points import X_train, draw_points, y_train
from sklearn.linear_model import Ridge

lambdas = [0, 200, 2000]
slopes = []

draw_points()
ends = np.array([[0], [10]])
for alpha, dash in zip(lambdas, ["-", "--", ":"]):
    model = Ridge(alpha=alpha, solver="svd").fit(X_train, y_train)
    slopes.append(model.coef_[0])
    line = model.predict(ends)
    plt.plot(ends, line, dash, color="C0")
    plt.plot(ends, line, dash, color="C1", alpha=1 - slopes[-1] / slopes[0])
    plt.text(10.2, line[1], f"λ={alpha}", color="C1", va="center")
plt.show()
