"""metrics/claims/<experiment>.json: what each finished experiment measured, and on what."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hw2.claims.comparison import Measured
from hw2.claims.definition import Claim
from hw2.claims.experiment import Experiment, experiments
from hw2.claims.spread import CURVE, Spread, of_curve, of_score, pooled
from hw2.core.errors import UserError
from hw2.core.files import read_json, write_json

FOLDER = Path("metrics/claims")


@dataclass(frozen=True)
class Basis:
    """What makes two measurements of one experiment comparable.

    Attributes:
        scale: of params.yaml.
        data: the content of metrics/data.json: its source, layout, counts and checksum.
    """

    scale: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Record:
    """One finished experiment.

    Attributes:
        spreads: by the claim's name of the metric; one that the run does not have is left out.
        images: how many generated or val images each value rests on.
        seconds: wall clock of `dvc exp run`, with all stages that had to run.
        day: on which it ended, as ISO 8601.
    """

    experiment: Experiment
    basis: Basis
    spreads: dict[str, Spread]
    images: int
    hardware: str
    commit: str
    seconds: float
    day: str

    def save(self) -> None:
        """Write the record."""
        write_json(_path(self.experiment), asdict(self))


def load(experiment: Experiment, basis: Basis | None = None) -> Record | None:
    """The record of this very experiment; None without one, or with another definition or basis.

    Args:
        basis: None takes a record of any scale and data.

    Raises:
        UserError: the file is damaged.
    """
    path = _path(experiment)
    if not path.exists():
        return None
    content = read_json(path)
    try:
        spreads = {name: Spread(**one) for name, one in content["spreads"].items()}
        found = {
            "experiment": Experiment(**content["experiment"]),
            "basis": Basis(**content["basis"]),
            "spreads": spreads,
        }
        record = Record(**{**content, **found})
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path}: damaged ({error}); delete it and run hw2 claims run") from None
    if record.experiment != experiment or basis not in (None, record.basis):
        return None
    return record


def load_all(name: str, claim: Claim) -> list[Record]:
    """The records of a claim's experiments, those of one basis: that of the most of them."""
    found = [record for one in experiments(name, claim) if (record := load(one)) is not None]
    bases = [record.basis for record in found]
    return [record for record in found if record.basis == max(bases, key=bases.count)]


def measured(claim: Claim, records: Sequence[Record]) -> Measured:
    """The spread of each arm's metrics over the claim's seeds."""
    of_arms: dict[tuple[str, str], list[Spread]] = {}
    for record in records:
        _, arm, _ = record.experiment.name.split("-")
        for metric, spread in record.spreads.items():
            of_arms.setdefault((arm, metric), []).append(spread)
    return {term: pooled(spreads, len(claim.seeds)) for term, spreads in of_arms.items()}


def spreads(metrics: Mapping[str, str], scores: dict[str, Any], curves: str) -> dict[str, Spread]:
    """The metrics of a claim, as far as a run's metrics file and its curves have them.

    Raises:
        UserError: one is no number, and no list of numbers.
    """
    found = {name: _spread(metric, scores, curves) for name, metric in metrics.items()}
    return {name: spread for name, spread in found.items() if spread is not None}


def _spread(metric: str, scores: dict[str, Any], curves: str) -> Spread | None:
    if metric.startswith(CURVE):
        return of_curve(metric, curves)
    try:
        return of_score(metric, scores)
    except (AttributeError, TypeError, ValueError):
        raise UserError(f"the metric '{metric}' is no number of the run's metrics file") from None


def _path(experiment: Experiment) -> Path:
    return FOLDER / f"{experiment.name}.json"
