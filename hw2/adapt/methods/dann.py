"""Domain-adversarial training (Ganin et al. 2016): features that hide the domain."""

import torch.nn.functional as F

from hw2.adapt.shared.adversary import domain_loss, reversal_strength
from hw2.adapt.shared.both_domains import features_of_both
from hw2.adapt.shared.interface import AdaptNet, Method, Progress
from hw2.core.terms import Terms
from hw2.data.batches import Batch
from hw2.data.bounds import check_bounds

SEES_TARGET_LABELS = False
TWO_VIEWS = False


class Dann(Method):
    """Label loss on the source, domain loss on both, gradient reversed before the domain head.

    The reversal's strength lambda follows the paper's schedule (`reversal_strength`). The domain
    loss is the mean over both domains. The paper's equation 9 adds the two, which is twice as much;
    the reports do not say which they did.

    Args:
        gamma: steepness of the schedule; 10 in the paper.
        domain_weight: factor of the domain loss; 2 gives the paper's sum. Report 004 has 0.5 and
            does not say whether it scales the loss, as here, or lambda. The features' gradient is
            the same: ``-lambda * domain_weight`` times the domain loss's. Scaling the loss also
            scales the domain head's own gradient, to which Adam's steps are nearly blind.
        last_progress: the schedule's p at the end of the training, in (0, 1]. Less than 1 for a
            schedule laid out over more steps than are run: report 003 ran 14,000 of the 100,000
            iterations of the code it cites, 0.14, which ends at lambda = 0.60.

    Raises:
        ValueError: one is negative, or `last_progress` above 1.
    """

    def __init__(self, gamma: float, domain_weight: float, last_progress: float) -> None:
        check_bounds(0, gamma=gamma, domain_weight=domain_weight)
        check_bounds(0, 1, last_progress=last_progress)
        self.gamma, self.domain_weight, self.last_progress = gamma, domain_weight, last_progress

    def terms(self, net: AdaptNet, source: Batch, target: Batch, progress: Progress) -> Terms:
        """Terms `label` and `domain`, the latter already weighted; monitor `domain accuracy`.

        Raises:
            ValueError: the source batch carries no labels.
        """
        if source.labels is None:
            raise ValueError("source batches carry no labels")
        strength = reversal_strength(progress.share * self.last_progress, self.gamma)
        on_source, on_target = features_of_both(net, source.images, target.images)
        label = F.cross_entropy(net.label_logits(on_source).float(), source.labels)
        domain = domain_loss(net, on_source, on_target, strength)
        both = (domain.source + domain.target) / 2
        return Terms(
            {"label": label, "domain": self.domain_weight * both},
            {"domain accuracy": domain.accuracy},
        )


def build(gamma: float, domain_weight: float, last_progress: float) -> Dann:
    """The method with its schedule and weight."""
    return Dann(gamma, domain_weight, last_progress)
