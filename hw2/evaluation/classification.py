"""Scores of predicted class labels, and how much of a domain gap a method closes."""

import math

import numpy as np

from hw2.data.sizes import CLASSES


def accuracy(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Share of (N,) predictions equal to the (N,) labels, in [0, 1]; N >= 1."""
    _check(predicted, labels)
    return float((predicted == labels).mean())


def confusion_matrix(predicted: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Counts (10, 10) int64: row is the true class, column the predicted class; sum is N."""
    _check(predicted, labels)
    cells = labels.astype(np.int64) * CLASSES + predicted
    return np.bincount(cells, minlength=CLASSES**2).reshape(CLASSES, CLASSES)


def class_accuracy(predicted: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Accuracy within each true class, (10,) in [0, 1]; NaN where a class has no sample."""
    confusion = confusion_matrix(predicted, labels)
    totals = confusion.sum(axis=1)
    return np.divide(confusion.diagonal(), totals, where=totals > 0, out=np.full(CLASSES, np.nan))


def wilson_interval(correct: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Interval of a proportion, in [0, 1] (Wilson 1927); z = 1.96 gives 95 % confidence.

    Unlike the normal approximation it stays inside [0, 1] and holds near both ends.
    """
    if not 0 <= correct <= total or total < 1:
        raise ValueError(f"{correct} of {total} is no proportion")
    share = correct / total
    centre = share + z**2 / (2 * total)
    half_width = z * math.sqrt(share * (1 - share) / total + (z / (2 * total)) ** 2)
    scale = 1 + z**2 / total
    return max(0.0, (centre - half_width) / scale), min(1.0, (centre + half_width) / scale)


def gap_closed(source_only: float, method: float, target_only: float) -> float | None:
    """Share of the way from `source_only` to `target_only` accuracy that `method` goes.

    0 is no gain over training on the source alone, 1 is as good as training on target labels;
    it can leave [0, 1]. None where the two baselines are equal and there is no gap to close.
    """
    if target_only == source_only:
        return None
    return (method - source_only) / (target_only - source_only)


def _check(predicted: np.ndarray, labels: np.ndarray) -> None:
    if predicted.shape != labels.shape or labels.ndim != 1 or not len(labels):
        raise ValueError(f"two equal (N >= 1,) arrays needed: {predicted.shape}, {labels.shape}")
