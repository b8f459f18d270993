"""All scores of generated faces, by name; docs/scores.md says what each can and cannot see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from hw2.core.errors import UserError
from hw2.core.files import read_arrays, write_arrays
from hw2.data.sizes import stored_size
from hw2.evaluation.face_rate import face_rate
from hw2.evaluation.feature_scores import INCEPTION, RANDOM, FeatureSet, feature_scores
from hw2.evaluation.inception_score import SPLITS, inception_score
from hw2.evaluation.params import EvaluationSettings
from hw2.evaluation.prdc import Balls
from hw2.evaluation.random_network import RandomNetwork
from hw2.evaluation.sliced_wasserstein import distances_of_draws

INCEPTION_BATCH = 50
Extractor = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Networks:
    """The networks that are at hand.

    Attributes:
        extractors: (N, 64, 64, 3) uint8 to features (N, F), for each network by name: always
            ``random``; ``inception`` where its weights are there.
        logits: Inception features to its logits, for the inception score; None without weights.
    """

    extractors: Mapping[str, Extractor]
    logits: Extractor | None


def load_networks(weights: Path | None, device: torch.device) -> Networks:
    """The random network and, with the weights' file, the FID Inception network.

    Raises:
        UserError: the weights are not the right ones.
    """
    extractors: dict[str, Extractor] = {RANDOM: RandomNetwork(stored_size("face"), device).features}
    if weights is None:
        return Networks(extractors, None)
    # Here, for it takes more than a second to import, and most runs have no weights.
    from hw2.evaluation.inception import features, load_network

    inception = load_network(weights)
    extractors[INCEPTION] = lambda images: features(
        inception.trunk, images, INCEPTION_BATCH, device
    )
    return Networks(extractors, inception.logits)


@dataclass(frozen=True)
class RealFaces:
    """Real faces, and what each network sees in them, computed once for all that is scored.

    Attributes:
        images: (M, 64, 64, 3) uint8.
        sets: their features by the network's name.
    """

    images: np.ndarray
    sets: Mapping[str, FeatureSet]

    @classmethod
    def measure(cls, images: np.ndarray, networks: Networks, neighbours: int) -> Self:
        """Pass the images through each network; `neighbours` is the k of precision and recall."""
        sets = {
            name: FeatureSet.of(extract(images), neighbours)
            for name, extract in networks.extractors.items()
        }
        return cls(images, sets)

    def save(self, path: Path) -> None:
        """Write the features and radii, without the images, atomically."""
        arrays = {}
        for name, each in self.sets.items():
            arrays[f"{name}_features"] = each.features
            if each.balls:
                arrays[f"{name}_squared_radii"] = each.balls.squared_radii
        write_arrays(path, arrays)

    @classmethod
    def load(cls, path: Path, images: np.ndarray, neighbours: int) -> Self:
        """What `save` wrote for these images and this k.

        Raises:
            UserError: the file is missing, damaged, or of other images.
        """
        arrays = read_arrays(path)
        sets = {}
        for name in (key.removesuffix("_features") for key in arrays if key.endswith("_features")):
            found = arrays[f"{name}_features"]
            if len(found) != len(images):
                raise UserError(f"{path}: not the features of these images; run dvc repro")
            radii = arrays.get(f"{name}_squared_radii")
            balls = None if radii is None else Balls(found, radii, neighbours)
            sets[name] = FeatureSet(found, balls)
        return cls(images, sets)


def face_scores(
    draws: Sequence[np.ndarray],
    real: RealFaces,
    networks: Networks,
    settings: EvaluationSettings,
    generator: np.random.Generator,
) -> list[dict[str, Any]]:
    """Scores of each draw of generated faces against the real ones, by every network of `real`.

    Args:
        draws: arrays (N, 64, 64, 3) uint8, all of one N >= 1. The sliced Wasserstein distance
            compares equally many: the first min(N, M) of both.
        generator: draws patches, projections and subsets; the same numbers whether or not the
            Inception weights are there.

    Returns:
        ``face_rate``, ``swd``, ``swd_by_level``, the ``random_`` scores of `feature_scores`, and
        with the Inception weights ``fid``, ``kid``, ``precision``, ``recall``, ``density``,
        ``coverage``, ``inception_score`` and ``inception_score_split_std``. A score that needs
        more images than there are is left out.

    Raises:
        UserError: `real` was measured by a network that is not at hand.
    """
    missing = real.sets.keys() - networks.extractors.keys()
    if missing:
        raise UserError(
            f"the real images were measured by the {', '.join(sorted(missing))} network, whose "
            f"weights are not at hand now; put them back, or run: dvc repro -f -s score_real"
        )
    equal = min(len(draws[0]), len(real.images))
    distances = distances_of_draws(real.images[:equal], [d[:equal] for d in draws], generator)
    scores: list[dict[str, Any]] = [
        {
            "face_rate": face_rate(draw),
            "swd": distance.mean,
            "swd_by_level": {str(side): value for side, value in distance.levels.items()},
        }
        for draw, distance in zip(draws, distances, strict=True)
    ]
    for name, of_real in real.sets.items():
        for draw, found in zip(draws, scores, strict=True):
            features = networks.extractors[name](draw)
            generated = FeatureSet.of(features, settings.neighbours)
            found |= feature_scores(name, of_real, generated, settings, generator)
            if name == INCEPTION and networks.logits and len(draw) >= SPLITS:
                mean, deviation = inception_score(networks.logits(features))
                found |= {"inception_score": mean, "inception_score_split_std": deviation}
    return scores
