"""Kernel distance: against sums written out, by hand, and as an unbiased estimate."""

import numpy as np
import pytest

from hw2.evaluation.kernel_distance import kernel_distance, squared_mmd


def normal(seed: int, count: int, width: int = 4, shift: float = 0.0) -> np.ndarray:
    found = np.random.default_rng(seed).normal(shift, 1, size=(count, width))
    return found.astype(np.float32)


def test_two_points_each_by_hand() -> None:
    # d = 1, k(x, y) = (x y + 1)^3: k(0, 1) = 1 within the first, k(2, 3) = 343 within the second;
    # across: k(0, .) = 1 and 1, k(1, 2) = 27, k(1, 3) = 64, mean 93 / 4.
    first, second = np.array([[0.0], [1.0]]), np.array([[2.0], [3.0]])
    assert squared_mmd(first, second) == pytest.approx(1 + 343 - 2 * 93 / 4)


def test_equals_the_sums_of_its_definition() -> None:
    x, y = normal(0, 7), normal(1, 7, shift=0.5)

    def k(a: np.ndarray, b: np.ndarray) -> float:
        return (float(a.astype(float) @ b.astype(float)) / 4 + 1) ** 3

    n = range(7)
    within = sum(k(s[i], s[j]) for s in (x, y) for i in n for j in n if i != j) / (7 * 6)
    across = sum(k(x[i], y[j]) for i in n for j in n) / 49
    assert squared_mmd(x, y) == pytest.approx(within - 2 * across, rel=1e-5)


def test_is_zero_on_average_for_one_distribution_and_positive_for_two() -> None:
    same = [squared_mmd(normal(2 * s, 20), normal(2 * s + 1, 20)) for s in range(200)]
    assert abs(np.mean(same)) < 3 * np.std(same) / np.sqrt(200)
    assert min(same) < 0  # unbiased, so it goes below zero
    moved = [squared_mmd(normal(2 * s, 20), normal(2 * s + 1, 20, shift=1)) for s in range(20)]
    assert min(moved) > max(same)


def test_subsets_as_large_as_the_sets_all_give_the_whole() -> None:
    x, y = normal(0, 30), normal(1, 25, shift=0.2)
    mean, deviation = kernel_distance(x[:25], y, 4, 100, np.random.default_rng(0))
    assert mean == pytest.approx(squared_mmd(x[:25], y), rel=1e-5)
    assert deviation == pytest.approx(0, abs=1e-6)


def test_subsets_are_drawn_without_replacement() -> None:
    # A pair drawn twice would add k(100, 100) = 10,001^3; without, only k(100, -100) = -9,999^3.
    points = np.array([[100.0], [-100.0]])
    for seed in range(10):
        mean, _ = kernel_distance(points, points, 1, 2, np.random.default_rng(seed))
        assert mean == pytest.approx(squared_mmd(points, points))


def test_mean_and_deviation_are_those_of_the_subsets() -> None:
    x, y = normal(0, 40), normal(1, 40)
    mean, deviation = kernel_distance(x, y, 3, 10, np.random.default_rng(5))
    rng = np.random.default_rng(5)
    values = [
        squared_mmd(x[rng.choice(40, 10, replace=False)], y[rng.choice(40, 10, replace=False)])
        for _ in range(3)
    ]
    assert (mean, deviation) == (pytest.approx(np.mean(values)), pytest.approx(np.std(values)))


def test_one_image_and_unequal_widths_are_refused() -> None:
    with pytest.raises(ValueError, match="needed"):
        kernel_distance(normal(0, 1), normal(0, 5), 1, 5, np.random.default_rng(0))
    with pytest.raises(ValueError, match="needed"):
        kernel_distance(normal(0, 5), normal(0, 5, width=3), 1, 5, np.random.default_rng(0))
