"""What the drawing of digits shares: the two splits, and labels in equal numbers."""

from typing import Literal, get_args

import numpy as np

from hw2.core.errors import UserError

Split = Literal["train", "val"]


def check_split(split: str) -> None:
    """Refuse a split that is neither "train" nor "val"."""
    if split not in get_args(Split):
        raise UserError(f"split {split!r} is unknown; it is one of {', '.join(get_args(Split))}")


def balanced_labels(count: int, generator: np.random.Generator) -> np.ndarray:
    """Labels (count,) int64 in 0..9, in random order, each digit as often (to within one)."""
    return generator.permutation(np.arange(count, dtype=np.int64) % 10)


def spread(labels: np.ndarray, pool: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """For each label an index into `pool` that bears it, every candidate used as often.

    Args:
        labels: (N,) labels wanted.
        pool: (M,) labels on offer; each wanted label occurs in it.

    Returns:
        (N,) int64 indices with ``pool[indices] == labels``.
    """
    chosen = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        wanted = np.flatnonzero(labels == label)
        candidates = generator.permutation(np.flatnonzero(pool == label))
        chosen[wanted] = generator.permutation(np.resize(candidates, len(wanted)))
    return chosen
