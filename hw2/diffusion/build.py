"""A UNet from its params entry."""

from torch import nn

from hw2.core.lookup import build
from hw2.diffusion.params import DiffusionModel


def build_unet(name: str, settings: DiffusionModel, classes: int) -> nn.Module:
    """The network of run `name`, initialised from torch's global generator."""
    network: nn.Module = build(
        "hw2.diffusion.unets",
        settings.net,
        f"diffusion.models.{name}.net_args",
        **settings.net_args,
        classes=classes,
        timesteps=settings.timesteps,
    )
    return network
