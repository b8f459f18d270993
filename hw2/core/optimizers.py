"""Optimisers from params entries."""

import torch
from torch import nn

from hw2.core.sections import OptimizerSettings

CLASSES: dict[str, type[torch.optim.Optimizer]] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
}


def make_optimizer(settings: OptimizerSettings, network: nn.Module) -> torch.optim.Optimizer:
    """The optimiser of all parameters of `network`."""
    arguments = settings.model_dump(exclude={"name"}, exclude_none=True)
    if settings.betas is not None:
        arguments["betas"] = tuple(settings.betas)
    return CLASSES[settings.name](network.parameters(), **arguments)
