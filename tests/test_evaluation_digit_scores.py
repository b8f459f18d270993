"""Scores of predicted digits and the confusion table, by hand."""

from pathlib import Path

import numpy as np

from hw2.evaluation.digit_scores import digit_scores, write_confusion

LABELS = np.array([0, 0, 7, 7, 7])
PREDICTED = np.array([0, 1, 7, 7, 1])


def test_a_class_without_images_has_no_accuracy() -> None:
    scores = digit_scores(PREDICTED, LABELS)
    expected = [0.5, None, None, None, None, None, None, 2 / 3, None, None]
    assert scores == {"n": 5, "accuracy": 0.6, "per_class": expected}


def test_confusion_has_a_row_an_image(tmp_path: Path) -> None:
    write_confusion(tmp_path / "c.csv", LABELS, PREDICTED)
    assert (tmp_path / "c.csv").read_text() == "actual,predicted\n0,0\n0,1\n7,7\n7,7\n7,1\n"
