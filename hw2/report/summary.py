"""metrics/summary.json: the few figures that `dvc metrics diff` compares."""

from pathlib import Path
from typing import Any

from hw2.report.comparison import compare
from hw2.report.scores import figure
from hw2.report.sources import Metrics, RunNames, read_measurements

IMAGE_KEYS = (
    "n", "face_rate", "judge_accuracy", "course_judge_accuracy", "judge_confidence", "diversity",
    "nearer_than_val", "copied", "fid", "kid", "inception_score", "precision", "recall", "density",
    "coverage", "swd", "random_fd", "random_kid", "random_precision", "random_recall",
    "random_density", "random_coverage",
)  # fmt: skip
TRUNCATION_KEYS = ("face_rate", "fid", "swd", "random_fd")


def summarize(runs: RunNames, root: Path = Path(".")) -> dict[str, Any]:
    """The content of metrics/summary.json, from the metrics of `runs` below `root`.

    Nested as ``gan.<run>.fid``, ``adapt.<pair>.<net>.<method>.accuracy`` and
    ``samplers.<run>.<sampler>.<evaluations>.judge_accuracy``, ``truncations.<run>.<psi>.swd``;
    shares in [0, 1].
    Means over draws or trainings, without their deviations: those stand in metrics/<family>/.

    Raises:
        UserError: a metrics file is missing; the message names the stage that makes it.
    """
    measured = read_measurements(runs, root)
    return {
        "data": {"source": measured.data["source"], "counts": measured.data["counts"]},
        "judge": {"accuracy": measured.judge["accuracy"]},
        "gan": {run: _some(scores, IMAGE_KEYS) for run, scores in measured.gan.items()},
        "diffusion": {run: _some(scores, IMAGE_KEYS) for run, scores in measured.diffusion.items()},
        "samplers": {run: _by_sampler(e["points"]) for run, e in measured.samplers.items()},
        "truncations": {
            run: {f"{p['truncation']:g}": _some(p, TRUNCATION_KEYS) for p in entry["points"]}
            for run, entry in measured.truncations.items()
        },
        "adapt": _adapt_tree(measured.adapt),
    }


def _some(scores: Metrics, keys: tuple[str, ...]) -> Metrics:
    return {key: scores[key] for key in keys if figure(scores, key) is not None}


def _by_sampler(points: list[Metrics]) -> dict[str, Any]:
    """Sampler, then evaluations, then the scores."""
    tree: dict[str, Any] = {}
    for point in points:
        scores = _some(point, ("judge_accuracy", "diversity", "swd"))
        tree.setdefault(point["sampler"], {})[str(point["evaluations"])] = scores
    return tree


def _adapt_tree(adapt: dict[str, Metrics]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for scores in adapt.values():
        entry = _some(scores, ("accuracy", "n"))
        gap = compare(scores, adapt).closed
        if gap is not None:
            entry["gap_closed"] = gap
        nets = tree.setdefault(scores["pair"], {})
        nets.setdefault(scores["net"], {})[scores["method"]] = entry
    return tree
