"""Continuous exponential decay (tf.train.exponential_decay without staircase)."""

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR


def build(optimizer: Optimizer, steps: int, factor: float, every: int) -> LambdaLR:
    """The rate times ``factor ** (step / every)``, whatever the number of `steps`.

    Raises:
        ValueError: `factor` or `every` is not positive.
    """
    if factor <= 0 or every <= 0:
        raise ValueError(f"factor is {factor} and every is {every}: both have to be above 0")
    return LambdaLR(optimizer, lambda step: factor ** (step / every))
