"""The figures that the five reports printed (`reported.json`), found by a run's params entry."""

import json
from functools import cache
from importlib import resources
from typing import Any

from hw2.report.sources import Metrics


@cache
def _printed() -> Any:
    return json.loads(resources.files("hw2.report").joinpath("reported.json").read_text())


def reported_score(kind: str, report: str, score: str) -> float | None:
    """A figure that a report printed of its generated images, or None where it printed none.

    Args:
        kind: ``faces`` or ``digits``.
        report: as in params.yaml, e.g. ``004 A``; an unknown report has printed nothing.
        score: ``fid``, ``inception_score`` or ``judge_accuracy`` (a share in [0, 1]).
    """
    figure: float | None = _printed()[kind].get(report, {}).get(score)
    return figure


def reported_accuracy(report: str, pair: str, method: str) -> float | None:
    """Target accuracy in [0, 1] that a report printed, e.g. of ``001 mnistm_svhn dann``."""
    figure: float | None = _printed()["adapt"].get(report, {}).get(pair, {}).get(method)
    return figure


def reported_gap_inputs(scores: Metrics) -> tuple[float, float, float] | None:
    """(method, source_only, target_only) of the report beside an adaptation run, where complete."""
    figures = [
        reported_accuracy(scores["report"], scores["pair"], method)
        for method in (scores["method"], "source_only", "target_only")
    ]
    method, source_only, target_only = figures
    if method is None or source_only is None or target_only is None:
        return None
    return method, source_only, target_only
