"""Whether a model copies what it was trained on: shares, and pairs to look at."""

from pathlib import Path

import numpy as np

from hw2.core.files import write_arrays
from hw2.data.arrays import ImageSet
from hw2.evaluation.nearest import Neighbours, as_found, share_copied, share_nearer


def copying(found: Neighbours, of_val: np.ndarray) -> dict[str, float]:
    """``nearer_than_val`` and ``copied`` of hw2.evaluation.nearest; 0.5 and 0.01 for new images.

    Args:
        found: the nearest training images of the generated ones.
        of_val: (M,), relative distances of real val images to their nearest training images.
    """
    return {
        "nearer_than_val": share_nearer(found.relative, of_val),
        "copied": share_copied(found.relative, of_val),
    }


def write_pairs(
    path: Path, images: np.ndarray, shown: np.ndarray, found: Neighbours, train: ImageSet
) -> None:
    """Write the images with the indices `shown` (P,) beside their nearest training images.

    Arrays, a row a pair: `generated` and `nearest` (P, H, W, 3) uint8; `distance` and `relative`
    (P,) float32, of hw2.evaluation.nearest; `nearest_names` (P,), the training images' file names.
    A training image of which the mirror image is nearest is written as that.
    """
    nearest = found.index[shown]
    pairs = {
        "generated": images[shown],
        "nearest": as_found(train.images[nearest], found.mirrored[shown]),
        "distance": found.distance[shown],
        "relative": found.relative[shown],
        "nearest_names": np.asarray(train.names, dtype=np.str_)[nearest],
    }
    write_arrays(path, pairs)
