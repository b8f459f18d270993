"""The Frechet distance from features with scipy's matrix square root, as FID scripts have it."""

import numpy as np
from scipy.linalg import sqrtm

OFFSET = 1e-6


def frechet_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Squared distance of (N, F) and (M, F) features, each taken as a Gaussian."""
    mean1, mean2 = first.mean(axis=0), second.mean(axis=0)
    cov1, cov2 = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    root = sqrtm(cov1 @ cov2)
    if not np.isfinite(root).all():  # singular: fewer images than features
        offset = OFFSET * np.eye(len(cov1))
        root = sqrtm((cov1 + offset) @ (cov2 + offset))
    shift = mean1 - mean2
    return float(shift @ shift + np.trace(cov1) + np.trace(cov2) - 2 * np.trace(root.real))
