"""All scores of a set of generated faces, by name."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from hw2.evaluation.face_rate import face_rate
from hw2.evaluation.frechet import frechet_distance
from hw2.evaluation.inception import features, load_network
from hw2.evaluation.inception_score import inception_score
from hw2.evaluation.sliced_wasserstein import sliced_wasserstein

INCEPTION_BATCH = 50


def face_scores(
    images: np.ndarray, real: np.ndarray, rng: np.random.Generator, weights: Path | None
) -> dict[str, Any]:
    """Face rate, sliced Wasserstein distance and, with the weights, FID and inception score.

    Args:
        images: (N, 64, 64, 3) uint8.
        real: (M, 64, 64, 3) uint8. The sliced Wasserstein distance compares equally many: the
            first min(N, M) of both.
        weights: the FID Inception file; without it there are no keys ``fid``,
            ``inception_score`` and ``inception_score_std``.

    Raises:
        UserError: the weights are not the right ones, or there are too few images for a score.
    """
    equal = min(len(images), len(real))
    distance = sliced_wasserstein(real[:equal], images[:equal], rng)
    scores: dict[str, Any] = {
        "n": len(images),
        "n_real": len(real),
        "face_rate": face_rate(images),
        "swd": distance.mean,
        "swd_by_level": {str(side): value for side, value in distance.levels.items()},
    }
    if weights is not None:
        scores |= _inception_scores(images, real, weights)
    return scores


def _inception_scores(images: np.ndarray, real: np.ndarray, weights: Path) -> dict[str, float]:
    """FID and inception score from one pass of each set through the network."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = load_network(weights)
    of_real, of_images = (
        features(network.trunk, each, INCEPTION_BATCH, device) for each in (real, images)
    )
    mean, deviation = inception_score(network.logits(of_images))
    return {
        "fid": frechet_distance(of_real, of_images),
        "inception_score": mean,
        "inception_score_std": deviation,
    }
