"""DANN: python -m benchmarks.plain.dann SOURCE_FOLDER TARGET_FOLDER BATCH STEPS."""

import math
import sys
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.plain.images import endless
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
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return -context.strength * gradient, None


def train(source: Path, target: Path, batch: int, steps: int) -> None:
    """Train net `conv_bn` of params.yaml."""
    settings = read_section(AdaptNetSettings, "adapt", "nets", "conv_bn")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    net = build_net("conv_bn", settings).to(device)
    optimizer = torch.optim.Adam(net.parameters(), lr=settings.optimizer.lr)
    batches = zip(endless(source, batch), endless(target, batch), strict=False)
    for step, ((images, labels), (others, _)) in zip(range(steps), batches, strict=False):
        strength = 2 / (1 + math.exp(-10 * step / steps)) - 1
        features = net.features(images)
        loss_label = F.cross_entropy(net.label_logits(features), labels)
        ones = torch.ones(batch, dtype=torch.long, device=device)
        loss_source = F.cross_entropy(net.domain_logits(Reverse.apply(features, strength)), ones)
        features = net.features(others)
        zeros = torch.zeros(batch, dtype=torch.long, device=device)
        loss_target = F.cross_entropy(net.domain_logits(Reverse.apply(features, strength)), zeros)
        loss = loss_label + (loss_source + loss_target) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        values = [loss_label.item(), loss_source.item(), loss_target.item()]
        if step % 50 == 0:
            print(step, *(f"{value:.3f}" for value in values), file=sys.stderr)


if __name__ == "__main__":
    train(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
