"""The one training loop of every diffusion model. Its formulas are in objectives and schedule."""

from collections.abc import Sequence
from typing import Protocol

import torch
from lightning_fabric import Fabric

from hw2.core.training import Training
from hw2.data.batches import Batches
from hw2.diffusion.guidance import LabelDrop
from hw2.diffusion.interface import Objective, Unet
from hw2.diffusion.schedule import Schedule


class Follower(Protocol):
    """Takes something of the network's weights after each step."""

    def update(self, step: int) -> None:
        """See the weights after `step`, counted from 0."""


def train(
    net: Unet,
    objective: Objective,
    schedule: Schedule,
    batches: Batches,
    *,
    label_drop: LabelDrop,
    optimizer: torch.optim.Optimizer,
    lr_schedule: torch.optim.lr_scheduler.LRScheduler,
    followers: Sequence[Follower],
    fabric: Fabric,
    training: Training,
    rng: torch.Generator,
) -> None:
    """Train `net` in place.

    Args:
        label_drop: makes some labels "none"; those of unlabelled batches are.
        followers: follow the network: its moving average, its state at some step.
        rng: generator of the noise, of t and of the dropped labels.
    """
    for step in training:
        batch = batches.draw()
        if batch.labels is None:
            labels = label_drop.none(batch.images)
        else:
            labels = label_drop(batch.labels, rng)
        terms = objective.terms(net, schedule, batch.images, labels, rng)
        optimizer.zero_grad(set_to_none=True)
        fabric.backward(terms.total)
        optimizer.step()
        lr_schedule.step()
        for follower in followers:
            follower.update(step)
        training.log(terms.values())
