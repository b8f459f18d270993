"""Do the fast settings cost quality? The same runs in bf16-mixed and float32, with several seeds.

    python -m benchmarks.quality [--seeds 3] [--only dcgan,dann]

Run it in the repository's root after `make repro`: it trains, samples and scores on the data in
use, at the scale of params.yaml, in a temporary folder. After each it writes
benchmarks/results/quality_<data>.json and the table beside it. What is there already, of the same
commit, is not done again.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import yaml
from tabulate import tabulate

from benchmarks.measure import ROOT, describe_machine, run_python
from hw2.core.errors import UserError, exit_on_user_error
from hw2.core.files import read_json, write_json, write_text
from hw2.core.params import nearest, read_yaml
from hw2.core.paths import DATA_METRICS, PREPARED, metrics
from hw2.core.provenance import commit, now

PRECISIONS = ("bf16-mixed", "32-true")
NEEDED = (PREPARED, Path("runs/judge"), Path("runs/real"), Path("metrics"))
DIFFUSION_STAGES = ("train_diffusion", "sample_diffusion", "score_diffusion")
METHODS = ("source_only", "dann", "target_only")
PERCENT = 100
DIGIT_SCORES = {"judge_accuracy": PERCENT, "diversity": 1, "random_fd": 1}


@dataclass(frozen=True)
class Case:
    """One run and the scores that count.

    Attributes:
        family, run: as in params.yaml.
        stages: that make its metrics.
        scores: keys of its metrics, with the factor by which the table shows them.
        settings: changes of params.yaml, by their path.
    """

    family: str
    run: str
    stages: tuple[str, ...]
    scores: Mapping[str, float]
    settings: Mapping[str, Any] = field(default_factory=dict)


CASES = {
    "dcgan": Case(
        "gan",
        "dcgan",
        ("train_gan", "sample_gan", "score_gan"),
        {"face_rate": PERCENT, "swd": 1, "random_fd": 1},
    ),
    "edm_digits": Case("diffusion", "edm_digits", DIFFUSION_STAGES, DIGIT_SCORES),
    # At its full width it draws no digits after minutes on a CPU, in either precision.
    "context_unet": Case(
        "diffusion",
        "context_unet",
        DIFFUSION_STAGES,
        DIGIT_SCORES,
        {"net_args": {"features": 32}, "batch": 64, "steps": 1500, "guidance": 2.0},
    ),
    **{
        method: Case(
            "adapt",
            f"mnistm_svhn-conv_bn-{method}",
            ("train_adapt", "score_adapt"),
            {"accuracy": PERCENT},
        )
        for method in METHODS
    },
}


def main() -> None:
    """Read the command line, train what is missing, write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--seeds", type=int, default=3, help="trainings of each run: seeds 0, 1, .."
    )
    parser.add_argument(
        "--only",
        type=lambda names: names.split(","),
        default=list(CASES),
        help=f"some of {','.join(CASES)}",
    )
    arguments = parser.parse_args()
    with exit_on_user_error():
        for name in arguments.only:
            if name not in CASES:
                raise UserError(f"--only: there is no '{name}'{nearest(name, list(CASES))}")
        for needed in NEEDED:
            if not needed.exists():
                raise UserError(f"{needed} is missing; run make repro first")
        results = ROOT / f"benchmarks/results/quality_{read_json(DATA_METRICS)['source']}"
        found = _begun(results.with_suffix(".json"))
        for seed in range(arguments.seeds):
            for name in arguments.only:
                for precision in PRECISIONS:
                    _measure(found, name, seed, precision)
                    write_json(results.with_suffix(".json"), found)
                    write_text(results.with_suffix(".md"), markdown(found))
        print(markdown(found), end="")


def _begun(path: Path) -> dict[str, Any]:
    """What an earlier call measured of this code, or the head of new results."""
    if path.exists() and (found := read_json(path))["commit"] == commit(ROOT):
        return found
    return {
        "date": now(),
        "commit": commit(ROOT),
        "hardware": describe_machine(),
        "scale": read_yaml()["scale"],
        "data": read_json(DATA_METRICS)["source"],
        "scores": {},
    }


def _measure(found: dict[str, Any], name: str, seed: int, precision: str) -> None:
    """Add one training's scores to ``scores.<case>.<precision>.<seed>``, unless they are there."""
    scores = found["scores"].setdefault(name, {}).setdefault(precision, {})
    if str(seed) in scores:
        return
    print(f"{name}, {precision}, seed {seed} ...", file=sys.stderr)
    case = CASES[name]
    with tempfile.TemporaryDirectory(prefix="hw2-quality-") as folder:
        _prepare(Path(folder), case, seed, precision)
        for stage in case.stages:
            target = [] if stage == "score_adapt" else [case.run]
            run_python(["-m", f"stages.{stage}", *target], Path(folder))
        known = read_json(Path(folder) / metrics(case.family, case.run))
    scores[str(seed)] = {key: known[key] for key in case.scores}


def _prepare(folder: Path, case: Case, seed: int, precision: str) -> None:
    """A project that has this repository's data, judge and references, and this one run."""
    for needed in NEEDED:
        shutil.copytree(needed, folder / needed)
    params = read_yaml()
    params["seed"] = seed
    params["compute"]["precision"] = precision
    group = "runs" if case.family == "adapt" else "models"
    entry = params[case.family][group][case.run]
    params[case.family][group] = {case.run: entry | case.settings}
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))


def markdown(found: dict[str, Any]) -> str:
    """One row a score: mean and standard deviation over seeds at either precision."""
    rows = []
    for name, scores in found["scores"].items():
        for key, factor in CASES[name].scores.items():
            cells = [_spread(scores.get(p, {}), key, factor) for p in PRECISIONS]
            rows.append([name, key + (", %" if factor == PERCENT else ""), *cells])
    head = (
        f"{found['hardware']}; {found['date']}; commit {found['commit']}; data {found['data']}, "
        f"scale {found['scale']}; mean ± standard deviation over seeds, each in brackets.\n\n"
    )
    return head + tabulate(rows, ["run", "score", *PRECISIONS], "github") + "\n"


def _spread(scores: Mapping[str, Mapping[str, float]], key: str, factor: float) -> str:
    values = [factor * each[key] for each in scores.values()]
    if len(values) < 2:
        return " ".join(f"{value:.4g}" for value in values)
    each = ", ".join(f"{value:.4g}" for value in values)
    return f"{mean(values):.4g} ± {stdev(values):.2g} ({each})"


if __name__ == "__main__":
    main()
