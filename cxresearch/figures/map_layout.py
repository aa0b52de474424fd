"""Where states and arcs of a process map go: the order of the states, the lanes of the arcs, room for the numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxresearch.analysis.journeys import END, START

NUMBER = (4.6, 2.9)  # mm; what a number of two figures takes


def from_early_to_late(states: list[str], steps: pd.DataFrame) -> list[str]:
    """Return the states from early to late: as far apart, in the mean over all steps, as the steps say (HodgeRank)."""
    inner = [state for state in sorted(states) if state not in (START, END)]
    names = [START, *inner, END]
    index = {name: i for i, name in enumerate(names)}
    weights = np.zeros((len(names), len(names)))
    for source, target, share in zip(steps["source"], steps["target"], steps["share"], strict=True):
        if source != target and share > 0:
            weights[index[source], index[target]] += share
    both = weights + weights.T
    net = (weights - weights.T).sum(axis=0)
    solved = np.linalg.lstsq(np.diag(both.sum(axis=0)) - both, net, rcond=None)[0]
    late = {name: round(float(solved[i]), 6) for name, i in index.items()}
    inner.sort(key=lambda name: (late[name], name))
    return [name for name in (START, *inner, END) if name in states]


def lanes_of(
    arcs: list[tuple[float, str, str, float, str]], y: dict[str, float]
) -> dict[tuple[float, str, str, float, str], int]:
    """Return how far out each arc goes: beyond all that lie within it, and in no lane with one beside it."""
    lanes: dict[tuple[float, str, str, float, str], int] = {}
    for arc in arcs:
        low, high = sorted((y[arc[1]], y[arc[2]]))
        beside: dict[int, bool] = {}
        for other, level in lanes.items():
            a, b = sorted((y[other[1]], y[other[2]]))
            if a < high and b > low:
                beside[level] = beside.get(level, False) or (a >= low and b <= high)
        level = 1 + max((level for level, within in beside.items() if within), default=0)
        while level in beside:
            level += 1
        lanes[arc] = level
    return lanes


def on_curve(curve: np.ndarray, t: float) -> tuple[float, float]:
    weights = np.array([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
    x, y = weights @ curve
    return float(x), float(y)


def is_free(spot: tuple[float, float], placed: list[tuple[float, float]]) -> bool:
    return all(abs(spot[0] - x) > NUMBER[0] or abs(spot[1] - y) > NUMBER[1] for x, y in placed)
