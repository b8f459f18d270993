"""Scores of generated images in the features of one network, under names that say which.

The same five quantities bear the published names (``fid``, ``kid``, ``precision``, ...) in the
FID Inception network alone; in any other they are ``<network>_fd``, ``<network>_kid``, ...
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from hw2.evaluation.frechet import frechet_distance
from hw2.evaluation.kernel_distance import kernel_distance
from hw2.evaluation.params import EvaluationSettings
from hw2.evaluation.prdc import Balls, prdc

INCEPTION = "inception"
RANDOM = "random"
FEWEST = 2  # images of each set without which there is no variance


@dataclass(frozen=True)
class FeatureSet:
    """Images as one network sees them.

    Attributes:
        features: (N, F) float32.
        balls: around each of them; None where there are not more images than neighbours.
    """

    features: np.ndarray
    balls: Balls | None

    @classmethod
    def of(cls, features: np.ndarray, neighbours: int) -> Self:
        """The set of (N, F) features with `neighbours` as the k of its balls."""
        balls = Balls.around(features, neighbours) if len(features) > neighbours else None
        return cls(features, balls)


def feature_scores(
    network: str,
    real: FeatureSet,
    generated: FeatureSet,
    settings: EvaluationSettings,
    generator: np.random.Generator,
) -> dict[str, float]:
    """Frechet and kernel distance, precision, recall, density and coverage.

    Args:
        network: ``inception`` for the FID Inception network; else what the keys begin with.
        real, generated: features of that network, of M and N images.
        settings: the section ``evaluation``; its subsets make the kernel distance.
        generator: draws those subsets.

    Returns:
        ``fid``, ``kid``, ``kid_subset_std``, ``precision``, ``recall``, ``density``,
        ``coverage``, or ``random_fd``, ``random_kid``, ... A score for which there are too few
        images has no key: the first three need two of each set, the others more than k.
    """
    scores: dict[str, float] = {}
    if min(len(real.features), len(generated.features)) >= FEWEST:
        scores["fd"] = frechet_distance(real.features, generated.features)
        scores["kid"], scores["kid_subset_std"] = kernel_distance(
            real.features,
            generated.features,
            settings.kid_subsets,
            settings.kid_subset_size,
            generator,
        )
    if real.balls and generated.balls:
        scores |= vars(prdc(real.balls, generated.balls))
    return {_named(network, score): value for score, value in scores.items()}


def _named(network: str, score: str) -> str:
    if network == INCEPTION:
        return "fid" if score == "fd" else score
    return f"{network}_{score}"
