"""Training of the judge, which reads generated digits."""

import math
from collections.abc import Callable, Iterable
from typing import cast

import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from torch import Tensor

from hw2.core.generators import seeded, torch_generator
from hw2.data.arrays import ImageSet
from hw2.data.batches import Batches
from hw2.data.values import DIGITS
from hw2.evaluation.digit_judge import DigitJudge
from hw2.evaluation.judge_augment import augment

WARM_UP = 0.15  # share of the steps
WEIGHT_DECAY = 0.05
LABEL_SMOOTHING = 0.1  # with few images, labels of exactly 1 are learnt by heart
BETAS = (0.9, 0.99)


def train_judge(
    digits: ImageSet,
    steps: int,
    batch: int,
    lr: float,
    seed: int,
    fabric: Fabric,
    progress: Callable[[Iterable[int]], Iterable[int]],
) -> DigitJudge:
    """Train a judge on real digits; equal arguments on one machine give equal weights.

    Args:
        digits: labelled images, (N, 28, 28, 3) uint8, N >= batch.
        steps: optimiser steps; the learning rate warms up to `lr`, then falls to 0 as a cosine.
        fabric: device and precision.
        progress: is given the steps and gives them back one by one, e.g. ``tqdm``.

    Raises:
        UserError: `digits` has no labels, or fewer images than a batch.
    """
    order = torch_generator(torch.device("cpu"), seed, "judge", "order")
    changes = torch_generator(fabric.device, seed, "judge", "augment")
    batches = Batches(digits, batch, order, fabric.device, labelled=True, pixels=DIGITS)
    with seeded(seed, "judge", "init"):
        judge = DigitJudge()
    judge.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in torch's stub
    network = fabric.setup_module(judge)
    optimizer = torch.optim.AdamW(judge.parameters(), lr, BETAS, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _lr_factor(step, steps))
    for _ in progress(range(steps)):
        drawn = batches.draw()
        logits = network(augment(drawn.images, changes))
        optimizer.zero_grad(set_to_none=True)
        labels = cast(Tensor, drawn.labels)
        fabric.backward(F.cross_entropy(logits, labels, label_smoothing=LABEL_SMOOTHING))
        optimizer.step()
        schedule.step()
    return judge.eval()


def _lr_factor(step: int, steps: int) -> float:
    """Linear warm-up times cosine; no step has a rate of 0."""
    progress = (step + 1) / (steps + 1)
    return min(1.0, progress / WARM_UP) * (1 + math.cos(math.pi * progress)) / 2
