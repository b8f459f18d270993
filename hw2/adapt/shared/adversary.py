"""The domain classifier as the features' adversary (Ganin et al. 2016), for DANN and for DSN."""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from hw2.adapt.shared.gradient_reversal import reverse_gradient
from hw2.adapt.shared.interface import AdaptNet


def reversal_strength(p: float, gamma: float) -> float:
    """lambda = 2 / (1 + exp(-gamma p)) - 1 (Ganin et al. 2016, section 5.2.2).

    Args:
        p: share of the schedule that has passed, in [0, 1]; lambda is 0 at 0.
        gamma: steepness; with 10, lambda is 0.9999 at 1.
    """
    return 2 / (1 + math.exp(-gamma * p)) - 1


class DomainLoss(NamedTuple):
    """What the domain classifier makes of a batch; source is domain 1, target domain 0.

    Attributes:
        source, target: mean cross-entropy on the features of each.
        accuracy: share of features, in [0, 1], that it puts in the right domain.
    """

    source: Tensor
    target: Tensor
    accuracy: Tensor


def domain_loss(net: AdaptNet, source: Tensor, target: Tensor, strength: float) -> DomainLoss:
    """The domain classifier's loss, whose gradient reaches the features times ``-strength``.

    Both domains go through the classifier as one batch: were each normalised by itself, BatchNorm
    would hide the shift between them from the classifier.

    Args:
        source, target: features (B, F), the batches may differ in size.
    """
    logits = net.domain_logits(reverse_gradient(torch.cat([source, target]), strength))
    domains = torch.zeros(len(logits), dtype=torch.int64, device=logits.device)
    domains[: len(source)] = 1
    each = F.cross_entropy(logits.float(), domains, reduction="none")
    accuracy = (logits.argmax(1) == domains).float().mean()
    return DomainLoss(each[: len(source)].mean(), each[len(source) :].mean(), accuracy)
