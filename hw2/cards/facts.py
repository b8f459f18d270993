"""What a card is made of: a run's entry in params.yaml, its scores, and those of all other runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw2.cards.times import training_seconds
from hw2.core.params import PARAMS_FILE, read_yaml, resolve_scale
from hw2.core.paths import metrics
from hw2.report.runs import read_runs
from hw2.report.sources import Measurements, Metrics, RunNames, read_measurements

Settings = dict[str, Any]
FAMILIES = ("gan", "diffusion", "adapt")
FACES, DIGITS, DOMAINS = "faces", "digits", "domains"


@dataclass(frozen=True)
class Project:
    """Everything that the cards are made of, read once.

    Attributes:
        root: the repository's root.
        params: params.yaml, with the values of all scales.
        measured: the scores of the runs that have some.
        seconds: how long a run trained, by its family and name, where that is known.
    """

    root: Path
    params: dict[str, Any]
    measured: Measurements
    seconds: dict[tuple[str, str], float]


@dataclass(frozen=True)
class Run:
    """One run of params.yaml.

    Attributes:
        family: ``gan``, ``diffusion`` or ``adapt``.
        name: as in params.yaml.
        settings: its entry, with the values of all scales; of adaptation the run's names, the
            entry of its net, and under ``method_args`` the method's arguments.
        project: where it belongs.
    """

    family: str
    name: str
    settings: Settings
    project: Project

    @property
    def scores(self) -> Metrics | None:
        """Its metrics file; None before it was scored."""
        found: Metrics | None = getattr(self.project.measured, self.family).get(self.name)
        return found

    @property
    def scale(self) -> str:
        """The scale that it was measured at, or else that of params.yaml."""
        return str((self.scores or {}).get("scale", self.project.params["scale"]))

    @property
    def kind(self) -> str:
        """What it is about: ``faces``, ``digits`` or ``domains``."""
        if self.family == "adapt":
            return DOMAINS
        return FACES if self.settings["data"] == "face" else DIGITS

    def at(self, scale: str) -> Settings:
        """Its settings at one scale."""
        resolved: Settings = resolve_scale(self.settings, scale, self.name)
        return resolved


def read_project(root: Path) -> Project:
    """Read params.yaml, the metrics that are there, and how long trainings took.

    Raises:
        UserError: params.yaml or a metrics file is damaged, or metrics/data.json is missing.
    """
    names = read_runs(root / PARAMS_FILE)
    scored = {
        family: [run for run in getattr(names, family) if (root / metrics(family, run)).is_file()]
        for family in FAMILIES
    }
    measured = read_measurements(RunNames(**scored), root)
    return Project(root, read_yaml(root / PARAMS_FILE), measured, training_seconds(root))


def runs(project: Project) -> Iterator[Run]:
    """Every run, family by family, in the order of params.yaml."""
    params = project.params
    for family in ("gan", "diffusion"):
        for name, settings in params[family]["models"].items():
            yield Run(family, name, settings, project)
    for name, names in params["adapt"]["runs"].items():
        net = dict(params["adapt"]["nets"][names["net"]])
        arguments = net.pop("methods")[names["method"]]
        yield Run("adapt", name, {**names, **net, "method_args": arguments}, project)
