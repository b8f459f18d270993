"""Do the scores order images as they should? Real ones against intact and spoilt ones, as Markdown.

    python benchmarks/score_order.py PREPARED [--images 1000]

PREPARED is a folder of prepared array files, e.g. runs/prepared. Run it in the repository's root:
k and the subsets of the kernel distance are those of params.yaml. The tables of docs/scores.md
were made by this script from real images, of which nothing else is kept.
"""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from scipy.ndimage import gaussian_filter
from sklearn.cluster import KMeans
from tabulate import tabulate

from hw2.core.errors import exit_on_user_error
from hw2.core.params import read_section
from hw2.core.seeds import derive_seed, numpy_generator
from hw2.data.arrays import load_images
from hw2.evaluation.draws import over_draws
from hw2.evaluation.face_rate import face_rate
from hw2.evaluation.feature_scores import RANDOM, FeatureSet, feature_scores
from hw2.evaluation.params import EvaluationSettings
from hw2.evaluation.random_network import RandomNetwork
from hw2.evaluation.sliced_wasserstein import distances_of_draws

INTACT = "real train"
INTACT_DRAWS = 3
CLUSTERS = 8
REPEATED = 10
CHAINS = {
    "blur": ("blur 0.5", "blur 1", "blur 2"),
    "noise": ("noise 10", "noise 30"),
    "contrast": ("contrast x 0.7", "contrast x 0.4"),
    "fewer modes": ("one colour cluster", "10 images only"),
    "halves of two": ("two halves",),
    "turned": ("upside down",),
}
HIGHER_IS_BETTER = {
    "face_rate",
    "random_precision",
    "random_recall",
    "random_density",
    "random_coverage",
}
COLUMNS = (
    "face_rate",
    "swd",
    "random_fd",
    "random_kid",
    "random_precision",
    "random_recall",
    "random_density",
    "random_coverage",
)
DEVIATIONS = 2  # a step counts from so many standard deviations of intact draws on

Scores = dict[str, float]


@dataclass(frozen=True)
class Domain:
    """Prepared images of one domain, N of each kind."""

    name: str
    val: np.ndarray
    train: np.ndarray

    @property
    def is_face(self) -> bool:
        """Whether a face detector makes sense."""
        return self.name == "face"


def main() -> None:
    """Read the command line and print the tables of faces and of digits."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("prepared", type=Path, help="folder of <domain>_{train,val}.npz")
    parser.add_argument("--images", type=int, default=1000, help="of each set")
    arguments = parser.parse_args()
    with exit_on_user_error():
        for name in ("face", "mnistm"):
            report(read_domain(arguments.prepared, name, arguments.images), arguments.images)


def read_domain(folder: Path, name: str, count: int) -> Domain:
    """`count` val images, and all train images in random order."""
    generator = numpy_generator(0, "score_order", name)
    val, train = (load_images(folder / f"{name}_{split}.npz").images for split in ("val", "train"))
    return Domain(name, generator.permutation(val)[:count], generator.permutation(train))


def report(domain: Domain, count: int) -> None:
    """Print the table of scores, and whether they order each chain."""
    intact = np.split(domain.train[: INTACT_DRAWS * count], INTACT_DRAWS)
    spoilt = dict(spoil(domain.train, count))
    found = score(domain, [*intact, *spoilt.values()])
    mean = over_draws(found[:INTACT_DRAWS])
    table = {INTACT: mean, **dict(zip(spoilt, found[INTACT_DRAWS:], strict=True))}
    columns = [column for column in COLUMNS if column in mean]
    print(f"\n### {domain.name}: {count} images against {count} of real val\n")
    rows = [
        [name, *(shown(scores, column) for column in columns)] for name, scores in table.items()
    ]
    print(tabulate(rows, ["", *columns], tablefmt="github", disable_numparse=True))
    print()
    print(tabulate(list(orders(table, columns)), ["worse and worse", *columns], "github"))


def spoil(train: np.ndarray, count: int) -> Iterator[tuple[str, np.ndarray]]:
    """Sets of `count` images made from train images, by what was done to them."""
    generator = numpy_generator(0, "score_order", "spoil")
    images = train[:count]
    pixels = images.astype(np.float32)
    for sigma in (0.5, 1, 2):
        yield f"blur {sigma}", as_uint8(gaussian_filter(pixels, (0, sigma, sigma, 0)))
    for deviation in (10, 30):
        yield f"noise {deviation}", as_uint8(pixels + generator.normal(0, deviation, pixels.shape))
    for factor in (0.7, 0.4):
        yield f"contrast x {factor}", as_uint8((pixels - 128) * factor + 128)
    cluster = colour_cluster(train)
    yield "one colour cluster", cluster[generator.integers(len(cluster), size=count)]
    yield f"{REPEATED} images only", images[generator.integers(REPEATED, size=count)]
    half = images.shape[2] // 2
    left, right = images[:, :, :half], np.roll(images, 1, axis=0)[:, :, half:]
    yield "two halves", np.concatenate([left, right], axis=2)
    yield "upside down", np.ascontiguousarray(images[:, ::-1])


def colour_cluster(images: np.ndarray) -> np.ndarray:
    """The images of one of eight clusters of mean colour, the one of median size."""
    colours = images.mean(axis=(1, 2))
    seed = derive_seed(0, "score_order", "clusters") % 2**32
    clusters = KMeans(CLUSTERS, n_init=3, random_state=seed).fit_predict(colours)
    by_size = np.argsort(np.bincount(clusters, minlength=CLUSTERS))
    return images[clusters == by_size[CLUSTERS // 2]]


def as_uint8(pixels: np.ndarray) -> np.ndarray:
    """Clamped and rounded."""
    return pixels.round().clip(0, 255).astype(np.uint8)


def score(domain: Domain, sets: list[np.ndarray]) -> list[Scores]:
    """All scores that need no download, of each set against val."""
    settings = read_section(EvaluationSettings, "evaluation")
    generator = numpy_generator(0, "score_order", "score")
    network = RandomNetwork(domain.val.shape[1], torch.device("cpu"))

    def of(images: np.ndarray) -> FeatureSet:
        return FeatureSet.of(network.features(images), settings.neighbours)

    real = of(domain.val)
    distances = distances_of_draws(domain.val, sets, generator)
    found = []
    for images, distance in zip(sets, distances, strict=True):
        scores: Scores = {"face_rate": face_rate(images)} if domain.is_face else {}
        scores["swd"] = distance.mean
        found.append(scores | feature_scores(RANDOM, real, of(images), settings, generator))
    return found


def shown(scores: Mapping[str, float], column: str) -> str:
    """Four significant digits; with the deviation over draws where there is one."""
    deviation = scores.get(f"{column}_std")
    return f"{scores[column]:.4g}" + (f" ± {deviation:.2g}" if deviation is not None else "")


def orders(table: Mapping[str, Scores], columns: list[str]) -> Iterator[list[str]]:
    """For each chain of worse and worse sets, whether each score gets worse at every step.

    By more than twice its deviation over intact draws; else the first set that it does not see.
    """
    for chain, names in CHAINS.items():
        cells = []
        for column in columns:
            sign = -1 if column in HIGHER_IS_BETTER else 1
            step = DEVIATIONS * table[INTACT][f"{column}_std"]
            pairs = pairwise((INTACT, *names))
            worse = {b: sign * (table[b][column] - table[a][column]) > step for a, b in pairs}
            unseen = [name for name in names if not worse[name]]
            cells.append(f"no: {unseen[0]}" if unseen else "yes")
        yield [f"{chain}: {INTACT}, {', '.join(names)}", *cells]


if __name__ == "__main__":
    main()
