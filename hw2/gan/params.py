"""The section ``gan`` of params.yaml."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from hw2.core.params import Section
from hw2.core.sections import EmaSettings, OptimizerSettings
from hw2.data.sizes import CLASSES
from hw2.data.values import Pixels

Channels = Annotated[list[float], Field(min_length=3, max_length=3)]
Range = Annotated[list[float] | list[Channels], Field(min_length=2, max_length=2)]
TRUNCATION = "truncation"  # among the net_args of generators that have one


class GanCommon(Section):
    """What all GANs share."""

    samples: int = Field(ge=2, description="images to generate and to score")


class TruncationComparison(Section):
    """Images of some models, at several truncations of their latents."""

    models: list[str] = Field(min_length=1, description="runs whose net_args have a truncation")
    truncations: list[Annotated[float, Field(ge=0)]] = Field(
        min_length=1, description="in place of the run's; 0: one image, 1: latents as in training"
    )


class Optimizers(Section):
    """One for each player."""

    generator: OptimizerSettings
    discriminator: OptimizerSettings


class AugmentStep(Section):
    """One augmentation."""

    kind: str = Field(description="module of hw2.data.augment")
    args: dict[str, Any]


class Augmentation(Section):
    """What is done to images before D sees them; the steps of a list follow one another."""

    real: list[AugmentStep] = Field(description="first, to real images alone: what G may draw too")
    both: list[AugmentStep] = Field(
        description="to real and generated images, in both players' steps: what G must not draw"
    )

    @property
    def steps(self) -> list[AugmentStep]:
        """All of them, in the order in which real images go through them."""
        return [*self.real, *self.both]


class GanModel(Section):
    """One run, ``gan.models.<run>``."""

    report: list[str] = Field(description="systems of the reports that it re-creates: [000 B]")
    data: str = Field(description="domain that it learns, e.g. 'face'")
    classes: int | None = Field(
        ge=CLASSES, le=CLASSES, description="digits to ask for, all ten; null: unconditional"
    )
    image_size: int = Field(ge=8, description="side of the images that the networks see")
    pixel_range: Range = Field(description="values of black and white, or of each channel's")
    net: str = Field(description="module of hw2.gan.nets")
    net_args: dict[str, Any]
    loss: str = Field(description="module of hw2.gan.losses")
    loss_args: dict[str, Any]
    augment: Augmentation | None
    batch: int = Field(ge=1, description="real images a forward pass")
    accumulate: int = Field(ge=1, description="batches whose gradients make one step")
    d_steps: int = Field(ge=1, description="discriminator steps a generator step")
    reuse_fake: bool = Field(description="the discriminator's last fakes train the generator too")
    optimizers: Optimizers
    ema: EmaSettings | None = Field(description="average of the generator; samples come from it")
    steps: int = Field(ge=1, description="generator steps")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.reuse_fake and self.accumulate > 1:
            raise ValueError("reuse_fake needs accumulate 1: only one batch of fakes can be kept")
        if self.ema and self.ema.start >= self.steps:
            raise ValueError(f"ema.start is {self.ema.start}, but there are {self.steps} steps")
        if not all(low < high for low, high in zip(*self._bounds, strict=True)):
            raise ValueError("pixel_range must rise, e.g. [-1.0, 1.0]")
        kinds = {step.kind for step in self.augmentation.steps}
        if self.pixel_range != [-1.0, 1.0] and kinds - {"flip"}:
            raise ValueError("augment takes 0 for grey: pixel_range must be [-1.0, 1.0]")
        return self

    @property
    def pixels(self) -> Pixels:
        """How the networks see stored images."""
        low, high = self._bounds
        if len(low) == 1:
            return Pixels(self.image_size, low[0], high[0])
        return Pixels(self.image_size, low, high)

    @property
    def _bounds(self) -> list[tuple[float, ...]]:
        """Black and white, each of all channels (1,) or of each (3,)."""
        return [tuple(end) if isinstance(end, list) else (end,) for end in self.pixel_range]

    @property
    def augmentation(self) -> Augmentation:
        """`augment`, without any step where it is null."""
        return self.augment or Augmentation(real=[], both=[])

    @property
    def build_args(self) -> dict[str, Any]:
        """What the network's `build` takes: `net_args`, and `classes` where there are any."""
        return self.net_args | ({"classes": self.classes} if self.classes else {})

    @property
    def sampled(self) -> str:
        """The weights that samples come from."""
        return "generator_ema" if self.ema else "generator"
