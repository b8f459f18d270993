"""What adaptation networks and methods promise to the loop (`hw2.adapt.training.train`)."""

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn

from hw2.core.terms import Terms
from hw2.data.batches import Batch


@dataclass(frozen=True)
class Progress:
    """Where a training is: `step` of `total`, counted from 0."""

    step: int
    total: int

    @property
    def share(self) -> float:
        """p in [0, 1), of which the schedules of adaptation methods are functions."""
        return self.step / self.total


class AdaptNet(nn.Module):
    """Feature extractor, label classifier and domain classifier.

    A module ``hw2.adapt.nets.<name>`` makes one with ``build(**net_args)``. The three parts are
    attributes that keep the names of their report's print-out; the class says which they are.
    """

    EXTRACTOR: ClassVar[str]
    LABEL_HEAD: ClassVar[str]
    DOMAIN_HEAD: ClassVar[str]

    def features(self, images: Tensor) -> Tensor:
        """Images (B, 3, 28, 28) in [-1, 1] -> (B, F)."""
        return self.get_submodule(self.EXTRACTOR)(images).flatten(1)

    def label_logits(self, features: Tensor) -> Tensor:
        """(B, F) -> (B, 10)."""
        return self.get_submodule(self.LABEL_HEAD)(features)

    def domain_logits(self, features: Tensor) -> Tensor:
        """(B, F) -> (B, 2), index 1 is the source, 0 the target. Does not reverse gradients."""
        return self.get_submodule(self.DOMAIN_HEAD)(features)

    def forward(self, images: Tensor) -> Tensor:
        """Label logits (B, 10) of images."""
        return self.label_logits(self.features(images))


class SeparatingNet(AdaptNet):
    """A network that also holds what is private to each domain (Bousmalis et al. 2016)."""

    def source_code(self, images: Tensor) -> Tensor:
        """Private code (B, F) of source images (B, 3, 28, 28)."""
        raise NotImplementedError

    def target_code(self, images: Tensor) -> Tensor:
        """Private code (B, F) of target images (B, 3, 28, 28)."""
        raise NotImplementedError

    def reconstruct(self, code: Tensor) -> Tensor:
        """Images (B, 3, 28, 28) in [-1, 1] from private plus shared code (B, F)."""
        raise NotImplementedError


# Methods besides `forward` that compute with a network's layers.
COMPUTING_METHODS = (
    "features",
    "label_logits",
    "domain_logits",
    "source_code",
    "target_code",
    "reconstruct",
)


class Method:
    """A module ``hw2.adapt.methods.<name>`` makes one with ``build(**method_args)``.

    The module's ``SEES_TARGET_LABELS`` says whether target batches carry labels; it is True for
    the upper bound `target_only` alone, and batches of every other method have ``labels=None``.
    Its ``TWO_VIEWS`` says whether batches hold the images as they are and, as ``strong``, augmented
    by the network's `views`; otherwise their images are the augmented ones.
    """

    def begin(self, net: AdaptNet) -> None:
        """A hook before the first step, e.g. to copy the network."""

    def terms(self, net: AdaptNet, source: Batch, target: Batch, progress: Progress) -> Terms:
        """Loss terms of one step."""
        raise NotImplementedError

    def after_step(self, net: AdaptNet, progress: Progress) -> None:
        """A hook after each step of the optimiser, e.g. for a moving average."""

    def adapted(self, net: AdaptNet) -> AdaptNet:
        """The network that the training is for: the one that is read with, and kept."""
        return net

    def state_dict(self) -> dict[str, Any]:
        """What a resumed training needs to know, e.g. a moving average."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a saved state."""
