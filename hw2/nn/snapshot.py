"""A network as it was at one step of its training."""

import copy
from typing import Any

from torch import nn


class Snapshot:
    """Keeps the weights that `network`, or its average, has after `steps` steps.

    Attributes:
        kept: a network of the same kind; until then as it was in the beginning.
    """

    def __init__(self, network: nn.Module, steps: int) -> None:
        self.network, self.steps = network, steps
        self.kept = copy.deepcopy(network).requires_grad_(False)

    def update(self, step: int) -> None:
        """Take the weights after `step`, counted from 0, if it is the one."""
        if step + 1 == self.steps:
            self.kept.load_state_dict(self.network.state_dict())

    def state_dict(self) -> dict[str, Any]:
        """The weights kept so far."""
        return self.kept.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from saved weights."""
        self.kept.load_state_dict(state)
