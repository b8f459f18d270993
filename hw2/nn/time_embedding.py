"""Sinusoidal embedding of a timestep (Vaswani et al. 2017, section 3.5, as in Ho et al. 2020)."""

import torch
from torch import Tensor, nn

LONGEST = 10_000.0  # the slowest wave is nearly 2 pi times this many steps long


def sinusoid(t: Tensor, width: int) -> Tensor:
    """Waves of falling frequency: all sines, then all cosines.

    Args:
        t: (B,), timesteps, not scaled.
        width: even; wave i of width / 2 turns by LONGEST^(-2 i / width) radians a step.

    Returns:
        (B, width), float32, in [-1, 1].
    """
    exponents = torch.arange(0, width, 2, device=t.device) / width
    # Never bf16, which cannot tell neighbouring timesteps above 256 apart.
    angles = t.float()[:, None] * LONGEST**-exponents  # (B, width / 2)
    return torch.cat([angles.sin(), angles.cos()], dim=1)  # (B, width)


class PositionEmbedding(nn.Module):
    """`sinusoid` as a layer of its own, without parameters: (B,) -> (B, width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def forward(self, t: Tensor) -> Tensor:
        return sinusoid(t, self.width)
