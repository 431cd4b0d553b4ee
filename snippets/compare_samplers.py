"""Do guided searches win? The best value so far over 20 seeds: median and quartiles."""

import matplotlib.pyplot as plt
import numpy as np
from points import X_train, X_valid, y_train, y_valid
from searches import grid, random, tpe

# region parameters
language = "ja"
# endregion
names = {"ja": "グリッド ランダム TPE", "en": "Grid Random TPE"}[language].split()
titles = {"ja": ["λだけを探す", "5つの値を探す"], "en": ["One value: λ", "Five values"]}[language]
trials = {"ja": "試行回数", "en": "Trials"}[language]
x, x_mean, y_mean = X_train[:, 0], X_train.mean(), y_train.mean()
Sxx, Sxy = np.sum((x - x_mean) ** 2), np.sum((x - x_mean) * (y_train - y_mean))


def held_out_error(u):  # λ from 0.01 to 10000; Ridge in closed form, being quicker
    w = Sxy / (Sxx + 10 ** (6 * u[0] - 2))
    return np.sum((y_valid - (y_mean + w * (X_valid[:, 0] - x_mean))) ** 2)


def bowl(u):  # made up: smooth, smallest (0) somewhere off the centre
    return np.sum((np.array(u) - [0.2, 0.9, 0.4, 0.6, 0.1]) ** 2)


medians = {}  # after the last trial
_, panels = plt.subplots(1, 2, figsize=(11.2, 3.1))
for panel, title, objective, dimensions in zip(panels, titles, [held_out_error, bowl], [1, 5]):
    for search, name, style in zip([grid, random, tpe], names, ["C3:", "C3--", "C1-"]):
        runs = [search(objective, dimensions, seed) for seed in range(20)]
        best = np.minimum.accumulate(runs, axis=1)
        low, median, high = np.quantile(best, [0.25, 0.5, 0.75], axis=0)
        panel.fill_between(range(1, 33), low, high, color=style[:2], alpha=0.15, linewidth=0)
        panel.plot(range(1, 33), median, style, label=name)
        medians[search.__name__, dimensions] = median[-1]
    panel.set(title=title, xlabel=trials, ylim=0)
panels[0].legend()
plt.show()
