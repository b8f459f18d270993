"""Cross-entropy of probabilities, for discriminators that end in a sigmoid."""

import torch
import torch.nn.functional as F
from torch import Tensor


def binary_cross_entropy(probabilities: Tensor, target: float | Tensor) -> Tensor:
    """-(t log p + (1 - t) log(1 - p)) with t = `target`, the mean over the batch, a scalar.

    A tensor of targets has a value for each probability.

    NaN where a probability is NaN. Torch refuses those, on a GPU by ending CUDA for the process;
    so the training, which finds the NaN and names its step, would never see it.
    """
    diverged = probabilities.isnan().any()
    values = probabilities.nan_to_num()
    targets = torch.as_tensor(target, dtype=values.dtype, device=values.device)
    loss = F.binary_cross_entropy(values, targets.expand_as(values))
    return loss.masked_fill(diverged, torch.nan)
