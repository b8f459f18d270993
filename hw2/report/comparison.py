"""An adapting run between its baselines: the order of the three and the gap that it closes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hw2.evaluation.classification import gap_closed
from hw2.report.reported import reported_accuracy
from hw2.report.sources import Metrics

BASELINES = ("source_only", "target_only")


@dataclass(frozen=True)
class Comparison:
    """Target accuracies in [0, 1]; None: not measured, or not printed by the report."""

    source_only: float | None
    adapted: float | None
    target_only: float | None

    @property
    def closed(self) -> float | None:
        """Share of the gap closed; None without all three or where there is no gap to close."""
        low, middle, high = self.source_only, self.adapted, self.target_only
        if low is None or middle is None or high is None or high <= low:
            return None
        return gap_closed(method=middle, source_only=low, target_only=high)

    @property
    def in_order(self) -> bool | None:
        """Whether source only < adapted < target only; None without all three."""
        low, middle, high = self.source_only, self.adapted, self.target_only
        if low is None or middle is None or high is None:
            return None
        return low < middle < high


def is_baseline(entry: Metrics) -> bool:
    """Whether an adaptation run is source only or target only."""
    return entry["method"] in BASELINES


def baselines(entry: Metrics, runs: Iterable[Metrics]) -> dict[str, Metrics]:
    """The runs, by method, that show what `entry` has to be compared with.

    They are those of the same pair and net. A net without any (DSN's) is compared with the
    baselines that its report gave all its methods: those of the same pair and report.
    """
    pair = [run for run in runs if run["pair"] == entry["pair"] and is_baseline(run)]
    own = [run for run in pair if run["net"] == entry["net"]]
    shared = [run for run in pair if set(run["report"]) & set(entry["report"])]
    return {run["method"]: run for run in own or shared}


def compare(entry: Metrics, adapt: Mapping[str, Metrics]) -> Comparison:
    """An adapting run as measured here, or a baseline of a net that has no adapting run."""
    found = baselines(entry, adapt.values())
    source_only, target_only = (
        found[name]["accuracy"] if name in found else None for name in BASELINES
    )
    adapted = None if is_baseline(entry) else entry["accuracy"]
    return Comparison(source_only, adapted, target_only)


def compare_reported(entry: Metrics) -> Comparison:
    """The same three figures as the run's report printed them."""
    source_only, target_only = (
        reported_accuracy(entry["report"], entry["pair"], name) for name in BASELINES
    )
    adapted = reported_accuracy(entry["report"], entry["pair"], entry["method"])
    return Comparison(source_only, None if is_baseline(entry) else adapted, target_only)
