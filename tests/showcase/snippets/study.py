"""A study as it goes on: the error of each trial and the smallest so far."""

import matplotlib.pyplot as plt

errors = [9.0, 7.5, 8.0, 4.0, 5.0, 2.5]
best_so_far = [min(errors[: n + 1]) for n in range(len(errors))]
for n in range(1, len(errors) + 1):
    plt.figure(figsize=(6.4, 3.9))
    plt.plot(range(1, n + 1), errors[:n], "o", color="C2")
    plt.xlim(0, 7)
    plt.ylim(0, 10)
    plt.show()
