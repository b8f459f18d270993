"""What the report reads: the runs that params.yaml names, and their files, found and checked."""

import csv
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from hw2.core.errors import UserError
from hw2.core.files import read_json
from hw2.core.params import PARAMS_FILE, read_yaml, resolve_scale

Metrics = dict[str, Any]

# The stage to run when a file is missing, by the first pattern that its path matches.
MADE_BY = (
    ("metrics/data.json", "prepare"),
    ("runs/prepared/*", "prepare"),
    ("metrics/judge.json", "train_judge"),
    ("plots/confusion/judge.csv", "train_judge"),
    ("plots/tsne/*", "embed"),
    ("plots/curves/gan/*", "train_gan"),
    ("plots/curves/diffusion/*", "train_diffusion"),
    ("plots/curves/adapt/*", "train_adapt"),
    ("runs/gan/*/architecture.txt", "train_gan"),
    ("runs/diffusion/*/architecture.txt", "train_diffusion"),
    ("runs/gan/*/neighbours.npz", "score_gan"),
    ("runs/diffusion/*/neighbours.npz", "score_diffusion"),
    ("runs/gan/*", "sample_gan"),
    ("runs/diffusion/*", "sample_diffusion"),
    ("runs/adapt/*", "train_adapt"),
    ("metrics/gan/*", "score_gan"),
    ("metrics/diffusion/*", "score_diffusion"),
    ("metrics/samplers/*", "compare_samplers"),
    ("metrics/truncations/*", "compare_truncations"),
    ("plots/confusion/diffusion/*", "score_diffusion"),
    ("metrics/adapt/*", "score_adapt"),
    ("plots/confusion/adapt/*", "score_adapt"),
    ("plots/images/*", "report"),
    ("plots/animations/*", "report"),
    ("metrics/*", "summarize"),
)
COMMON_KEYS = ("report", "n", "seed", "parameters", "steps", "hardware")
GUIDANCE_KEYS = ("guidance", "guidance_interval", "autoguidance")
REQUIRED_KEYS = {
    "data": ("source", "counts"),
    "judge": ("accuracy", "n"),
    "gan": COMMON_KEYS,
    "diffusion": COMMON_KEYS,
    "samplers": (*COMMON_KEYS, *GUIDANCE_KEYS, "points"),
    "truncations": (*COMMON_KEYS, "points"),
    "adapt": (*COMMON_KEYS, "pair", "source", "target", "net", "method", "accuracy", "per_class"),
}


@dataclass(frozen=True)
class RunNames:
    """The runs of params.yaml, in its order.

    Attributes:
        gan, diffusion: names of runs, e.g. ``dcgan``.
        adapt: ``<pair>-<net>-<method>``, e.g. ``mnistm_svhn-conv_bn-dann``.
        embed: those of `adapt` that have a t-SNE map.
        compared: those of `diffusion` that several samplers drew from.
        truncated: those of `gan` that were drawn from at several truncations.

    Raises:
        UserError: a name of another form, or an embedded run that is not in `adapt`.
    """

    gan: list[str] = field(default_factory=list)
    diffusion: list[str] = field(default_factory=list)
    adapt: list[str] = field(default_factory=list)
    embed: list[str] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)
    truncated: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in self.adapt:
            split_adapt(name)
        for name in self.embed:
            if name not in self.adapt:
                raise UserError(
                    f"params.yaml: embed names {name!r}, which is no adaptation run; "
                    "add the run or remove the name"
                )


@dataclass(frozen=True)
class Measurements:
    """The content of every metrics file, by family and run, in the order of the run names.

    `params` is params.yaml with each value that differs between scales replaced by the one in use.
    """

    params: dict[str, Any]
    data: Metrics
    judge: Metrics
    gan: dict[str, Metrics]
    diffusion: dict[str, Metrics]
    adapt: dict[str, Metrics]
    samplers: dict[str, Metrics]
    truncations: dict[str, Metrics]

    @property
    def faces(self) -> dict[str, Metrics]:
        """Every run that draws faces: GANs, then diffusion models."""
        runs = {**self.gan, **self.diffusion}
        return {run: scores for run, scores in runs.items() if "judge_accuracy" not in scores}

    @property
    def digits(self) -> dict[str, Metrics]:
        """Every run whose images a judge read: diffusion models, then GANs."""
        runs = {**self.diffusion, **self.gan}
        return {run: scores for run, scores in runs.items() if "judge_accuracy" in scores}

    def family(self, run: str) -> str:
        """``gan`` or ``diffusion``, of a run that makes images."""
        return "diffusion" if run in self.diffusion else "gan"


def split_adapt(name: str) -> tuple[str, str, str]:
    """(pair, net, method) of an adaptation run's name.

    Raises:
        UserError: the name does not have three parts joined by hyphens.
    """
    parts = name.split("-")
    if len(parts) != 3 or not all(parts):
        raise UserError(f"adaptation run {name!r}: write it as <pair>-<net>-<method>")
    return parts[0], parts[1], parts[2]


def find(root: Path, relative: str) -> Path:
    """The path of a file that an earlier stage made.

    Raises:
        UserError: it is not there; the message names the stage that makes it.
    """
    path = root / relative
    if not path.is_file():
        stage = next(stage for pattern, stage in MADE_BY if fnmatchcase(relative, pattern))
        raise UserError(f"{relative}: no such file; make it with: dvc repro {stage}")
    return path


def read_metrics(root: Path, family: str, run: str = "") -> Metrics:
    """One metrics file: ``metrics/<family>.json``, or ``metrics/<family>/<run>.json``.

    Raises:
        UserError: the file is missing, one of its keys is, or it names no list of systems.
    """
    relative = f"metrics/{family}/{run}.json" if run else f"metrics/{family}.json"
    content: Metrics = read_json(find(root, relative))
    missing = [key for key in REQUIRED_KEYS[family] if key not in content]
    if missing:
        raise UserError(
            f"{relative}: no key {', '.join(missing)}; delete the file and run dvc repro"
        )
    if not isinstance(content.get("report", []), list):
        raise UserError(f"{relative}: report is not a list; delete the file and run dvc repro")
    return content


def read_measurements(runs: RunNames, root: Path) -> Measurements:
    """Read the metrics of all `runs` below `root`.

    Raises:
        UserError: a file or key is missing.
    """
    params = read_yaml(root / PARAMS_FILE)
    scale = params["scale"]
    return Measurements(
        # One section at a time: `starter` is the name of a section and of a scale.
        params={key: resolve_scale(section, scale, key) for key, section in params.items()},
        data=read_metrics(root, "data"),
        judge=read_metrics(root, "judge"),
        gan={run: read_metrics(root, "gan", run) for run in runs.gan},
        diffusion={run: read_metrics(root, "diffusion", run) for run in runs.diffusion},
        adapt={run: read_metrics(root, "adapt", run) for run in runs.adapt},
        samplers={run: read_metrics(root, "samplers", run) for run in runs.compared},
        truncations={run: read_metrics(root, "truncations", run) for run in runs.truncated},
    )


def read_columns(root: Path, relative: str) -> dict[str, list[str]]:
    """The columns of a CSV file with a header line, as text, in the file's order.

    Raises:
        UserError: the file is missing, or a line has not as many cells as the header.
    """
    with open(find(root, relative), newline="") as file:
        header, *lines = list(csv.reader(file)) or [[]]
    for number, line in enumerate(lines, start=2):
        if len(line) != len(header):
            raise UserError(f"{relative}, line {number}: {len(line)} cells, not {len(header)}")
    return {name: [line[index] for line in lines] for index, name in enumerate(header)}
