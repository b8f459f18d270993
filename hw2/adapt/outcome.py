"""What a trained network made of val images: what scoring and mapping read.

For each side, ``source`` and ``target``: ``<side>_predicted`` (N,), and ``<side>_mapped`` (M,), the
indices of the images whose ``<side>_features`` (M, F) are kept.
"""

from pathlib import Path

import numpy as np

from hw2.core.files import read_arrays
from hw2.core.paths import run_folder


def outcome_file(run: str) -> Path:
    """Where the outcome of one adaptation run is kept."""
    return run_folder("adapt", run) / "val.npz"


def load_outcome(run: str) -> dict[str, np.ndarray]:
    """What `hw2.adapt.training.predict.save_outcome` wrote.

    Raises:
        UserError: the file is missing or damaged.
    """
    return read_arrays(outcome_file(run))
