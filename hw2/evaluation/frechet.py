"""Frechet distance between two feature sets, each taken as a Gaussian (Heusel et al. 2017).

    d^2 = |m1 - m2|^2 + Tr S1 + Tr S2 - 2 Tr sqrt(S1 S2)

The last term is computed without a general matrix square root, which is slow and leaves the real
numbers when a covariance is singular, as it is whenever there are fewer samples than features.
"""

import numpy as np


def frechet_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Squared Frechet distance of (N, F) and (M, F) features; N, M >= 2. Never negative.

    With the FID Inception features this is the FID. The value depends on N and M: state them.
    """
    if first.ndim != 2 or first.shape[1:] != second.shape[1:] or min(len(first), len(second)) < 2:
        raise ValueError(f"(N >= 2, F) and (M >= 2, F) needed: {first.shape}, {second.shape}")
    first, second = first.astype(np.float64), second.astype(np.float64)
    if min(len(first), len(second)) >= first.shape[1]:
        return gaussian_distance(*gaussian(first), *gaussian(second))
    a, b = _deviations(first), _deviations(second)
    # The singular values of A B^T are the square roots of the eigenvalues of A B^T B A^T, which
    # are those of A^T A B^T B = S1 S2: their sum, the nuclear norm, is Tr sqrt(S1 S2).
    overlap = float(np.linalg.norm(a @ b.T, ord="nuc"))
    shift = first.mean(axis=0) - second.mean(axis=0)
    return _squared_distance(shift, float((a**2).sum() + (b**2).sum()), overlap)


def gaussian(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (F,) and unbiased covariance (F, F) of (N, F) features, N >= 2."""
    deviations = _deviations(features.astype(np.float64))
    return features.mean(axis=0, dtype=np.float64), deviations.T @ deviations


def gaussian_distance(
    mean1: np.ndarray, covariance1: np.ndarray, mean2: np.ndarray, covariance2: np.ndarray
) -> float:
    """Squared Frechet distance of two Gaussians: means (F,), covariances (F, F).

    S1 S2 has the eigenvalues of the symmetric h S2 h with h = sqrt(S1).
    """
    values, vectors = np.linalg.eigh(covariance1)
    root = (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
    overlap = np.sqrt(np.linalg.eigvalsh(root @ covariance2 @ root).clip(min=0)).sum()
    total_variance = float(np.trace(covariance1) + np.trace(covariance2))
    return _squared_distance(mean1 - mean2, total_variance, float(overlap))


def _deviations(features: np.ndarray) -> np.ndarray:
    """Centred features over sqrt(N - 1): D with D^T D the unbiased covariance."""
    return (features - features.mean(axis=0)) / np.sqrt(len(features) - 1)


def _squared_distance(shift: np.ndarray, total_variance: float, overlap: float) -> float:
    return max(0.0, float(shift @ shift + total_variance - 2 * overlap))
