"""What trained networks made of val images: what scoring and mapping read.

For each side, ``source`` and ``target``: ``<side>_predicted`` (S, N) of the run's S trainings; and
of the first training ``<side>_mapped`` (M,), the indices of the images whose ``<side>_features``
(M, F) are kept. Of each training also ``entropy``, ``information`` and ``agreement``, (S,).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from hw2.core.files import read_arrays, write_arrays
from hw2.core.paths import run_folder

LABEL_FREE = ("entropy", "information", "agreement")


def outcome_file(run: str) -> Path:
    """Where the outcome of one adaptation run is kept."""
    return run_folder("adapt", run) / "val.npz"


def save_outcome(run: str, trainings: Sequence[Mapping[str, np.ndarray]]) -> None:
    """Write what `hw2.adapt.training.predict.outcome` made of each training."""
    first = dict(trainings[0])
    for key in ("source_predicted", "target_predicted", *LABEL_FREE):
        first[key] = np.stack([training[key] for training in trainings])
    write_arrays(outcome_file(run), first)


def load_outcome(run: str) -> dict[str, np.ndarray]:
    """What `save_outcome` wrote.

    Raises:
        UserError: the file is missing or damaged.
    """
    return read_arrays(outcome_file(run))
