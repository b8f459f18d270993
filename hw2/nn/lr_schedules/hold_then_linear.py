"""Full rate for a while, then linear decay to 0 (report 004; it does not say how long a while)."""

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR


def build(optimizer: Optimizer, steps: int, hold: float) -> LambdaLR:
    """Full rate for the first `hold` of `steps`, then linear to 0 (`hold` 0: plain linear).

    Raises:
        ValueError: `hold` is not in [0, 1].
    """
    if not 0 <= hold <= 1:
        raise ValueError(f"hold is {hold}: choose a share of the steps, from 0 to 1")

    def factor(step: int) -> float:
        progress = step / steps
        return 1.0 if progress < hold else (1 - progress) / max(1 - hold, 1 / steps)

    return LambdaLR(optimizer, factor)
