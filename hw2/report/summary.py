"""metrics/summary.json: the few figures that `dvc metrics diff` compares."""

from pathlib import Path
from typing import Any

from hw2.evaluation.classification import gap_closed
from hw2.report.sources import Metrics, RunNames, read_measurements

BASELINES = ("source_only", "target_only")
GAN_KEYS = ("face_rate", "fid", "swd", "judge_accuracy", "n")
DIFFUSION_KEYS = ("judge_accuracy", "n")


def summarize(runs: RunNames, root: Path = Path(".")) -> dict[str, Any]:
    """The content of metrics/summary.json, from the metrics of `runs` below `root`.

    Nested as ``gan.<run>.fid`` and ``adapt.<pair>.<net>.<method>.accuracy``; shares in [0, 1].

    Raises:
        UserError: a metrics file is missing; the message names the stage that makes it.
    """
    measured = read_measurements(runs, root)
    return {
        "data": {"source": measured.data["source"], "counts": measured.data["counts"]},
        "judge": {"accuracy": measured.judge["accuracy"]},
        "gan": {run: _some(scores, GAN_KEYS) for run, scores in measured.gan.items()},
        "diffusion": {
            run: _some(scores, DIFFUSION_KEYS) for run, scores in measured.diffusion.items()
        },
        "adapt": _adapt_tree(measured.adapt),
    }


def measured_gap(scores: Metrics, adapt: dict[str, Metrics]) -> float | None:
    """Share of the source-to-target gap that one adaptation run closed.

    Its baselines are the runs of the same pair and net. None for a baseline itself, where a
    baseline was not run, and where there is no gap to close.
    """
    key = scores["pair"], scores["net"]
    baselines = {
        other["method"]: other["accuracy"]
        for other in adapt.values()
        if (other["pair"], other["net"]) == key and other["method"] in BASELINES
    }
    if scores["method"] in BASELINES or len(baselines) < len(BASELINES):
        return None
    return closed(scores["accuracy"], baselines["source_only"], baselines["target_only"])


def closed(method: float, source_only: float, target_only: float) -> float | None:
    """`gap_closed`, or None where target_only is not above source_only: no gap to close."""
    if target_only <= source_only:
        return None
    return gap_closed(method=method, source_only=source_only, target_only=target_only)


def _some(scores: Metrics, keys: tuple[str, ...]) -> Metrics:
    return {key: scores[key] for key in keys if key in scores}


def _adapt_tree(adapt: dict[str, Metrics]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for scores in adapt.values():
        entry = _some(scores, ("accuracy", "n"))
        gap = measured_gap(scores, adapt)
        if gap is not None:
            entry["gap_closed"] = gap
        nets = tree.setdefault(scores["pair"], {})
        nets.setdefault(scores["net"], {})[scores["method"]] = entry
    return tree
