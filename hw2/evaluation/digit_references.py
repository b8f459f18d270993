"""Real digits that generated ones are held against, and what of them is computed once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hw2.core.errors import UserError
from hw2.core.files import read_arrays, write_arrays
from hw2.core.paths import REAL_DIGITS, prepared
from hw2.core.seeds import numpy_generator
from hw2.data.arrays import ImageSet, load_images
from hw2.data.sizes import CLASSES
from hw2.evaluation.digit_judge import DigitJudge, read_digits
from hw2.evaluation.diversity import class_spread
from hw2.evaluation.nearest import MOST_SEARCHED, nearest_neighbours
from hw2.evaluation.random_network import RandomNetwork


@dataclass(frozen=True)
class DigitReference:
    """Real digits of one domain.

    Attributes:
        train: what models were trained on, (T, 28, 28, 3).
        val: what they were not, (V, 28, 28, 3).
        features: (V, F) float32, features of `val` in the random network.
        spread: (10,), mean distance within each class of `val` in the judge's features.
        relative: (at most 2,000,) float32, relative distances of val images to their nearest
            training images.
    """

    train: ImageSet
    val: ImageSet
    features: np.ndarray
    spread: np.ndarray
    relative: np.ndarray

    def save(self, path: Path) -> None:
        """Write what was computed, not the images."""
        names = ("features", "spread", "relative")
        write_arrays(path, {name: getattr(self, name) for name in names})


def make_reference(
    train: ImageSet, val: ImageSet, judge: DigitJudge, network: RandomNetwork, seed: int
) -> DigitReference:
    """Compute the features, spreads and distances of labelled real digits."""
    rng = numpy_generator(seed, "score", "digits", "reference")
    searched = rng.permutation(len(val))[:MOST_SEARCHED]
    return DigitReference(
        train,
        val,
        network.features(val.images),
        class_spread(read_digits(judge, val.images).features, val.digits, rng),
        nearest_neighbours(val.images[searched], train.images).relative,
    )


def reference_path(domain: str) -> Path:
    """Where stages/score_real_digits.py writes what it computed."""
    return REAL_DIGITS / f"{domain}.npz"


def load_reference(domain: str) -> DigitReference:
    """The prepared digits of a domain, with what `save` wrote.

    Raises:
        UserError: a file is missing or damaged, or they do not belong together.
    """
    path = reference_path(domain)
    train, val = (load_images(prepared(domain, split)) for split in ("train", "val"))
    arrays = read_arrays(path)
    try:
        found = DigitReference(train, val, **arrays)
    except TypeError as error:
        raise UserError(f"{path}: not real digits' features: {error}; run dvc repro") from None
    if len(found.features) != len(val):
        raise UserError(f"{path}: made from other images than {domain}'s val; run dvc repro")
    return found


def match_classes(
    labels: np.ndarray, real: np.ndarray, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Places (K,) in `labels` (N,) and (K,) in `real` (M,): of each digit equally many in both.

    As many as the set with fewer of that digit has; all of the generated ones, in their order,
    where there are real ones enough. Real ones are chosen at random.

    Raises:
        UserError: the sets have no digit in common.
    """
    chosen: list[tuple[np.ndarray, np.ndarray]] = []
    for digit in range(CLASSES):
        ours = np.flatnonzero(labels == digit)
        theirs = generator.permutation(np.flatnonzero(real == digit))
        count = min(len(ours), len(theirs))
        chosen.append((ours[:count], theirs[:count]))
    first, second = (np.concatenate(each) for each in zip(*chosen, strict=True))
    if not len(first):
        raise UserError("generated and real digits have no digit in common; nothing to compare")
    return first, second


def class_draws(
    labels: np.ndarray, counts: np.ndarray, draws: int, generator: np.random.Generator
) -> Iterator[np.ndarray]:
    """Draws of images: places in (N,) labels, sorted by digit, `counts` (10,) of each.

    No two draws share an image of a digit that has enough for all of them; of another, each draw
    is made from all its images, and gives them all where there are fewer than its count.
    """
    members = [generator.permutation(np.flatnonzero(labels == d)) for d in range(CLASSES)]
    for draw in range(draws):
        parts = []
        for own, count in zip(members, counts, strict=True):
            enough = len(own) >= draws * count
            order = own[draw * count :] if enough else generator.permutation(own)
            parts.append(order[:count])
        yield np.concatenate(parts)
