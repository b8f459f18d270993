"""The inception score of logits whose score is known."""

import numpy as np
import pytest

from hw2.core.errors import UserError
from hw2.evaluation.inception_score import inception_score

SURE = 1e3  # a logit so far above 0 that its softmax is 1


def one_hot_logits(classes: np.ndarray, count: int) -> np.ndarray:
    """(N, count) logits, each sure of one of the (N,) classes."""
    return SURE * np.eye(count)[classes]


def test_images_that_all_look_alike_score_one() -> None:
    same = np.tile(np.random.default_rng(0).normal(size=7), (40, 1))
    assert inception_score(same) == pytest.approx((1, 0))
    assert inception_score(np.zeros((40, 7))) == pytest.approx((1, 0))


@pytest.mark.parametrize("seen", [1, 2, 5])
def test_sure_images_spread_evenly_over_k_classes_score_k(seen: int) -> None:
    logits = one_hot_logits(np.arange(100) % seen, 9)
    assert inception_score(logits) == pytest.approx((seen, 0))


def test_unsure_images_score_what_the_sum_gives_by_hand() -> None:
    # p(y | x) is (3/4, 1/4) and (1/4, 3/4) in turn, so p(y) is (1/2, 1/2).
    logits = np.log([[3.0, 1.0], [1.0, 3.0]] * 10)
    divergence = 0.75 * np.log(1.5) + 0.25 * np.log(0.5)
    assert inception_score(logits) == pytest.approx((np.exp(divergence), 0))


def test_mean_and_deviation_are_those_of_ten_consecutive_splits() -> None:
    # Five splits see one class, five see two: 1 and 2, mean 1.5, deviation 0.5.
    classes = np.concatenate([np.zeros(50, int), np.arange(50) % 2])
    assert inception_score(one_hot_logits(classes, 3)) == pytest.approx((1.5, 0.5))


def test_a_constant_added_to_an_images_logits_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(50, 6))
    shifted = logits + rng.normal(size=(50, 1)) * 100
    assert inception_score(shifted) == pytest.approx(inception_score(logits))


def test_too_few_images_are_refused() -> None:
    with pytest.raises(UserError, match="9 images"):
        inception_score(np.zeros((9, 4)))
