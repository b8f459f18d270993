"""Self-training with a mean teacher: the target's labels are the ones that the teacher is sure of.

FixMatch (Sohn et al. 2020) across domains, with the relative threshold and the distribution
alignment of AdaMatch (Berthelot et al. 2022) and the teacher of Tarvainen & Valpola 2017.
"""

import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hw2.adapt.shared.interface import AdaptNet, Method, Progress
from hw2.core.processes import mean
from hw2.core.terms import Terms
from hw2.data.batches import Batch
from hw2.data.bounds import check_bounds
from hw2.data.sizes import CLASSES

LEAST = 1e-12  # of a class's frequency: the logarithm of none is infinite

SEES_TARGET_LABELS = False
TWO_VIEWS = True


class SelfTraining(Method):
    """Label loss on strong views of the source; on those of the target with the teacher's labels.

    The teacher is a moving average of the network, sees the target unaugmented and in negative, and
    is what is kept in the end. Its BatchNorm statistics are the target's alone.

    Args:
        teacher_decay: share of the teacher's weights that a step keeps.
        threshold: a target image counts where the teacher's confidence is at least this, times the
            network's mean confidence on the source batch (AdaMatch, section 3.4, but on the strong
            views that are trained on, where AdaMatch takes weak ones: a lower threshold).
        alignment: power of the ratio of the frequencies of the classes among the network's answers
            on the source to those among the teacher's on the target (AdaMatch, section 3.3, with
            1); 0 turns it off.
        balanced: whether the source's classes count as if they were equally frequent, by logit
            adjustment (Menon et al. 2021, equation 10): nothing is known of the target's.
        frequency_decay: share of all these frequencies that a step keeps.
        counts_from, counts_fully_from: shares of the training at which the target's loss begins to
            count, and from which it counts fully; linear between. FixMatch has 0 for both.

    Raises:
        ValueError: a decay or `threshold` outside [0, 1], a negative `alignment`, or shares that
            are none or in the wrong order.
    """

    def __init__(
        self,
        teacher_decay: float,
        threshold: float,
        alignment: float,
        balanced: bool,
        frequency_decay: float,
        counts_from: float,
        counts_fully_from: float,
    ) -> None:
        decays = {"teacher_decay": teacher_decay, "frequency_decay": frequency_decay}
        check_bounds(0, 1, threshold=threshold, **decays)
        check_bounds(0, alignment=alignment)
        if not 0 <= counts_from <= counts_fully_from <= 1:
            raise ValueError("counts_from and counts_fully_from lie between 0 and 1, in this order")
        self.teacher_decay, self.threshold, self.alignment = teacher_decay, threshold, alignment
        self.balanced, self.frequency_decay = balanced, frequency_decay
        self.counts_from, self.counts_fully_from = counts_from, counts_fully_from
        self.teacher: AdaptNet | None = None
        # Of the network's answers on the source, the teacher's on the target, the source's labels.
        self.frequencies = torch.full((3, CLASSES), 1 / CLASSES)

    def begin(self, net: AdaptNet) -> None:
        """Copy the network, and what was loaded before into the copy."""
        inside = getattr(net, "module", net)
        self.teacher = copy.deepcopy(inside)

    def terms(self, net: AdaptNet, source: Batch, target: Batch, progress: Progress) -> Terms:
        """Terms `label` and, from its start on, `self_training`; monitors what counted.

        Raises:
            ValueError: the source batch carries no labels, or a batch has no strong view.
        """
        if source.labels is None or source.strong is None or target.strong is None:
            raise ValueError("labels of the source and strong views of both sides are needed")
        on_source = net(source.strong).float()
        losses = {"label": self._label_loss(on_source, source.labels)}
        weight = ramp(progress.share, self.counts_from, self.counts_fully_from)
        labels, kept = self._answers(net, target.images, on_source, source.labels)
        if weight == 0:
            return Terms(losses)
        each = F.cross_entropy(net(target.strong).float(), labels, reduction="none")
        losses["self_training"] = weight * (kept * each).mean()
        return Terms(losses, {"kept": kept.mean()})

    def after_step(self, net: AdaptNet, progress: Progress) -> None:
        """Move the teacher; at first faster, or it would long be the untrained network."""
        decay = min(self.teacher_decay, (1 + progress.step) / (10 + progress.step))
        old, new = tuple(self.adapted(net).parameters()), tuple(net.parameters())
        with torch.no_grad():
            torch._foreach_lerp_(old, new, 1 - decay)

    def adapted(self, net: AdaptNet) -> AdaptNet:
        """The teacher."""
        if self.teacher is None:
            raise ValueError("begin() comes first")
        return self.teacher

    def state_dict(self) -> dict[str, Any]:
        """The teacher, and how often each answer is given."""
        teacher = {} if self.teacher is None else self.teacher.state_dict()
        return {"teacher": teacher, "frequencies": self.frequencies}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a saved state; after `begin`."""
        if self.teacher is None:
            raise ValueError("begin() comes first")
        self.teacher.load_state_dict(state["teacher"])
        self.frequencies = state["frequencies"]

    def _label_loss(self, on_source: Tensor, labels: Tensor) -> Tensor:
        """Cross-entropy of logits (B, 10), with the log of the classes' frequencies added."""
        if self.balanced:
            on_source = on_source + self.frequencies[2].to(on_source.device).clamp_min(LEAST).log()
        return F.cross_entropy(on_source, labels)

    @torch.no_grad()
    def _answers(
        self, net: AdaptNet, images: Tensor, on_source: Tensor, source_labels: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The teacher's labels (B,) of target images, and 1 or 0 (B,) where they count or not.

        Args:
            on_source: the network's logits (B, 10) of the source batch.
            source_labels: (B,).
        """
        teacher = self.adapted(net)
        teacher.train()  # BatchNorm takes the target's statistics, and keeps them for the end
        for module in teacher.modules():
            if isinstance(module, nn.modules.dropout._DropoutNd):
                module.eval()
        chances = teacher(torch.cat([images, -images])).float().softmax(1)
        chances = torch.stack(chances.chunk(2)).mean(0)  # (B, 10)
        on_source = on_source.softmax(1)  # (B, 10)
        digits = torch.arange(CLASSES, device=source_labels.device)
        true = (source_labels[:, None] == digits).float()  # (B, 10); a GPU waits for F.one_hot
        given = mean(torch.stack([each.mean(0) for each in (on_source, chances, true)]))  # (3, 10)
        self.frequencies = torch.lerp(
            given, self.frequencies.to(given.device), self.frequency_decay
        )
        aligned = chances * (self.frequencies[0] / self.frequencies[1]) ** self.alignment
        confidence, labels = (aligned / aligned.sum(1, keepdim=True)).max(1)
        least = self.threshold * mean(on_source.amax(1).mean())
        return labels, (confidence >= least).float()


def ramp(share: float, start: float, full: float) -> float:
    """0 up to `start`, 1 from `full` on, linear between."""
    if share >= full:
        return 1.0
    if share <= start:
        return 0.0
    return (share - start) / (full - start)


def build(
    teacher_decay: float,
    threshold: float,
    alignment: float,
    balanced: bool,
    frequency_decay: float,
    counts_from: float,
    counts_fully_from: float,
) -> SelfTraining:
    """The method with its teacher, threshold and schedule."""
    return SelfTraining(
        teacher_decay,
        threshold,
        alignment,
        balanced,
        frequency_decay,
        counts_from,
        counts_fully_from,
    )
