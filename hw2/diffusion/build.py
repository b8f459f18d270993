"""A diffusion model's network and schedule from its params entry."""

from typing import cast

import torch
from torch import nn

from hw2.core.errors import UserError
from hw2.core.lookup import build
from hw2.core.params import Pair
from hw2.core.trial import BATCH, trial
from hw2.diffusion import schedule
from hw2.diffusion.params import DiffusionModel
from hw2.diffusion.preconditioning import Preconditioned
from hw2.diffusion.schedule import Schedule


def build_unet(name: str, settings: DiffusionModel) -> nn.Module:
    """The network of run `name`, initialised from torch's global generator.

    It predicts noise; where the run is an EDM, it is a preconditioned one.

    Raises:
        UserError: it cannot be built, or does not take images of `image_size`.
    """
    network: nn.Module = build(
        "hw2.diffusion.unets",
        settings.net,
        f"diffusion.models.{name}.net_args",
        **settings.net_args,
        classes=settings.labels,
        timesteps=settings.timesteps,
    )
    if settings.edm:
        noising = build_schedule(settings, torch.device("cpu"))
        network = Preconditioned(network, noising, settings.edm.sigma_data)
    shape = (3, settings.image_size, settings.image_size)
    with trial(f"diffusion.models.{name}", network) as expect:
        steps, labels = torch.ones(BATCH).long(), torch.zeros(BATCH).long()
        expect(network(torch.zeros(BATCH, *shape), steps, labels), shape)
    return network


def build_schedule(settings: DiffusionModel, device: torch.device) -> Schedule:
    """The noise schedule of a run.

    Raises:
        UserError: its noise does not rise with every step, or without end, in float32.
    """
    if settings.edm:
        noising = schedule.karras(settings.timesteps, settings.edm.sigma, device)
    else:  # DiffusionModel has one of the two
        noising = schedule.linear(settings.timesteps, cast(Pair, settings.beta), device)
    noise = noising.sigma
    if not noise.isfinite().all() or not (noise.diff() > 0).all():
        ends = f"edm.sigma {settings.edm.sigma}" if settings.edm else f"beta {settings.beta}"
        raise UserError(
            f"params.yaml: diffusion.models: with {ends} and {settings.timesteps} timesteps the "
            "noise does not rise from step to step, or rises without end, in 32-bit numbers"
        )
    return noising
