"""Frechet distance on cases that can be solved by hand, and both of its forms."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from hw2.evaluation.frechet import frechet_distance, gaussian, gaussian_distance


def axis_points(variances: list[float], shift: float = 0.0) -> np.ndarray:
    """Points +-c on each axis with exactly these variances (unbiased), moved along axis 0."""
    count = 2 * len(variances)
    axes = np.diag(np.sqrt(np.array(variances) * (count - 1) / 2))
    points = np.concatenate([axes, -axes])
    points[:, 0] += shift
    return points


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(0)


def test_equal_sets_are_at_distance_zero(random: np.random.Generator) -> None:
    many, few = random.normal(size=(50, 8)), random.normal(size=(5, 8))
    assert frechet_distance(many, many) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(few, few) == pytest.approx(0, abs=1e-9)


def test_diagonal_gaussians_by_hand() -> None:
    # |m1 - m2|^2 + (1 - 2)^2 + (3 - 1)^2 = 25 + 1 + 4, standard deviations (1, 3) and (2, 1)
    assert frechet_distance(axis_points([1, 9]), axis_points([4, 1], shift=5)) == pytest.approx(30)


def test_a_moved_set_is_at_the_squared_shift(random: np.random.Generator) -> None:
    for shape in [(40, 6), (4, 6)]:
        points = random.normal(size=shape)
        assert frechet_distance(points, points + 0.5) == pytest.approx(6 * 0.25)


def test_nuclear_norm_and_eigenvalues_agree(random: np.random.Generator) -> None:
    first, second = random.normal(size=(12, 20)), random.normal(1, 2, size=(30, 20))
    by_eigenvalues = gaussian_distance(*gaussian(first), *gaussian(second))
    assert frechet_distance(first, second) == pytest.approx(by_eigenvalues, rel=1e-6)
    assert frechet_distance(second, first) == pytest.approx(by_eigenvalues, rel=1e-6)


def test_agrees_with_the_matrix_square_root(random: np.random.Generator) -> None:
    first = random.normal(size=(60, 7)) @ random.normal(size=(7, 7))
    second = random.normal(size=(80, 7)) + 1
    (mean1, covariance1), (mean2, covariance2) = gaussian(first), gaussian(second)
    assert np.allclose(covariance1, np.cov(first, rowvar=False))
    expected = (
        np.sum((mean1 - mean2) ** 2)
        + np.trace(covariance1 + covariance2)
        - 2 * np.trace(sqrtm(covariance1 @ covariance2).real)
    )
    assert frechet_distance(first, second) == pytest.approx(expected, rel=1e-9)


def test_unequal_widths_and_single_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="needed"):
        frechet_distance(np.zeros((5, 3)), np.zeros((5, 4)))
    with pytest.raises(ValueError, match="needed"):
        frechet_distance(np.zeros((1, 3)), np.zeros((5, 3)))
