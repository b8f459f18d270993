"""experiments/claims.yaml: what the reports assert, and the experiments that would show it."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from hw2.claims.comparison import parse
from hw2.claims.spread import CURVE, REDUCTIONS
from hw2.core.errors import UserError
from hw2.core.params import Section, read_yaml

CLAIMS_FILE = Path("experiments/claims.yaml")
CURVE_METRIC = re.compile(rf"{CURVE}[^:]+:({'|'.join(REDUCTIONS)})")
CLAIM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
ArmName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Arm(Section):
    """One side of a comparison: a run of params.yaml with some values changed."""

    run: str = Field(description="entry of gan.models, diffusion.models or adapt.runs")
    set: dict[str, Any] = Field({}, description="new values, by their dotted key in params.yaml")
    drop: list[str] = Field([], description="keys that are taken out of params.yaml")


class Claim(Section):
    """An assertion of a report, and what would confirm or refute it."""

    report: str
    claim: str = Field(description="in the report's sense")
    expectation: str = Field(description="what is measured if it is true")
    family: Literal["gan", "diffusion", "adapt"]
    cost: Literal["sampling", "short", "long"] = Field(
        description="sampling: no training; short: a few trainings of minutes; long: the rest"
    )
    seeds: list[int] = Field(min_length=1, description="each arm is one experiment for each")
    metrics: dict[str, str] = Field(
        min_length=1, description="key of the run's metrics file, or curve:<column>:<reduction>"
    )
    set: dict[str, Any] = Field({}, description="new values in every arm")
    arms: dict[ArmName, Arm] = Field(min_length=1)
    real_data: bool = Field(False, description="its numbers are of real images: none else decide")
    needs: list[str] = Field([], description="comparisons without which nothing can be said")
    confirmed_by: list[str] = Field(min_length=1, description="it holds if all are shown")
    refuted_by: list[str] = Field(min_length=1, description="it fails if one is shown")
    untested: str = Field("", description="what of the claim none of these compares")

    @property
    def comparisons(self) -> list[str]:
        """All of them."""
        return [*self.needs, *self.confirmed_by, *self.refuted_by]

    @field_validator("metrics")
    @classmethod
    def _curves_have_a_column_and_a_reduction(cls, metrics: dict[str, str]) -> dict[str, str]:
        for metric in metrics.values():
            if metric.startswith(CURVE) and not CURVE_METRIC.fullmatch(metric):
                known = ", ".join(REDUCTIONS)
                raise ValueError(f"'{metric}' is no {CURVE}<column>:<reduction>, of {known}")
        return metrics

    @model_validator(mode="after")
    def _no_training_is_counted_twice(self) -> Self:
        trainings = self._trainings
        for seed, following in pairwise(sorted(self.seeds)):
            if following - seed < trainings:
                raise ValueError(
                    f"seeds {seed} and {following} would train some networks twice: each trains "
                    f"adapt.common.seeds = {trainings} from its own on; put them as far apart"
                )
        return self

    @property
    def _trainings(self) -> int:
        """How many seeds an experiment trains, at most; params.yaml's number is not known here."""
        key = "adapt.common.seeds"
        given = [{**self.set, **arm.set}.get(key) for arm in self.arms.values()]
        numbers = [number for number in given if isinstance(number, int)]
        if self.family == "adapt" and len(self.seeds) > 1 and len(numbers) < len(given):
            raise ValueError(f"with several seeds, set {key} to a number: how many each trains")
        return max(numbers, default=1)

    @model_validator(mode="after")
    def _comparisons_name_what_there_is(self) -> Self:
        for text in self.comparisons:
            for arm, metric in parse(text).terms:
                if arm not in self.arms:
                    raise ValueError(f"'{text}': there is no arm '{arm}'")
                if metric not in self.metrics:
                    raise ValueError(f"'{text}': there is no metric '{metric}'")
        return self


def read_claims(path: Path = CLAIMS_FILE) -> dict[str, Claim]:
    """All claims by id, in the file's order.

    Raises:
        UserError: an unknown, missing or wrong key; the message names it.
    """
    return {name: _read(path, name, entry) for name, entry in read_yaml(path).items()}


def _read(path: Path, name: str, entry: Any) -> Claim:
    if not CLAIM_NAME.fullmatch(str(name)):
        raise UserError(f"{path}: '{name}': a claim's name has letters, digits and _ alone")
    try:
        return Claim.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join([name, *map(str, first["loc"])])
        message = first["msg"].removeprefix("Value error, ")
        raise UserError(f"{path}: '{key}': {message}") from None
