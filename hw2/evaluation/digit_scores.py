"""Scores of predicted digits, and the table behind a confusion plot."""

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np

from hw2.core.files import write_text
from hw2.evaluation.classification import accuracy, class_accuracy


def digit_scores(predicted: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """N, accuracy and accuracy of each class (None for a class without images) of (N,) digits."""
    by_class = accuracy_by_class(predicted, labels)
    return {"n": len(labels), "accuracy": accuracy(predicted, labels), "per_class": by_class}


def accuracy_by_class(predicted: np.ndarray, labels: np.ndarray) -> list[float | None]:
    """Ten accuracies of (N,) digits; None for a class without images."""
    return [
        None if np.isnan(share) else float(share) for share in class_accuracy(predicted, labels)
    ]


def write_confusion(path: Path, labels: np.ndarray, predicted: np.ndarray) -> None:
    """CSV with columns actual, predicted: a row an image, as DVC's confusion template takes it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["actual", "predicted"])
    writer.writerows(zip(labels.tolist(), predicted.tolist(), strict=True))
    write_text(path, text.getvalue())
