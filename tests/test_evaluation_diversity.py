"""Diversity within a class, on features whose distances are known."""

import numpy as np
import pytest

from hw2.evaluation.diversity import MOST, class_spread, diversity

RNG = np.random.default_rng


def test_mean_distance_over_pairs_by_hand() -> None:
    # Of class 0 a triangle with sides 3, 4, 5; of class 1 one point, of class 2 two equal ones.
    features = np.array([[0, 0], [9, 9], [3, 0], [1, 1], [0, 4], [1, 1]], dtype=np.float32)
    spread = class_spread(features, np.array([0, 1, 0, 2, 0, 2]), RNG(0))
    assert spread[0] == pytest.approx(4)
    assert np.isnan(spread[1]) and spread[2] == 0
    assert np.isnan(spread[3:]).all()


def test_large_classes_are_drawn_from() -> None:
    features = RNG(0).normal(size=(4 * MOST, 3))
    labels = np.zeros(len(features), int)
    first, again, other = (class_spread(features, labels, RNG(seed))[0] for seed in (1, 1, 2))
    assert first == again != other
    # Two standard normal vectors in three dimensions are 4 / sqrt(pi) apart on average.
    assert first == pytest.approx(4 / np.sqrt(np.pi), rel=0.05)


def test_ratio_is_of_distances_and_known_only_where_both_are() -> None:
    generated, real = np.full(10, np.nan), np.full(10, 2.0)
    generated[:3], real[1:3] = 1.0, [0, np.nan]
    ratio = diversity(generated, real)
    assert ratio[0] == 0.5
    assert np.isnan(ratio[1:]).all()


def test_one_handwriting_has_no_diversity_and_mixed_classes_have_too_much() -> None:
    centres = 10 * RNG(3).normal(size=(10, 5))
    labels = np.repeat(np.arange(10), 40)
    real, fresh = (centres[labels] + RNG(seed).normal(size=(400, 5)) for seed in (0, 1))
    of_real = class_spread(real, labels, RNG(0))

    def mean_diversity(features: np.ndarray) -> float:
        return float(diversity(class_spread(features, labels, RNG(0)), of_real).mean())

    assert mean_diversity(fresh) == pytest.approx(1, abs=0.05)
    assert mean_diversity(centres[labels]) == 0
    assert mean_diversity(RNG(2).permutation(fresh)) > 2
