"""Accuracy, confusion, intervals and closed gaps, by hand."""

import numpy as np
import pytest

from hw2.evaluation.classification import (
    accuracy,
    class_accuracy,
    confusion_matrix,
    gap_closed,
    wilson_interval,
)

LABELS = np.array([0, 0, 0, 1, 1, 9])
PREDICTED = np.array([0, 0, 5, 1, 0, 9])


def test_accuracy() -> None:
    assert accuracy(PREDICTED, LABELS) == pytest.approx(4 / 6)


def test_confusion_has_true_classes_in_rows() -> None:
    confusion = confusion_matrix(PREDICTED, LABELS)
    expected = np.zeros((10, 10), dtype=int)
    expected[0, 0], expected[0, 5], expected[1, 1], expected[1, 0], expected[9, 9] = 2, 1, 1, 1, 1
    assert (confusion == expected).all()


def test_class_accuracy_is_nan_where_there_is_no_sample() -> None:
    found = class_accuracy(PREDICTED, LABELS)
    assert found[[0, 1, 9]] == pytest.approx([2 / 3, 1 / 2, 1])
    assert np.isnan(found[2:9]).all()


def test_wilson_interval_by_hand() -> None:
    # 1 of 2, z = 2: centre (1/2 + 1) / 3, half width 2 sqrt(1/8 + 1/4) / 3
    half = 2 * np.sqrt(0.375) / 3
    assert wilson_interval(1, 2, z=2) == pytest.approx((0.5 - half, 0.5 + half))


def test_wilson_interval_stays_in_range_at_both_ends() -> None:
    # At 0 of n it is (0, z^2 / (n + z^2)).
    assert wilson_interval(0, 10, z=2) == pytest.approx((0, 4 / 14))
    assert wilson_interval(10, 10, z=2) == pytest.approx((10 / 14, 1))


def test_gap_closed() -> None:
    assert gap_closed(0.25, 0.5, 0.75) == pytest.approx(0.5)
    assert gap_closed(0.25, 0.125, 0.75) == pytest.approx(-0.25)
    assert gap_closed(0.5, 0.6, 0.5) is None


def test_unequal_or_empty_arrays_are_refused() -> None:
    with pytest.raises(ValueError, match="needed"):
        accuracy(PREDICTED[:3], LABELS)
    with pytest.raises(ValueError, match="needed"):
        confusion_matrix(PREDICTED[:0], LABELS[:0])
    with pytest.raises(ValueError, match="proportion"):
        wilson_interval(3, 2)
