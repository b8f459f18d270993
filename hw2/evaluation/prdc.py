"""Precision, recall, density and coverage of generated images in a feature space.

Each set is taken as a union of balls: around each of its feature vectors one that reaches to the
vector's k-th nearest neighbour within the set. Precision and recall after Kynkaanniemi et al. 2019
(eq. 1 and 2), density and coverage after Naeem et al. 2020 (eq. 4 and 5). The boundary of a ball
is outside, as in the code of Naeem et al.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

BLOCK = 1024  # rows of a block of distances: 1,024 x 1,024 float64 is 8 MB
ZERO = 1e-10  # relative to |a|^2 + |b|^2: smaller squared distances are 0, rounded
TIE = 1e-6  # relative: squared distances of float32 features nearer to each other are equal


@dataclass(frozen=True)
class Balls:
    """A feature set with the radii of its balls.

    Attributes:
        features: (N, F), N > k.
        squared_radii: (N,) float64, squared distances to the k-th nearest other vector.
        k: the neighbour that a ball reaches to.
    """

    features: np.ndarray
    squared_radii: np.ndarray
    k: int

    @classmethod
    def around(cls, features: np.ndarray, k: int) -> Self:
        """The balls of (N, F) features.

        Raises:
            ValueError: there are no k neighbours, that is N <= k.
        """
        if features.ndim != 2 or len(features) <= k:
            raise ValueError(f"(N > k = {k}, F) features needed: {features.shape}")
        return cls(features, _squared_radii(features, k), k)


@dataclass(frozen=True)
class Prdc:
    """Four scores of generated images, 1 being what real images score (density: about 1).

    Attributes:
        precision: share of generated vectors inside some real ball, in [0, 1].
        recall: share of real vectors inside some generated ball, in [0, 1].
        density: real balls around a generated vector, in units of k, >= 0; above 1 where
            generated images crowd where real ones are dense.
        coverage: share of real balls that hold a generated vector, in [0, 1].
    """

    precision: float
    recall: float
    density: float
    coverage: float


def prdc(real: Balls, generated: Balls) -> Prdc:
    """The four scores, from one pass over the M x N distances, a block at a time.

    Raises:
        ValueError: widths or k differ.
    """
    if real.features.shape[1] != generated.features.shape[1] or real.k != generated.k:
        raise ValueError("real and generated features differ in width or k")
    balls_around = np.zeros(len(generated.features), dtype=np.int64)  # real ones, for each vector
    recalled, covered = np.zeros((2, len(real.features)), dtype=bool)
    for rows, columns, distances in _blocks(real.features, generated.features):
        in_real = _inside(distances, real.squared_radii[rows, None])
        balls_around[columns] += in_real.sum(axis=0)
        covered[rows] |= in_real.any(axis=1)
        recalled[rows] |= _inside(distances, generated.squared_radii[columns]).any(axis=1)
    return Prdc(
        precision=float((balls_around > 0).mean()),
        recall=float(recalled.mean()),
        density=float(balls_around.mean() / real.k),
        coverage=float(covered.mean()),
    )


def _inside(distances: np.ndarray, squared_radii: np.ndarray) -> np.ndarray:
    """Strictly inside. A copy of the k-th neighbour lies on the boundary, however it is rounded."""
    return distances < squared_radii * (1 - TIE)


def _squared_radii(features: np.ndarray, k: int) -> np.ndarray:
    """(N, F) to (N,): squared distances to the k-th nearest other vector."""
    radii = np.empty(len(features))
    for rows in _slices(len(features)):
        nearest = np.empty((rows.stop - rows.start, 0))
        for *_, distances in _blocks(features[rows], features):
            candidates = np.concatenate([nearest, distances], axis=1)
            # k + 1, for the nearest is the vector itself, at distance 0.
            nearest = np.partition(candidates, min(k, candidates.shape[1] - 1), axis=1)[:, : k + 1]
        radii[rows] = nearest.max(axis=1)
    return radii


def _blocks(first: np.ndarray, second: np.ndarray) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """Rows, columns and (at most 1,024 x 1,024) squared distances, float64, block by block.

    |a - b|^2 = |a|^2 + |b|^2 - 2 a.b loses digits where a and b are near, so it is computed in
    float64, and what rounding cannot tell from 0 is 0: copies are at distance 0 exactly.
    """
    for rows in _slices(len(first)):
        a = first[rows].astype(np.float64)
        for columns in _slices(len(second)):
            b = second[columns].astype(np.float64)
            scale = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)
            distances = scale - 2 * (a @ b.T)
            distances[distances < scale * ZERO] = 0
            yield rows, columns, distances


def _slices(count: int) -> Iterator[slice]:
    for start in range(0, count, BLOCK):
        yield slice(start, min(start + BLOCK, count))
