"""A UNet from its params entry."""

import torch
from torch import nn

from hw2.core.lookup import build
from hw2.core.trial import BATCH, trial
from hw2.diffusion.params import DiffusionModel


def build_unet(name: str, settings: DiffusionModel, classes: int) -> nn.Module:
    """The network of run `name`, initialised from torch's global generator.

    Raises:
        UserError: it cannot be built, or does not take images of `image_size`.
    """
    network: nn.Module = build(
        "hw2.diffusion.unets",
        settings.net,
        f"diffusion.models.{name}.net_args",
        **settings.net_args,
        classes=classes,
        timesteps=settings.timesteps,
    )
    shape = (3, settings.image_size, settings.image_size)
    with trial(f"diffusion.models.{name}", network) as expect:
        steps, labels = torch.ones(BATCH).long(), torch.zeros(BATCH).long()
        expect(network(torch.zeros(BATCH, *shape), steps, labels), shape)
    return network
