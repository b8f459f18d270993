"""The upper bound: learn from labelled target images, which no adaptation method may see."""

import torch.nn.functional as F

from hw2.adapt.shared.interface import AdaptNet, Method, Progress
from hw2.core.terms import Terms
from hw2.data.batches import Batch

SEES_TARGET_LABELS = True
TWO_VIEWS = False


class TargetOnly(Method):
    """Cross-entropy on target batches."""

    def terms(self, net: AdaptNet, source: Batch, target: Batch, progress: Progress) -> Terms:
        """The term `label`; `source` is not used.

        Raises:
            ValueError: the target batch carries no labels.
        """
        if target.labels is None:
            raise ValueError("target batches carry no labels")
        return Terms({"label": F.cross_entropy(net(target.images).float(), target.labels)})


def build() -> TargetOnly:
    """The method; it has no settings."""
    return TargetOnly()
