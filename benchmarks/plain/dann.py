"""DANN: python -m benchmarks.plain.dann SOURCE_FOLDER TARGET_FOLDER BATCH STEPS."""

import math
import sys
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.plain.images import endless
from hw2.adapt.shared.interface import AdaptNet
from hw2.adapt.shared.params import AdaptNetSettings
from hw2.adapt.training.build import build_net
from hw2.core.params import read_section


class Reverse(torch.autograd.Function):
    """The identity, whose gradient is reversed."""

    @staticmethod
    def forward(context: Any, x: Tensor, strength: float) -> Tensor:
        context.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return -context.strength * gradients[0], None


def train(source: Path, target: Path, batch: int, steps: int) -> None:
    """Train net `conv_bn` of params.yaml."""
    settings = read_section(AdaptNetSettings, "adapt", "nets", "conv_bn")
    gamma = settings.methods["dann"]["gamma"]
    device = "cuda" if torch.cuda.is_available() else "cpu"
    net = build_net("conv_bn", settings).to(device)
    adam = torch.optim.Adam(net.parameters(), lr=settings.optimizer.lr)
    batches = zip(endless(source, batch), endless(target, batch), strict=False)
    for step, ((images, labels), (others, _)) in zip(range(steps), batches, strict=False):
        strength = 2 / (1 + math.exp(-gamma * step / steps)) - 1
        label, on_source, on_target = losses(net, images, labels, others, strength)
        loss = label + (on_source + on_target) / 2
        adam.zero_grad()
        loss.backward()
        adam.step()
        values = [each.item() for each in (label, on_source, on_target)]
        if step % 50 == 0:
            print(step, *(f"{value:.3f}" for value in values), file=sys.stderr)


def losses(
    net: AdaptNet, images: Tensor, labels: Tensor, others: Tensor, strength: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Cross-entropy of the digits, and of the domain on source (1) and on target (0) images.

    The domain head sees one domain after the other, so its BatchNorm has other means than the
    stage's, where both are one batch: only the first of the three losses is the same there.
    """
    features = net.features(images)
    label = F.cross_entropy(net.label_logits(features), labels)
    ones = torch.ones(len(images), dtype=torch.long, device=images.device)
    on_source = F.cross_entropy(net.domain_logits(Reverse.apply(features, strength)), ones)
    features = net.features(others)
    zeros = torch.zeros(len(others), dtype=torch.long, device=images.device)
    on_target = F.cross_entropy(net.domain_logits(Reverse.apply(features, strength)), zeros)
    return label, on_source, on_target


if __name__ == "__main__":
    train(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
