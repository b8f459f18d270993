"""Domain-adversarial training (Ganin et al. 2016): features that hide the domain."""

import math

import torch
import torch.nn.functional as F

from hw2.adapt.interface import AdaptNet
from hw2.core.terms import Terms
from hw2.data.batches import Batch
from hw2.nn.gradient_reversal import reverse_gradient

SEES_TARGET_LABELS = False


def reversal_strength(progress: float, gamma: float) -> float:
    """lambda = 2 / (1 + exp(-gamma p)) - 1, from 0 to nearly 1 (Ganin et al. 2016, sec. 5.2.2)."""
    return 2 / (1 + math.exp(-gamma * progress)) - 1


class Dann:
    """Label loss on the source, domain loss on both, gradient reversed before the domain head.

    Args:
        gamma: steepness of the schedule of the reversal's strength.
        domain_weight: factor of the domain loss.
    """

    def __init__(self, gamma: float, domain_weight: float) -> None:
        self.gamma, self.domain_weight = gamma, domain_weight

    def terms(self, net: AdaptNet, source: Batch, target: Batch, progress: float) -> Terms:
        """Terms `label` and `domain`; source is domain 1, target domain 0."""
        if source.labels is None:
            raise ValueError("source batches carry no labels")
        strength = reversal_strength(progress, self.gamma)
        on_source, on_target = net.features(source.images), net.features(target.images)
        label = F.cross_entropy(net.label_logits(on_source), source.labels)
        logits = net.domain_logits(reverse_gradient(torch.cat([on_source, on_target]), strength))
        domains = torch.zeros(len(logits), dtype=torch.int64, device=logits.device)
        domains[: len(on_source)] = 1
        domain = F.cross_entropy(logits, domains)
        accuracy = (logits.argmax(1) == domains).float().mean()
        return Terms(
            {"label": label, "domain": self.domain_weight * domain},
            {"domain accuracy": accuracy},
        )


def build(gamma: float, domain_weight: float) -> Dann:
    """The method with its schedule and weight."""
    return Dann(gamma, domain_weight)
