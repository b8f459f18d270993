"""A score with its spread, taken from the files of one experiment or pooled over several."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

CURVE = "curve:"
MINUS = " - "
LATE_SHARE = 0.25  # of a training, at its end
HALF_MIN = 3  # values of a last half through which a line is drawn: two would all lie on it
REDUCTIONS = ("late", "rise", "wobble")


@dataclass(frozen=True)
class Spread:
    """The mean of n values and their standard deviation.

    Attributes:
        std: with n - 1; 0 where n is 1, and then it says nothing.
        of: what there are n of: ``draws`` from one trained model, or ``trainings``.
    """

    mean: float
    std: float
    n: int
    of: str

    @property
    def error(self) -> float:
        """Standard error of the mean."""
        return self.std / math.sqrt(self.n)

    @property
    def words(self) -> str:
        """E.g. ``0.973 ± 0.012 (3 draws)``."""
        unit = self.of if self.n > 1 else self.of.removesuffix("s")
        spread = f" ± {plain(self.std, 2)}" if self.n > 1 else ""
        return f"{plain(self.mean, 3)}{spread} ({self.n} {unit})"


def plain(value: float, digits: int, sign: str = "") -> str:
    """A number with so many digits or, from 100 on, without decimals; never as 1e+03."""
    return f"{value:{sign},.0f}" if abs(value) >= 100 else f"{value:{sign}.{digits}g}"


def of_values(values: Sequence[float]) -> Spread:
    """Of one value for each training."""
    std = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return Spread(float(np.mean(values)), std, len(values), "trainings")


def pooled(spreads: Sequence[Spread], seeds: int) -> Spread:
    """Over the seeds of one arm: of all trainings; of one that has a single seed, its own.

    Where each seed has draws from one training, their means count as a value a training.

    Args:
        spreads: of the seeds that are done.
        seeds: how many there are to be.
    """
    if len(spreads) == 1 and (seeds == 1 or spreads[0].of == "trainings"):
        return spreads[0]
    means = [spread.mean for spread in spreads]
    if any(spread.of != "trainings" for spread in spreads):
        return of_values(means)
    counts = [spread.n for spread in spreads]
    n, mean = sum(counts), float(np.average(means, weights=counts))
    squares = sum(
        (one.n - 1) * one.std**2 + one.n * (one.mean - mean) ** 2 for one in spreads
    )  # of the deviations of all n values from their mean
    return Spread(mean, math.sqrt(squares / (n - 1)), n, "trainings")


def of_score(metric: str, scores: dict[str, Any]) -> Spread | None:
    """A score of a run's metrics file, e.g. ``judge_accuracy``; None where the file has it not.

    A list has a value for each training. A number is the mean over `seeds` draws where the file
    holds its deviation under ``<metric>_std``, else the value of one training.
    """
    *path, key = metric.split(".")
    for part in path:
        scores = scores.get(part, {})
    value = scores.get(key)
    if value is None:
        return None
    if isinstance(value, list):
        return of_values(value)
    if f"{key}_std" in scores:
        return Spread(float(value), float(scores[f"{key}_std"]), int(scores["seeds"]), "draws")
    return of_values([float(value)])


def of_curve(metric: str, curves: str) -> Spread | None:
    """A number of a training's curves, ``curve:<column>:<reduction>``; None without that column.

    A column may be a difference, ``a - b``. Reductions: ``late``, the mean over the last quarter;
    and of a straight line through the last half ``rise``, how far it rises from the half's first
    value to its last, and ``wobble``, the standard deviation of the values about it, which a steady
    rise does not enlarge.

    Args:
        curves: the CSV file's text.

    Returns:
        None also where a line is asked for, and the last half has fewer than three values.
    """
    _, column, reduction = metric.split(":")
    names = column.split(MINUS)
    rows = [[row.get(name) for name in names] for row in csv.DictReader(io.StringIO(curves))]
    cells = np.array([row for row in rows if all(row)], dtype=float).reshape(-1, len(names))
    values = cells[:, 0] - cells[:, 1:].sum(1)
    if len(values) == 0:
        return None
    if reduction == "late":
        return of_values([float(values[-max(1, round(len(values) * LATE_SHARE)) :].mean())])
    half = values[len(values) // 2 :]
    if len(half) < HALF_MIN:
        return None
    times = np.arange(len(half))
    slope, start = np.polyfit(times, half, 1)
    deviations = half - (start + slope * times)
    rise, wobble = slope * times[-1], math.sqrt(np.square(deviations).sum() / (len(half) - 2))
    return of_values([float(rise if reduction == "rise" else wobble)])
