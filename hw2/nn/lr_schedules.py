"""Learning rates over time."""

import torch


def hold_then_linear(
    optimizer: torch.optim.Optimizer, steps: int, hold: float
) -> torch.optim.lr_scheduler.LambdaLR:
    """Full rate for the first `hold` of `steps`, then linear down to 0 (`hold` 0: plain linear)."""

    def factor(step: int) -> float:
        progress = step / steps
        return 1.0 if progress < hold else (1 - progress) / max(1 - hold, 1 / steps)

    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
