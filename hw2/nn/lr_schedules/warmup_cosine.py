"""Linear warm-up, then a half cosine to 0 (Loshchilov & Hutter 2017, without restarts)."""

import math

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR


def build(optimizer: Optimizer, steps: int, warmup: float) -> LambdaLR:
    """Up over the first `warmup` of `steps`, then down to 0.

    Raises:
        ValueError: `warmup` is not in [0, 1].
    """
    if not 0 <= warmup <= 1:
        raise ValueError(f"warmup is {warmup}: choose a share of the steps, from 0 to 1")
    rising = max(1, round(warmup * steps))

    def factor(step: int) -> float:
        if step < rising:
            return (step + 1) / rising
        return (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising))) / 2

    return LambdaLR(optimizer, factor)
