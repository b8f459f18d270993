"""plots/report/index.html: one file, with the pictures beside it; it asks nothing of a network."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from hw2.core.params import PARAMS_FILE
from hw2.report.adapt_details import adapt_accuracy_tables, adapt_class_tables
from hw2.report.adapt_observations import adapt_observations
from hw2.report.adapt_tables import adapt_tables, by_pair, separation_table
from hw2.report.comparison import BASELINES
from hw2.report.digit_tables import digit_class_table, digit_tables
from hw2.report.face_tables import face_tables
from hw2.report.images import animation_path, image_path, shows_real_images
from hw2.report.label_free_tables import label_free_table
from hw2.report.model_tables import adapt_models, diffusion_models, gan_models
from hw2.report.observations import digit_observations, face_observations
from hw2.report.reported_tables import reported_notes, reported_tables
from hw2.report.sampler_tables import sampler_tables
from hw2.report.sources import Measurements, RunNames, find, split_adapt
from hw2.report.tables import data_table
from hw2.report.target_curves import read_target_curves
from hw2.report.templates import environment, style
from hw2.report.truncation_tables import truncation_tables


@dataclass(frozen=True)
class Picture:
    """An image of the page: where it lies, seen from the page, and its size in pixels."""

    uri: str
    width: int
    height: int


@dataclass(frozen=True)
class AdaptGroup:
    """The adaptation runs of one pair that share a net.

    Attributes:
        net: its name.
        runs: (run name, method) in the order of params.yaml.
        maps: those of `runs` that have a t-SNE map.
    """

    net: str
    runs: list[tuple[str, str]]
    maps: list[tuple[str, str]]


def render_page(runs: RunNames, measured: Measurements, root: Path) -> str:
    """The HTML of the report, from the metrics and the pictures already drawn below `root`.

    Raises:
        UserError: a picture, an architecture's print or a run's samples are missing.
    """
    html: str = (
        environment()
        .get_template("page.html")
        .render(
            css=style(),
            picture=lambda family, name: read_picture(root, image_path(family, name)),
            animation=lambda run: read_picture(root, animation_path(run)),
            architecture=lambda family, run: find(
                root, f"runs/{family}/{run}/architecture.txt"
            ).read_text(),
            measured=measured,
            show_real=shows_real_images(measured),
            tables=_tables(measured),
            observations={
                "gan": face_observations(measured, root),
                "diffusion": digit_observations(measured, root),
                "adapt": adapt_observations(measured),
            },
            pairs=group_by_pair(runs),
            watched=[p for p, runs in by_pair(measured).items() if read_target_curves(runs, root)],
            nets=_one_run_for_each_net(runs),
            params_text=(root / PARAMS_FILE).read_text(encoding="utf-8"),
        )
    )
    return html.lstrip()


def read_picture(root: Path, relative: str) -> Picture:
    """A picture below plots/, as the page in plots/report finds it, with its size.

    It lies beside the page and not inside: git keeps both, and every new page would hold all
    pictures once more.
    """
    with Image.open(find(root, relative)) as image:
        width, height = image.size
    return Picture(f"../{relative.removeprefix('plots/')}", width, height)


def group_by_pair(runs: RunNames) -> dict[str, list[AdaptGroup]]:
    """Adaptation runs by pair and then by net, in the order of params.yaml."""
    groups: dict[str, dict[str, AdaptGroup]] = {}
    for run in runs.adapt:
        pair, net, method = split_adapt(run)
        group = groups.setdefault(pair, {}).setdefault(net, AdaptGroup(net, [], []))
        group.runs.append((run, method))
        if run in runs.embed:
            group.maps.append((run, method))
    return {pair: list(nets.values()) for pair, nets in groups.items()}


def _one_run_for_each_net(runs: RunNames) -> dict[str, str]:
    """Net to a run that uses it, one that adapts where there is one: its print shows most."""
    chosen: dict[str, str] = {}
    for run in sorted(runs.adapt, key=lambda run: split_adapt(run)[2] in BASELINES):
        chosen.setdefault(split_adapt(run)[1], run)
    return {net: chosen[net] for net in dict.fromkeys(split_adapt(run)[1] for run in runs.adapt)}


def _tables(measured: Measurements) -> dict[str, Any]:
    return {
        "data": data_table(measured),
        "gan_models": gan_models(measured),
        "gan": [*face_tables(measured), *truncation_tables(measured)],
        "diffusion_models": diffusion_models(measured),
        "diffusion": digit_tables(measured),
        "samplers": sampler_tables(measured),
        "digit_class": digit_class_table(measured),
        "adapt_models": adapt_models(measured),
        "adapt": adapt_tables(measured),
        "adapt_accuracy": adapt_accuracy_tables(measured),
        "adapt_class": adapt_class_tables(measured),
        "label_free": label_free_table(measured),
        "separation": separation_table(measured),
        "reported": reported_tables(measured),
        "reported_notes": reported_notes(measured),
    }
