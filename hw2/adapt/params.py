"""The section ``adapt`` of params.yaml."""

from typing import Any

from pydantic import Field

from hw2.core.params import Pair, Section


class AdaptRun(Section):
    """One run, ``adapt.runs.<source>_<target>-<net>-<method>``."""

    source: str = Field(description="domain with labels")
    target: str = Field(description="domain without")
    net: str = Field(description="module of hw2.adapt.nets and entry of adapt.nets")
    method: str = Field(description="module of hw2.adapt.methods and entry of adapt.methods")


class AdaptNetSettings(Section):
    """One network and how its report trains it, ``adapt.nets.<net>``."""

    report: str = Field(description="report that it re-creates, e.g. '001'")
    net_args: dict[str, Any]
    batch: int = Field(ge=2, description="source images a step, and as many target images")
    lr: float = Field(gt=0, description="Adam's learning rate")
    betas: Pair = Field(description="Adam's betas")
    steps: int = Field(ge=1)


class AdaptMethodSettings(Section):
    """One method, ``adapt.methods.<method>``."""

    method_args: dict[str, Any]
