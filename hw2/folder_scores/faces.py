"""All scores of any set of 64x64 images as faces."""

import numpy as np

from hw2.evaluation.face_rate import face_rate
from hw2.evaluation.face_scores import Networks, RealFaces, face_scores
from hw2.evaluation.feature_scores import INCEPTION
from hw2.evaluation.inception_score import SPLITS
from hw2.evaluation.params import EvaluationSettings
from hw2.evaluation.weights import FILE_NAME
from hw2.folder_scores.scores import BY_NEIGHBOURS, BY_PAIRS, FolderScores


def score_faces(
    images: np.ndarray,
    real: np.ndarray,
    others: np.ndarray | None,
    networks: Networks,
    settings: EvaluationSettings,
    rng: np.random.Generator,
) -> FolderScores:
    """Score (N, 64, 64, 3) against (M, 64, 64, 3) uint8 images, N and M >= 1.

    Args:
        others: (L, 64, 64, 3) real images; the first N are scored beside the others, if L >= N.
            Without them the face rate of `real` is all that is known of real images.

    Returns:
        The scores of `hw2.evaluation.face_scores`.
    """
    found = FolderScores(len(images), len(real))
    known = others is not None and len(others) >= len(images)
    draws = [images, others[: len(images)]] if known and others is not None else [images]
    measured = RealFaces.measure(real, networks, settings.neighbours)
    scores, *of_real = face_scores(draws, measured, networks, settings, rng)
    found.add(scores)
    found.real = of_real[0] if of_real else {"face_rate": face_rate(real)}
    for network in networks.extractors:
        found.leave_out_distances(network, len(images), len(real), settings.neighbours)
    if INCEPTION not in networks.extractors:
        names = [*BY_PAIRS[INCEPTION], *BY_NEIGHBOURS[INCEPTION], "inception_score"]
        found.leave_out(names, f"{FILE_NAME} is needed; get it with: hw2 weights inception")
    elif len(images) < SPLITS:
        found.leave_out(["inception_score"], f"{SPLITS} images are needed, not {len(images)}")
    return found
