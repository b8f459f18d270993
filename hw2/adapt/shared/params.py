"""The section ``adapt`` of params.yaml."""

from typing import Any, Literal

from pydantic import Field

from hw2.core.params import Section
from hw2.core.sections import OptimizerSettings


class AdaptCommon(Section):
    """What all adaptation runs share; nothing is chosen by the curve of target accuracy."""

    seeds: int = Field(ge=1, description="trainings of each run, with seeds `seed`, `seed` + 1, ..")
    source_images: int | None = Field(
        ge=2, description="training images of the source, at most, drawn at random; null: all"
    )
    mapped_images: int = Field(ge=2, description="val images of each domain, at most, in a map")
    curve_points: int = Field(ge=1, description="how often accuracy is measured in a training")
    curve_images: int = Field(ge=1, description="target val images, at most, that are read for it")


class AdaptRun(Section):
    """One run, ``adapt.runs.<source>_<target>-<net>-<method>``."""

    source: str = Field(description="domain with labels")
    target: str = Field(description="domain without")
    net: str = Field(description="module of hw2.adapt.nets and entry of adapt.nets")
    method: str = Field(
        description="module of hw2.adapt.methods, with an entry in the net's methods"
    )


class JitterSettings(Section):
    """Colour jitter of the training images of both domains; strengths as torchvision's."""

    target: str = Field(description="only the runs onto this domain are jittered")
    brightness: float = Field(ge=0, le=1)
    contrast: float = Field(ge=0, le=1)
    saturation: float = Field(ge=0, le=1)
    hue: float = Field(ge=0, le=0.5)


class ViewSettings(Section):
    """One augmentation of the second, strong view of the training images."""

    kind: str = Field(description="module of hw2.data.augment")
    sides: list[Literal["source", "target"]] = Field(min_length=1)
    source: str | None = Field(None, description="only where this is the source domain")
    target: str | None = Field(None, description="only where this is the target domain")
    args: dict[str, Any]


class AdaptNetSettings(Section):
    """One network and how its report trains it, ``adapt.nets.<net>``."""

    report: list[str] = Field(description="reports that it re-creates, e.g. ['001']")
    net_args: dict[str, Any]
    batch: int = Field(ge=2, description="source images a step, and as many target images")
    optimizer: OptimizerSettings
    lr_schedule: str = Field(description="module of hw2.nn.lr_schedules")
    lr_schedule_args: dict[str, Any]
    colour_jitter: JitterSettings | None
    views: list[ViewSettings] | None = Field(description="in the order in which they are applied")
    steps: int = Field(ge=1)
    methods: dict[str, dict[str, Any]] = Field(description="arguments of each method, by its name")
