"""Frechet distance on cases that can be solved by hand, and against the eigenvalues of S1 S2."""

import numpy as np
import pytest

from hw2.evaluation.frechet import frechet_distance


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


@pytest.mark.parametrize(("first", "second"), [(60, 80), (60, 5), (5, 60), (4, 5)])
def test_agrees_with_the_eigenvalues_of_the_product(
    random: np.random.Generator, first: int, second: int
) -> None:
    # 7 features: below, the covariances of 5 and of 4 samples are singular.
    one = random.normal(size=(first, 7)) @ random.normal(size=(7, 7))
    two = random.normal(size=(second, 7)) + 1
    covariances = [np.cov(each, rowvar=False) for each in (one, two)]
    # h S2 h with h = sqrt(S1) has the eigenvalues of S1 S2, and is symmetric.
    values, vectors = np.linalg.eigh(covariances[0])
    root = (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
    overlap = np.sqrt(np.linalg.eigvalsh(root @ covariances[1] @ root).clip(min=0)).sum()
    shift = one.mean(axis=0) - two.mean(axis=0)
    expected = shift @ shift + np.trace(covariances[0] + covariances[1]) - 2 * overlap
    assert frechet_distance(one, two) == pytest.approx(expected, rel=1e-6)


def test_unequal_widths_and_single_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="needed"):
        frechet_distance(np.zeros((5, 3)), np.zeros((5, 4)))
    with pytest.raises(ValueError, match="needed"):
        frechet_distance(np.zeros((1, 3)), np.zeros((5, 3)))
