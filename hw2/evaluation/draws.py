"""Scores of several draws of samples: their mean, and how far a draw lies from it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hw2.core.errors import UserError

DEVIATION = "_std"


def split_draws(images: np.ndarray, size: int, where: str) -> list[np.ndarray]:
    """(seeds x size, ...) images that lie one draw after another, as `seeds` arrays (size, ...).

    Args:
        size: images in a draw.
        where: the file they come from, for the message.

    Raises:
        UserError: the number of images is no whole multiple of `size`.
    """
    draws, left_over = divmod(len(images), size)
    if left_over or not draws:
        raise UserError(
            f"{where}: {len(images)} images are no whole number of draws of {size}; "
            f"sample again with the present params (dvc repro)"
        )
    return np.split(images, draws)


def over_draws(scores: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Mean of each score under its key, sample standard deviation under ``<key>_std``.

    Args:
        scores: one mapping a draw, all with the same keys; values are numbers, or mappings of
            them, which are treated alike.

    Returns:
        Keys in the given order. With one draw there are no deviations. A score that is a
        deviation itself (its key ends in ``_std``) gets none of its own.
    """
    result: dict[str, Any] = {}
    for key, first in scores[0].items():
        values = [each[key] for each in scores]
        if isinstance(first, Mapping):
            result[key] = over_draws(values)
            continue
        result[key] = float(np.mean(values))
        if len(values) > 1 and not key.endswith(DEVIATION):
            result[key + DEVIATION] = float(np.std(values, ddof=1))
    return result
