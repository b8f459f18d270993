"""The section ``diffusion`` of params.yaml."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from hw2.core.params import Pair, Section
from hw2.core.sections import EmaSettings, OptimizerSettings
from hw2.data.sizes import CLASSES
from hw2.data.values import Pixels

EARLY = "unet_early"  # the weights that `autoguidance` keeps
GUIDANCE = {"guidance", "guidance_interval", "autoguidance"}  # the keys that say how it is guided
Step = Annotated[int, Field(ge=0)]
Spacing = Literal["even", "karras"]
Interval = Annotated[list[float], Field(min_length=2, max_length=2)]


class DiffusionCommon(Section):
    """What all diffusion models share."""

    samples_per_class: int = Field(ge=2, description="images to generate and to score, a class")


class SamplerSettings(Section):
    """One way to draw, ``diffusion.samplers.<name>``; every model can be drawn from by each."""

    method: str = Field(description="module of hw2.diffusion.samplers")
    args: dict[str, Any]
    spacing: Spacing = Field(description="which steps t are visited: hw2.diffusion.spacing")
    steps: int | None = Field(ge=1, description="evaluations of the network; null: all T")

    def evaluations(self, timesteps: int) -> int:
        """Evaluations of the network of a model that has so many steps."""
        return timesteps if self.steps is None else self.steps


class SamplerComparison(Section):
    """Digits of some models by several samplers, at several numbers of evaluations."""

    models: list[str] = Field(min_length=1, description="diffusion runs to draw from")
    samplers: list[str] = Field(min_length=1, description="entries of diffusion.samplers")
    steps: list[Annotated[int, Field(ge=1)]] = Field(
        min_length=1, description="evaluations of the network; a sampler of all T takes just those"
    )
    samples_per_class: int = Field(ge=2, description="images to generate and to score, a class")


class EdmSettings(Section):
    """Noise, preconditioning and training of Karras et al. 2022, table 1."""

    sigma: Interval = Field(
        description="least and most noise, at t = 1 and T, beside an image of full strength"
    )
    sigma_data: float = Field(gt=0, description="standard deviation of the images' values")
    log_mean: float = Field(description="P_mean: of log sigma in training")
    log_deviation: float = Field(gt=0, description="P_std: of log sigma in training")

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if not 0 < self.sigma[0] < self.sigma[1]:
            raise ValueError(
                f"sigma must rise from above 0, e.g. [0.002, 80.0]; it is {self.sigma}"
            )
        return self


class DiffusionModel(Section):
    """One run, ``diffusion.models.<run>``."""

    report: list[str] = Field(description="reports that it re-creates, e.g. ['004']")
    data: str = Field(description="domain that it learns, e.g. 'mnistm'")
    classes: int | None = Field(
        ge=CLASSES, le=CLASSES, description="digits to ask for, all ten; null: unconditional"
    )
    image_size: int = Field(ge=8, description="side of the images that the network sees")
    net: str = Field(description="module of hw2.diffusion.unets")
    net_args: dict[str, Any]
    objective: str = Field(description="module of hw2.diffusion.objectives")
    timesteps: int = Field(ge=2, description="T")
    beta: Pair | None = Field(description="beta_1 and beta_T of the linear schedule; null: `edm`")
    edm: EdmSettings | None = Field(description="in place of `beta`; its objective is 'edm'")
    flip: float = Field(ge=0, le=1, description="probability of a mirror image in training")
    label_drop: float = Field(ge=0, lt=1, description="probability that a label becomes 'none'")
    drop_whole_batch: bool = Field(description="labels are dropped all at once, not one by one")
    batch: int = Field(ge=1)
    optimizer: OptimizerSettings
    lr_schedule: str = Field(description="module of hw2.nn.lr_schedules")
    lr_schedule_args: dict[str, Any]
    ema: EmaSettings | None = Field(description="average of the network; samples come from it")
    steps: int = Field(ge=1)
    guidance: float = Field(ge=0, description="w of guidance; 0: none")
    guidance_interval: Interval | None = Field(
        description="guides where sigma is above the first, up to the second; null: everywhere"
    )
    autoguidance: int | None = Field(
        ge=1, description="guides away from the network of this step; null: from that without label"
    )
    sampler: str = Field(description="entry of diffusion.samplers")
    reverse_t: list[Step] = Field(min_length=1, description="steps t shown of the first '0'")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.ema and self.ema.start >= self.steps:
            raise ValueError(f"ema.start is {self.ema.start}, but there are {self.steps} steps")
        if (self.beta is None) == (self.edm is None):
            raise ValueError("set one of beta and edm, and the other to null")
        if self.beta and not 0 < self.beta[0] <= self.beta[1]:
            raise ValueError(f"beta must rise from above 0, e.g. [0.0001, 0.02]; it is {self.beta}")
        if max(self.reverse_t) > self.timesteps:
            raise ValueError(f"reverse_t goes up to {self.timesteps}; it is {self.reverse_t}")
        if self.label_drop and not self.classes:
            raise ValueError("label_drop is for labels, and without classes is 0")
        if self.autoguidance and self.autoguidance >= self.steps:
            raise ValueError(f"autoguidance is {self.autoguidance}: too late of {self.steps} steps")
        if self.guidance and not self.label_drop and not self.autoguidance:
            raise ValueError("guidance needs label_drop above 0 (to learn 'none'), or autoguidance")
        if (guided := self.guidance_interval) and not 0 <= guided[0] < guided[1]:
            raise ValueError(
                f"guidance_interval must rise from 0 or more, e.g. [0.3, 5.0]; it is {guided}"
            )
        return self

    @property
    def labels(self) -> int:
        """How many labels there are; the number itself means "no label"."""
        return self.classes or 0

    @property
    def objective_args(self) -> dict[str, float]:
        """What the objective's `build` takes."""
        return self.edm.model_dump(exclude={"sigma"}) if self.edm else {}

    @property
    def pixels(self) -> Pixels:
        """How the network sees stored images; diffusion's values are in [-1, 1]."""
        return Pixels(self.image_size)

    @property
    def sampled(self) -> str:
        """The weights that samples come from."""
        return "unet_ema" if self.ema else "unet"
