"""One arm of a claim with one seed: an experiment of DVC."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hw2.claims.definition import Claim
from hw2.claims.overrides import applied, arguments
from hw2.core.params import read_names


@dataclass(frozen=True)
class Experiment:
    """What makes it, all of it in `changes` and `drop`.

    Attributes:
        name: of DVC's experiment and of the record, ``<claim>-<arm>-<seed>``.
        family, run: whose scores are read.
        changes: new values of params.yaml by dotted key, the seed among them.
        drop: keys that params.yaml loses.
        metrics: what is read, by the claim's name for it.
    """

    name: str
    family: str
    run: str
    changes: dict[str, Any]
    drop: list[str]
    metrics: dict[str, str]

    @property
    def target(self) -> str:
        """The last stage that it needs."""
        return "score_adapt" if self.family == "adapt" else f"score_{self.family}@{self.run}"

    def words(self) -> list[str]:
        """The arguments of `dvc exp run`.

        The stage that scores adaptation does so for all runs that params.yaml names: for this one
        experiment it names a single one.
        """
        others: Iterable[str] = ()
        if self.family == "adapt":
            others = (name for name in read_names("adapt", "runs") if name != self.run)
        drop = [*self.drop, *(f"adapt.runs.{name}" for name in others)]
        return ["--temp", "-n", self.name, *arguments(self.changes, drop), self.target]

    def params(self, content: dict[str, Any]) -> dict[str, Any]:
        """params.yaml as it is in the experiment, but with all adaptation runs.

        Raises:
            UserError: a change does not fit the file.
        """
        return applied(content, self.changes, self.drop)


def experiments(name: str, claim: Claim) -> list[Experiment]:
    """All experiments of a claim: each arm with each seed, the first seed of all arms first."""
    return [
        Experiment(
            f"{name}-{arm_name}-{seed}",
            claim.family,
            arm.run,
            {**claim.set, **arm.set, "seed": seed},
            arm.drop,
            claim.metrics,
        )
        for seed in claim.seeds
        for arm_name, arm in claim.arms.items()
    ]
