"""Two-dimensional maps of features (t-SNE, van der Maaten and Hinton 2008)."""

import numpy as np
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from hw2.core.errors import UserError


def embed(features: np.ndarray, seed: int, perplexity: float, steps: int) -> np.ndarray:
    """Map (N, F) features to (N, 2) float32; equal arguments give equal bytes.

    Args:
        features: (N, F) real numbers.
        seed: any non-negative integer, e.g. of `derive_seed`.
        perplexity: effective number of neighbours of a point; less than N.
        steps: gradient steps, at least 250.

    Raises:
        UserError: there are not more points than `perplexity`.
    """
    if len(features) <= perplexity:
        raise UserError(
            f"t-SNE: perplexity {perplexity:g} needs more than {perplexity:g} points, there are "
            f"{len(features)}; map more points or lower the perplexity in params.yaml"
        )
    tsne = TSNE(perplexity=perplexity, max_iter=steps, init="pca", random_state=seed % 2**32)
    # Threads add up their parts of a sum in any order, and the map magnifies the last bit.
    with threadpool_limits(limits=1):
        embedded: np.ndarray = tsne.fit_transform(features.astype(np.float32))
    return embedded
