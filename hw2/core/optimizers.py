"""Optimisers from params entries."""

import torch
from torch import nn

from hw2.core.sections import OptimizerSettings

CLASSES: dict[str, type[torch.optim.Optimizer]] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
}
FUSED = ("adam", "adamw")  # one pass over the memory; RMSprop has none


def make_optimizer(settings: OptimizerSettings, network: nn.Module) -> torch.optim.Optimizer:
    """The optimiser of all parameters of `network`, in torch's fused form where it has one."""
    arguments = settings.model_dump(exclude={"name"}, exclude_none=True)
    if settings.name in FUSED:
        arguments["fused"] = True
    if settings.betas is not None:
        arguments["betas"] = tuple(settings.betas)
    return CLASSES[settings.name](network.parameters(), **arguments)
