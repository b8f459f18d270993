"""What adaptation networks and methods promise to the loop (`hw2.adapt.train`)."""

from typing import Protocol

from torch import Tensor, nn

from hw2.core.terms import Terms
from hw2.data.batches import Batch


class AdaptNet(nn.Module):
    """Feature extractor, label classifier and domain classifier.

    A module ``hw2.adapt.nets.<name>`` makes one with ``build(**net_args)``.
    """

    def features(self, images: Tensor) -> Tensor:
        """Images (B, 3, 28, 28) in [-1, 1] -> (B, F)."""
        raise NotImplementedError

    def label_logits(self, features: Tensor) -> Tensor:
        """(B, F) -> (B, 10)."""
        raise NotImplementedError

    def domain_logits(self, features: Tensor) -> Tensor:
        """(B, F) -> (B, 2), index 1 is the source, 0 the target. Does not reverse gradients."""
        raise NotImplementedError

    def forward(self, images: Tensor) -> Tensor:
        """Label logits (B, 10) of images."""
        return self.label_logits(self.features(images))


class Method(Protocol):
    """A module ``hw2.adapt.methods.<name>`` makes one with ``build(**method_args)``.

    The module's ``SEES_TARGET_LABELS`` says whether target batches carry labels; it is True for
    the upper bound `target_only` alone, and batches of every other method have ``labels=None``.
    """

    def terms(self, net: AdaptNet, source: Batch, target: Batch, progress: float) -> Terms:
        """Loss terms of one step; `progress` runs from 0 to 1 over the training."""
