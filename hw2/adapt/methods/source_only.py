"""The lower bound: learn from labelled source images alone."""

import torch.nn.functional as F

from hw2.adapt.shared.interface import AdaptNet, Method, Progress
from hw2.core.terms import Terms
from hw2.data.batches import Batch

SEES_TARGET_LABELS = False
TWO_VIEWS = False


class SourceOnly(Method):
    """Cross-entropy on source batches."""

    def terms(self, net: AdaptNet, source: Batch, target: Batch, progress: Progress) -> Terms:
        """The term `label`; `target` is not used.

        Raises:
            ValueError: the source batch carries no labels.
        """
        if source.labels is None:
            raise ValueError("source batches carry no labels")
        return Terms({"label": F.cross_entropy(net(source.images).float(), source.labels)})


def build() -> SourceOnly:
    """The method; it has no settings."""
    return SourceOnly()
