"""The section ``diffusion`` of params.yaml."""

from typing import Any

from pydantic import Field

from hw2.core.params import Pair, Section


class DiffusionCommon(Section):
    """What all diffusion models share."""

    classes: int = Field(ge=1, description="number of classes; label `classes` means none")
    samples_per_class: int = Field(ge=10, description="images to generate and to score, a class")


class DiffusionModel(Section):
    """One run, ``diffusion.models.<run>``."""

    report: str = Field(description="report that it re-creates, e.g. '004'")
    data: str = Field(description="domain that it learns, e.g. 'mnistm'")
    net: str = Field(description="module of hw2.diffusion.unets")
    net_args: dict[str, Any]
    objective: str = Field(description="module of hw2.diffusion.objectives")
    timesteps: int = Field(ge=2, description="T")
    beta: Pair = Field(description="beta_1 and beta_T of the linear schedule")
    label_drop: float = Field(ge=0, lt=1, description="share of labels replaced by 'none'")
    batch: int = Field(ge=1)
    lr: float = Field(gt=0, description="Adam's learning rate at the start")
    betas: Pair = Field(description="Adam's betas")
    lr_hold: float = Field(ge=0, le=1, description="share of steps at full lr; then linear to 0")
    steps: int = Field(ge=1)
    guidance: float = Field(ge=0, description="w of classifier-free guidance")
    sampler: str = Field(description="module of hw2.diffusion.samplers")
    sample_steps: int = Field(ge=1, description="network steps of the sampler")
    reverse_t: list[int] = Field(min_length=1, description="steps t shown of the first '0'")
