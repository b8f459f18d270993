"""The one training loop of every adaptation method, baselines included."""

import torch
from lightning_fabric import Fabric

from hw2.adapt.shared.interface import AdaptNet, Method, Progress
from hw2.adapt.training.curve import TargetCurve
from hw2.core.training import Training
from hw2.data.batches import Batches


def train(
    net: AdaptNet,
    method: Method,
    source: Batches,
    target: Batches,
    *,
    optimizer: torch.optim.Optimizer,
    lr_schedule: torch.optim.lr_scheduler.LRScheduler,
    curve: TargetCurve,
    fabric: Fabric,
    training: Training,
) -> None:
    """Train `net` in place; what is kept is the last step, chosen by no label."""
    method.begin(net)
    for step in training:
        progress = Progress(step, training.total_steps)
        batches = source.draw(), target.draw()  # bfloat16 would move images by a tenth of a pixel
        # Methods call parts of the network, and Fabric casts only in a network's forward.
        with fabric.autocast():
            terms = method.terms(net, *batches, progress)
        optimizer.zero_grad(set_to_none=True)
        fabric.backward(terms.total)
        optimizer.step()
        lr_schedule.step()
        method.after_step(net, progress)
        values = terms.values()
        if curve.due(step):
            with fabric.autocast():  # a teacher is not wrapped by Fabric
                accuracy = curve.measure(method.adapted(net), fabric.device)
            values["monitor.target accuracy"] = accuracy
        training.log(values)
