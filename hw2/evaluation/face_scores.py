"""All scores of a set of generated faces, by name."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from hw2.evaluation.face_rate import face_rate
from hw2.evaluation.frechet import frechet_distance
from hw2.evaluation.inception import features, load_network
from hw2.evaluation.sliced_wasserstein import sliced_wasserstein

INCEPTION_BATCH = 50


def face_scores(
    images: np.ndarray, real: np.ndarray, rng: np.random.Generator, weights: Path | None
) -> dict[str, Any]:
    """Face rate, sliced Wasserstein distance and, with the Inception weights, FID.

    Args:
        images: (N, 64, 64, 3) uint8.
        real: (M, 64, 64, 3) uint8. The sliced Wasserstein distance compares equally many: the
            first min(N, M) of both.
        weights: the FID Inception file; without it there is no key ``fid``.
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
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        network = load_network(weights)
        on_both = [features(network, side, INCEPTION_BATCH, device) for side in (real, images)]
        scores["fid"] = frechet_distance(*on_both)
    return scores
