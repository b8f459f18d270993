"""t-SNE: separates what is separate, repeats itself, and says when there are too few points."""

import numpy as np
import pytest

from hw2.core.errors import UserError
from hw2.evaluation.tsne import embed


def two_clusters() -> np.ndarray:
    random = np.random.default_rng(0)
    return np.concatenate([random.normal(0, 1, (30, 5)), random.normal(20, 1, (30, 5))])


def test_two_clusters_stay_apart_and_the_map_repeats_itself() -> None:
    found = embed(two_clusters(), seed=7, perplexity=10, steps=250)
    assert found.shape == (60, 2)
    first, second = found[:30], found[30:]
    spread = max(first.std(axis=0).max(), second.std(axis=0).max())
    assert np.linalg.norm(first.mean(axis=0) - second.mean(axis=0)) > 3 * spread
    again = embed(two_clusters(), seed=7, perplexity=10, steps=250)
    assert found.tobytes() == again.tobytes()


def test_seeds_of_any_size_are_taken() -> None:
    assert np.isfinite(embed(two_clusters(), seed=2**62 + 1, perplexity=5, steps=250)).all()


def test_too_few_points_are_named() -> None:
    with pytest.raises(UserError, match="perplexity 30 needs more than 30 points, there are 20"):
        embed(np.zeros((20, 3)), seed=0, perplexity=30, steps=250)
