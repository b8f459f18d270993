"""Kernel distance between two feature sets: KID (Binkowski et al. 2018, section 4).

The squared maximum mean discrepancy under the kernel

    k(x, y) = (x . y / d + 1)^3,    d: the number of features,

by its unbiased estimator (Gretton et al. 2012, eq. 3). Unlike the Frechet distance its expectation
does not depend on the number of images, and it can be slightly negative where two sets agree.
"""

import numpy as np

from hw2.core.sharing import shared_out_to_threads


def kernel_distance(
    real: np.ndarray,
    generated: np.ndarray,
    subsets: int,
    subset_size: int,
    generator: np.random.Generator,
) -> tuple[float, float]:
    """Mean and standard deviation of MMD^2 over subsets of (M, F) and (N, F) features.

    Each subset holds equally many of both sets, drawn without replacement.

    Args:
        subsets: how many; the deviation (population) tells how much one subset says.
        subset_size: feature vectors of each set in a subset; min(M, N) where that is less.

    Raises:
        ValueError: widths differ, or a subset would hold fewer than two.
    """
    size = min(subset_size, len(real), len(generated))
    if size < 2 or real.ndim != 2 or real.shape[1:] != generated.shape[1:]:
        raise ValueError(f"(M >= 2, F) and (N >= 2, F) needed: {real.shape}, {generated.shape}")
    drawn = (  # by every process, so that their generators stay in step
        tuple(_draw(each, size, generator) for each in (real, generated)) for _ in range(subsets)
    )
    values = shared_out_to_threads(drawn, lambda subset: squared_mmd(*subset))
    return float(np.mean(values)), float(np.std(values))


def squared_mmd(first: np.ndarray, second: np.ndarray) -> float:
    """Unbiased MMD^2 of two (n, F) feature sets, n >= 2: pairs of a point with itself are left out.

    mean over i != j of k(x_i, x_j) + the same of k(y_i, y_j) - 2 times the mean of k(x_i, y_j)
    """
    count = len(first)
    within = sum(_sum_of_pairs(k) for k in (_kernel(first, first), _kernel(second, second)))
    across = float(_kernel(first, second).sum())
    return within / (count * (count - 1)) - 2 * across / count**2


def _sum_of_pairs(kernel: np.ndarray) -> float:
    return float(kernel.sum() - np.trace(kernel))


def _kernel(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(n, F) and (m, F) to (n, m) float64: the products at the features' precision, then exact."""
    return ((first @ second.T).astype(np.float64) / first.shape[1] + 1) ** 3


def _draw(features: np.ndarray, size: int, generator: np.random.Generator) -> np.ndarray:
    return features[generator.choice(len(features), size, replace=False)]
