"""Exponential moving average of a network's weights."""

import copy
from typing import Any

import torch
from torch import nn

from hw2.core.sections import EmaSettings


class Ema:
    """average <- decay * average + (1 - decay) * weights, of parameters; buffers are copied.

    Args:
        network: what is averaged; `average` is a network of the same kind.
    """

    def __init__(self, network: nn.Module, settings: EmaSettings) -> None:
        self.network, self.settings = network, settings
        self.average = copy.deepcopy(network).requires_grad_(False)

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights after `step`, counted from 0."""
        since = step + 1 - self.settings.start
        if since < 0 or since % self.settings.every:
            return
        decay = self.settings.decay if since > 0 else 0.0
        old, new = tuple(self.average.parameters()), tuple(self.network.parameters())
        torch._foreach_lerp_(old, new, 1 - decay)  # one kernel where a GPU would start hundreds
        for kept, buffer in zip(self.average.buffers(), self.network.buffers(), strict=True):
            kept.copy_(buffer)

    def state_dict(self) -> dict[str, Any]:
        """The average so far."""
        return self.average.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a saved average."""
        self.average.load_state_dict(state)
