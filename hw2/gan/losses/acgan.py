"""The losses of ACGAN (Odena et al. 2017, equations 2 and 3): real or not, and which class.

The discriminator returns (probabilities of being real (B,), probabilities of labels (B, K)). As in
the implementation that report 003 cites, the latter go through the cross-entropy's softmax a
second time. So L_C is not the paper's: for K = 10 it ends at log(1 + 9 / e) = 1.461 instead of 0,
where every image has its label with certainty.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from hw2.core.errors import UserError
from hw2.core.terms import Terms
from hw2.gan.interface import CLASSES, Loss, Networks, Samples
from hw2.nn.cross_entropy import binary_cross_entropy


class AuxiliaryClassifier(Loss):
    """(L_S + L_C) / 2 for both players: D's is the mean over real and generated images.

    L_S is binary cross-entropy (G's with target 1, the non-saturating form), L_C the cross-entropy
    of the labels: of the true ones on real images, of those asked for on generated ones.
    """

    takes = frozenset({CLASSES})

    def discriminator_terms(
        self, nets: Networks, real: Samples, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """L_S and L_C on either batch; monitors the mean of D and the accuracy on either.

        Raises:
            UserError: a batch has no labels.
        """
        losses, monitors = {}, {}
        for name, samples, target in (("real", real, 1.0), ("fake", fake, 0.0)):
            labels = _labels(samples)
            on_source, on_labels = nets.discriminator(samples.images)
            losses[f"d_{name}"] = 0.25 * binary_cross_entropy(on_source, target)
            losses[f"d_{name}_class"] = 0.25 * F.cross_entropy(on_labels, labels)
            monitors[f"D({name})"] = on_source.mean()
            monitors[f"accuracy({name})"] = (on_labels.argmax(1) == labels).float().mean()
        return Terms(losses, monitors)

    def generator_terms(
        self, nets: Networks, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """L_S with target 1, and L_C.

        Raises:
            UserError: the batch has no labels.
        """
        on_source, on_labels = nets.discriminator(fake.images)
        on_class = F.cross_entropy(on_labels, _labels(fake))
        return Terms({"g": 0.5 * binary_cross_entropy(on_source, 1.0), "g_class": 0.5 * on_class})


def _labels(samples: Samples) -> Tensor:
    if samples.labels is None:
        raise UserError(
            "gan.models: the loss 'acgan' needs labels; choose data and a net that have some"
        )
    return samples.labels


def build() -> AuxiliaryClassifier:
    """The loss; its weights are the paper's and the cited implementation's, so it takes none."""
    return AuxiliaryClassifier()
