"""One cycle: warm up, then anneal (Smith & Topin 2018), with torch's defaults."""

from torch.optim import Optimizer
from torch.optim.lr_scheduler import OneCycleLR


def build(optimizer: Optimizer, steps: int) -> OneCycleLR:
    """From lr / 25 to lr over 30 % of `steps`, then by a cosine towards 0; beta_1 runs contrary."""
    peak = optimizer.param_groups[0]["lr"]
    return OneCycleLR(optimizer, max_lr=peak, total_steps=steps + 1)
