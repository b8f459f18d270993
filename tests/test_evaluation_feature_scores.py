"""Feature scores: their names, their parts, and what is left out with few images."""

import numpy as np
import pytest

from hw2.evaluation.feature_scores import FeatureSet, feature_scores
from hw2.evaluation.frechet import frechet_distance
from hw2.evaluation.kernel_distance import kernel_distance
from hw2.evaluation.params import EvaluationSettings
from hw2.evaluation.prdc import Balls, prdc

SETTINGS = EvaluationSettings(
    seeds=1,
    neighbours=3,
    kid_subsets=4,
    kid_subset_size=10,
    inception_weights=None,
    judge_weights=None,
)
REAL = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)
GENERATED = np.random.default_rng(1).normal(0.5, 1, size=(30, 6)).astype(np.float32)


def scores(network: str, real: np.ndarray, generated: np.ndarray) -> dict[str, float]:
    sets = (FeatureSet.of(each, SETTINGS.neighbours) for each in (real, generated))
    return feature_scores(network, *sets, SETTINGS, np.random.default_rng(2))


def test_inception_alone_bears_the_published_names() -> None:
    found = scores("inception", REAL, GENERATED)
    kid, deviation = kernel_distance(REAL, GENERATED, 4, 10, np.random.default_rng(2))
    assert found == {
        "fid": frechet_distance(REAL, GENERATED),
        "kid": kid,
        "kid_subset_std": deviation,
        **vars(prdc(Balls.around(REAL, 3), Balls.around(GENERATED, 3))),
    }


def test_other_networks_bear_their_own() -> None:
    ours, published = (scores(name, REAL, GENERATED) for name in ("random", "inception"))
    assert list(ours) == [
        "random_fd",
        "random_kid",
        "random_kid_subset_std",
        "random_precision",
        "random_recall",
        "random_density",
        "random_coverage",
    ]
    assert list(ours.values()) == list(published.values())


@pytest.mark.parametrize(
    ("count", "left"), [(1, 0), (2, 3), (3, 3), (4, 7)], ids=["one", "two", "k", "more than k"]
)
def test_scores_that_need_more_images_are_left_out(count: int, left: int) -> None:
    assert len(scores("random", REAL, GENERATED[:count])) == left
    assert len(scores("random", REAL[:count], GENERATED)) == left


def test_identical_images_give_finite_scores() -> None:
    same = np.ones((10, 6), dtype=np.float32)
    found = scores("random", REAL, same)
    assert all(np.isfinite(value) for value in found.values())
    assert found["random_recall"] == 0
