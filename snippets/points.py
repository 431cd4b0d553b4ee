"""The talk's observations, all made up: a known line, noise, and three misread points."""

import matplotlib.pyplot as plt
import numpy as np

true_w, true_b = 1.0, 3.0
rng = np.random.default_rng(5)  # chosen so that the pull of the misread points shows well


def observe(n):
    X = rng.uniform(0.5, 8.5, (n, 1))  # scikit-learn wants a table: one row an observation
    return X, true_w * X[:, 0] + true_b + rng.normal(0, 1.2, n)


X, y = observe(22)
X_outlier, y_outlier = np.array([[8.6], [9.1], [9.6]]), np.array([23.0, 22.2, 23.4])

# Models are fitted to the misread points too; the held-out points were read with care.
X_train, y_train = np.vstack([X, X_outlier]), np.append(y, y_outlier)
X_valid, y_valid = observe(12)


def draw_points(outliers=True):
    plt.plot(X, y, "o", color="C3")
    if outliers:
        plt.plot(X_outlier, y_outlier, "x", color="C3", markersize=10, markeredgewidth=2.5)
    plt.xlim(0, 10)
    plt.ylim(0, 25 if outliers else 15)
