"""Domain separation (Bousmalis et al. 2016): what domains share, apart from what is private."""

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor

from hw2.adapt.shared.adversary import domain_loss, reversal_strength
from hw2.adapt.shared.interface import AdaptNet, Method, Progress, SeparatingNet
from hw2.core.errors import UserError
from hw2.core.processes import all_rows
from hw2.core.terms import Terms
from hw2.data.batches import Batch
from hw2.data.bounds import check_bounds

SEES_TARGET_LABELS = False
TWO_VIEWS = False


def reconstruction_loss(images: Tensor, reconstructed: Tensor) -> Tensor:
    """Scale-invariant mean squared error (Bousmalis et al. 2016, equation 4), mean over the batch.

    For each image the mean square of the k differences minus their squared mean, that is, their
    variance: a constant offset of a whole image costs nothing.

    Args:
        images, reconstructed: (B, C, H, W), k = C H W.
    """
    difference = images.float() - reconstructed.float()
    return difference.flatten(1).var(dim=1, correction=0).mean()


def difference_loss(private: Tensor, shared: Tensor) -> Tensor:
    """How much private and shared codes say the same (Bousmalis et al. 2016, equation 5).

    With rows scaled to length 1, the mean square of the F x F entries of Hp^T Hs: the paper's
    squared Frobenius norm over F^2, as in the repository that report 003 cites. An entry sums, over
    the batch, the products of one private and one shared feature. The loss is 0 where each private
    feature's column over the batch is orthogonal to each shared feature's; that the two codes of
    every image are orthogonal does not suffice. It is not averaged over the batch.

    Args:
        private, shared: codes (B, F); their lengths count as constants in the gradient.
    """
    private, shared = all_rows(private), all_rows(shared)
    # Entries cancel over the batch; bfloat16 would leave rounding errors of the size of the loss.
    with torch.autocast(private.device.type, enabled=False):
        correlation = _unit_rows(private.float()).T @ _unit_rows(shared.float())  # (F, F)
        return correlation.square().mean()


def _unit_rows(codes: Tensor) -> Tensor:
    return codes / codes.norm(dim=1, keepdim=True).detach().clamp_min(1e-6)


class Dsn(Method):
    """Label loss on the source; reconstruction, difference and similarity on both domains.

    Each of the latter is the source's loss plus the target's (Bousmalis et al. 2016, equations 1
    and 3 to 6). Weights and start are those of the repository that report 003 cites; the report
    itself gives none.

    Args:
        gamma: steepness of the schedule of the reversal's strength.
        reconstruction_weight: factor of `reconstruction_loss`; the paper's alpha.
        difference_weight: factor of `difference_loss`; the paper's beta.
        similarity_weight: factor of DANN's domain loss, here summed; the paper's gamma.
        similarity_from: step, counted from 0, from which the domain loss counts; the schedule's p
            runs from 0 there to 1 at the end. A shorter training never has it.

    Raises:
        ValueError: one is negative.
    """

    def __init__(
        self,
        gamma: float,
        reconstruction_weight: float,
        difference_weight: float,
        similarity_weight: float,
        similarity_from: int,
    ) -> None:
        check_bounds(
            0,
            gamma=gamma,
            reconstruction_weight=reconstruction_weight,
            difference_weight=difference_weight,
            similarity_weight=similarity_weight,
            similarity_from=similarity_from,
        )
        self.gamma, self.similarity_from = gamma, similarity_from
        self.reconstruction_weight = reconstruction_weight
        self.difference_weight = difference_weight
        self.similarity_weight = similarity_weight

    def terms(self, net: AdaptNet, source: Batch, target: Batch, progress: Progress) -> Terms:
        """Terms `label`, `reconstruction`, `difference`, from its start on `similarity`; weighted.

        From then on there is also the monitor `domain accuracy`.

        Raises:
            UserError: the network has no private encoders.
            ValueError: the source batch carries no labels.
        """
        net = _separating(net)
        if source.labels is None:
            raise ValueError("source batches carry no labels")
        source_shared, target_shared = net.features(source.images), net.features(target.images)
        source_own, target_own = net.source_code(source.images), net.target_code(target.images)
        source_rebuilt = net.reconstruct(source_own + source_shared)
        target_rebuilt = net.reconstruct(target_own + target_shared)
        reconstruction = reconstruction_loss(source.images, source_rebuilt)
        reconstruction = reconstruction + reconstruction_loss(target.images, target_rebuilt)
        difference = difference_loss(source_own, source_shared)
        difference = difference + difference_loss(target_own, target_shared)
        losses = {
            "label": F.cross_entropy(net.label_logits(source_shared).float(), source.labels),
            "reconstruction": self.reconstruction_weight * reconstruction,
            "difference": self.difference_weight * difference,
        }
        if progress.step < self.similarity_from:
            return Terms(losses)
        p = (progress.step - self.similarity_from) / (progress.total - self.similarity_from)
        strength = reversal_strength(p, self.gamma)
        domain = domain_loss(net, source_shared, target_shared, strength)
        losses["similarity"] = self.similarity_weight * (domain.source + domain.target)
        return Terms(losses, {"domain accuracy": domain.accuracy})


def _separating(net: AdaptNet) -> SeparatingNet:
    """The network itself, still wrapped for its precision, after a look at what is inside."""
    inside = getattr(net, "module", net)
    if not isinstance(inside, SeparatingNet):
        name = type(inside).__module__.rpartition(".")[2]
        raise UserError(
            "params.yaml: adapt.runs: method 'dsn' needs private encoders and a decoder, which net "
            f"'{name}' does not have; give the run net 'dsn', or another method"
        )
    return cast(SeparatingNet, net)


def build(
    gamma: float,
    reconstruction_weight: float,
    difference_weight: float,
    similarity_weight: float,
    similarity_from: int,
) -> Dsn:
    """The method with its schedule and weights."""
    return Dsn(gamma, reconstruction_weight, difference_weight, similarity_weight, similarity_from)
