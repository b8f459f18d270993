"""Parts of params entries that several families share."""

from typing import Literal, Self

from pydantic import Field, model_validator

from hw2.core.params import Pair, Section


class OptimizerSettings(Section):
    """One optimiser; what is left out is torch's default."""

    name: Literal["adam", "adamw", "rmsprop"]
    lr: float = Field(gt=0, le=1e3, description="learning rate, or its peak where it is scheduled")
    betas: Pair | None = Field(None, description="of Adam and AdamW")
    eps: float | None = Field(None, gt=0)
    weight_decay: float | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _betas_belong_to_adam(self) -> Self:
        if self.betas is not None and self.name == "rmsprop":
            raise ValueError("rmsprop takes no betas; remove them")
        return self


class EmaSettings(Section):
    """When and how the average moves."""

    decay: float = Field(ge=0, lt=1, description="share of the old average that an update keeps")
    every: int = Field(ge=1, description="steps between updates")
    start: int = Field(ge=0, description="steps after which the average begins, as a copy")
