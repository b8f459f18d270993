"""What a loss returns, in every family."""

from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass(frozen=True)
class Terms:
    """Named parts of a loss.

    Attributes:
        losses: scalars, already weighted; their sum is minimised.
        monitors: scalars to plot, never minimised (D(real), accuracies).
    """

    losses: dict[str, Tensor]
    monitors: dict[str, Tensor] = field(default_factory=dict)

    @property
    def total(self) -> Tensor:
        """The sum that is minimised."""
        return torch.stack(list(self.losses.values())).sum()

    def values(self, total: str = "loss") -> dict[str, Tensor]:
        """All of them for the curves: the sum as `total`, its parts where there are several,
        and the monitors as ``monitor.<name>``."""
        parts = self.losses if len(self.losses) > 1 else {}
        monitors = {f"monitor.{name}": value for name, value in self.monitors.items()}
        return {total: self.total} | parts | monitors
