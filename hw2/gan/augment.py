"""What is done to images before the discriminator sees them."""

from collections.abc import Sequence
from functools import partial

import torch

from hw2.core.lookup import build
from hw2.data.batches import Augment, in_turn
from hw2.gan.params import AugmentStep

PACKAGE = "hw2.data.augment"


def make_augment(steps: Sequence[AugmentStep], key: str, rng: torch.Generator) -> Augment:
    """One augmentation of a batch that does all of `steps`; it draws from `rng`.

    Args:
        key: where the steps stand in params.yaml, for messages.
    """
    return in_turn(
        [
            partial(build(PACKAGE, step.kind, f"{key}.{step.kind}", **step.args), rng=rng)
            for step in steps
        ]
    )
