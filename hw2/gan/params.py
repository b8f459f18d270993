"""The section ``gan`` of params.yaml."""

from typing import Any

from pydantic import Field

from hw2.core.params import Pair, Section


class GanCommon(Section):
    """What all GANs share."""

    samples: int = Field(ge=2, description="images to generate and to score")


class GanModel(Section):
    """One run, ``gan.models.<run>``."""

    report: str = Field(description="report and system that it re-creates, e.g. '000 B'")
    data: str = Field(description="domain that it learns, e.g. 'face'")
    net: str = Field(description="module of hw2.gan.nets")
    net_args: dict[str, Any]
    loss: str = Field(description="module of hw2.gan.losses")
    loss_args: dict[str, Any]
    batch: int = Field(ge=1, description="real images a discriminator step")
    lr: float = Field(gt=0, description="Adam's learning rate of both networks")
    betas: Pair = Field(description="Adam's betas")
    d_steps: int = Field(ge=1, description="discriminator steps a generator step")
    steps: int = Field(ge=1, description="generator steps")
