"""The one training loop of every adaptation method, baselines included."""

import torch
from lightning_fabric import Fabric

from hw2.adapt.interface import AdaptNet, Method
from hw2.core.training import Training
from hw2.data.batches import Batches


def train(
    net: AdaptNet,
    method: Method,
    source: Batches,
    target: Batches,
    optimizer: torch.optim.Optimizer,
    fabric: Fabric,
    training: Training,
) -> None:
    """Train `net` in place; what is kept is the last step, chosen by no label."""
    for step in training:
        progress = step / training.total_steps
        terms = method.terms(net, source.draw(), target.draw(), progress)
        optimizer.zero_grad(set_to_none=True)
        fabric.backward(terms.total)
        optimizer.step()
        training.log(terms.values())
