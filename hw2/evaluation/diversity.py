"""Diversity within a class: how far apart its images lie, compared with real ones.

Distances are those of a judge's features. A model that draws one handwriting of each digit has a
diversity near 0, one as varied as real digits near 1. Read it beside the judge's accuracy: where a
model mixes up the classes, a class holds several digits, and its diversity may exceed 1.
"""

import numpy as np
from scipy.spatial.distance import pdist

from hw2.data.sizes import CLASSES

MOST = 500  # images of a class that are compared: 124,750 pairs


def class_spread(
    features: np.ndarray, labels: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Mean distance over all pairs of different images of a class, (10,); NaN for fewer than two.

    Unlike a variance it does not grow with the square of a few outliers' distances, and being a
    mean over pairs it does not depend on how many images there are, except by chance.

    Args:
        features: (N, F) real numbers.
        labels: (N,) in 0..9.
        generator: draws the images of a class with more than 500.
    """
    spread = np.full(CLASSES, np.nan)
    for digit in range(CLASSES):
        members = np.flatnonzero(labels == digit)
        if len(members) > MOST:
            members = generator.choice(members, MOST, replace=False)
        if len(members) > 1:
            spread[digit] = pdist(features[members]).mean()
    return spread


def diversity(generated: np.ndarray, real: np.ndarray) -> np.ndarray:
    """Ratio of two (10,) spreads, (10,): 1 is as diverse as real; NaN where either is unknown."""
    known = ~np.isnan(generated) & (real > 0)
    return np.divide(generated, real, where=known, out=np.full(CLASSES, np.nan))
