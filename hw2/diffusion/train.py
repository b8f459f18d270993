"""The one training loop of every diffusion model. Its formulas are in objectives and schedule."""

import torch
from lightning_fabric import Fabric

from hw2.core.training import Training
from hw2.data.batches import Batches
from hw2.diffusion.guidance import LabelDrop
from hw2.diffusion.interface import Objective, Unet
from hw2.diffusion.schedule import Schedule
from hw2.nn.ema import Ema


def train(
    net: Unet,
    objective: Objective,
    schedule: Schedule,
    batches: Batches,
    *,
    label_drop: LabelDrop,
    optimizer: torch.optim.Optimizer,
    lr_schedule: torch.optim.lr_scheduler.LRScheduler,
    ema: Ema | None,
    fabric: Fabric,
    training: Training,
    rng: torch.Generator,
) -> None:
    """Train `net` in place.

    Args:
        label_drop: makes some labels "none"; those of unlabelled batches are.
        ema: moving average of the network, or None.
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
        if ema:
            ema.update(step)
        training.log(terms.values())
