"""A line through points."""

import matplotlib.pyplot as plt

xs, ys = [0.0, 1.0, 2.0, 3.0], [0.5, 2.0, 4.5, 5.5]
x_mean, y_mean = sum(xs) / 4, sum(ys) / 4
w = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys)) / sum((x - x_mean) ** 2 for x in xs)
b = y_mean - w * x_mean
plt.figure(figsize=(6, 3.6))
plt.plot(xs, ys, "o", color="C3")
plt.plot([0, 3], [b, 3 * w + b], color="C0")
plt.show()
