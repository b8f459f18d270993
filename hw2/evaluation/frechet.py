"""Frechet distance between two feature sets, each taken as a Gaussian (Heusel et al. 2017).

    d^2 = |m1 - m2|^2 + Tr S1 + Tr S2 - 2 Tr sqrt(S1 S2)

The last term is computed without a matrix square root, which is slow and leaves the real numbers
when a covariance is singular, as it is whenever there are fewer samples than features. With
S1 = A^T A and S2 = B^T B, the eigenvalues of S1 S2 are the squared singular values of A B^T: their
square roots' sum, the nuclear norm of A B^T, is Tr sqrt(S1 S2).
"""

import numpy as np


def frechet_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Squared Frechet distance of (N, F) and (M, F) features; N, M >= 2. Never negative.

    With the FID Inception features this is the FID. The value depends on N and M: state them.
    """
    if first.ndim != 2 or first.shape[1:] != second.shape[1:] or min(len(first), len(second)) < 2:
        raise ValueError(f"(N >= 2, F) and (M >= 2, F) needed: {first.shape}, {second.shape}")
    mean1, a = _gaussian(first)
    mean2, b = _gaussian(second)
    overlap = np.linalg.norm(a @ b.T, ord="nuc")
    shift = mean1 - mean2
    return max(0.0, float(shift @ shift + (a**2).sum() + (b**2).sum() - 2 * overlap))


def _gaussian(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (F,) and a factor A (at most F, F), float64, of the unbiased covariance A^T A."""
    features = features.astype(np.float64)
    mean = features.mean(axis=0)
    factor = (features - mean) / np.sqrt(len(features) - 1)
    if len(factor) > factor.shape[1]:  # A = Q R and Q^T Q = 1, so R^T R is A^T A, and R is smaller
        factor = np.linalg.qr(factor, mode="r")
    return mean, factor
