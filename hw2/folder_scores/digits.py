"""All scores of any set of 28x28 images as digits."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from hw2.data.arrays import ImageSet
from hw2.data.sizes import CLASSES
from hw2.evaluation.classification import accuracy, class_accuracy
from hw2.evaluation.copying import copying
from hw2.evaluation.digit_judge import (
    CourseJudge,
    DigitJudge,
    Judge,
    Reading,
    read_digits,
)
from hw2.evaluation.digit_references import match_classes
from hw2.evaluation.diversity import class_spread, diversity
from hw2.evaluation.feature_scores import RANDOM, FeatureSet, feature_scores
from hw2.evaluation.nearest import MOST_SEARCHED, nearest_neighbours
from hw2.evaluation.params import EvaluationSettings
from hw2.evaluation.random_network import RandomNetwork
from hw2.evaluation.sliced_wasserstein import sliced_wasserstein
from hw2.folder_scores.scores import FolderScores

NO_LABELS = "labels are needed, and there are none"


@dataclass(frozen=True)
class DigitTools:
    """What digits are scored with.

    Attributes:
        judge: the judge of the pipeline, where it is trained.
        course_judge: the course's, where its weights are at hand.
        train: the images that a generator was trained on, where they are at hand.
    """

    judge: DigitJudge | None
    course_judge: CourseJudge | None
    train: ImageSet | None


def score_digits(
    digits: ImageSet,
    real: ImageSet,
    tools: DigitTools,
    settings: EvaluationSettings,
    device: torch.device,
    rng: np.random.Generator,
) -> FolderScores:
    """Score (N, 28, 28, 3) against (M, 28, 28, 3) uint8 images, N and M >= 1, labelled or not.

    The distances compare equally many of each digit, if both sets have labels and the same digits.
    Beside them stand those of as many real train digits, where these are at hand.

    Returns:
        ``judge_accuracy``, ``judge_confidence``, ``per_class`` (a mapping for each digit that
        there is), ``diversity``, ``course_judge_accuracy``, ``nearer_than_val``, ``copied``,
        ``swd``, ``random_fd`` ...
    """
    found = FolderScores(len(digits), len(real))
    if tools.judge is None:
        lacking = ["judge_accuracy", "judge_confidence", "diversity"]
        found.leave_out(lacking, "the judge is needed; train it with: dvc repro train_judge")
    else:
        _add_judged(found, digits, real, tools.judge, rng)
    if tools.course_judge is not None:
        _add_accuracy(found, "course_judge_accuracy", tools.course_judge, digits, real)
    if tools.train is None:
        lacking = ["nearer_than_val", "copied"]
        found.leave_out(lacking, "the training images are needed: dvc repro prepare")
    else:
        _add_neighbours(found, digits.images, real.images, tools.train.images, rng)
    network = RandomNetwork(real.images.shape[1], device)
    features = network.features(real.images)
    found.add(_distances(digits, real, features, network, settings, rng))
    found.leave_out_distances(RANDOM, len(digits), len(real), settings.neighbours)
    if tools.train is not None:
        same = _in_place_of(digits, tools.train, rng)
        found.add_real(_distances(same, real, features, network, settings, rng))
    return found


def _add_judged(
    found: FolderScores,
    digits: ImageSet,
    real: ImageSet,
    judge: DigitJudge,
    rng: np.random.Generator,
) -> None:
    reading, of_real = _add_accuracy(found, "judge_accuracy", judge, digits, real)
    found.add({"judge_confidence": float(reading.confidence.mean())})
    found.real["judge_confidence"] = float(of_real.confidence.mean())
    if digits.labels is None or real.labels is None:
        found.leave_out(["diversity"], NO_LABELS)
        return
    spreads = [
        class_spread(each.features, labels, rng)
        for each, labels in ((reading, digits.labels), (of_real, real.labels))
    ]
    ratios = diversity(spreads[0], spreads[1])
    found.scores["per_class"] = _per_class(digits.labels, reading, ratios)
    if np.isnan(ratios).all():
        found.leave_out(["diversity"], "two images of a digit are needed, and two real ones")
    else:
        found.add({"diversity": float(np.nanmean(ratios))})


def _add_accuracy(
    found: FolderScores, name: str, judge: Judge, digits: ImageSet, real: ImageSet
) -> tuple[Reading, Reading]:
    """What the judge reads in both sets."""
    reading, of_real = (read_digits(judge, each.images) for each in (digits, real))
    if digits.labels is None:
        found.leave_out([name], NO_LABELS)
    else:
        found.add({name: accuracy(reading.labels, digits.labels)})
    if real.labels is not None:
        found.real[name] = accuracy(of_real.labels, real.labels)
    return reading, of_real


def _per_class(labels: np.ndarray, reading: Reading, ratios: np.ndarray) -> dict[str, Any]:
    accuracies = class_accuracy(reading.labels, labels)
    return {
        str(digit): {
            "n": int((labels == digit).sum()),
            "accuracy": float(accuracies[digit]),
            "confidence": float(reading.confidence[labels == digit].mean()),
            "diversity": None if np.isnan(ratios[digit]) else float(ratios[digit]),
        }
        for digit in range(CLASSES)
        if (labels == digit).any()
    }


def _add_neighbours(
    found: FolderScores,
    images: np.ndarray,
    real: np.ndarray,
    train: np.ndarray,
    rng: np.random.Generator,
) -> None:
    chosen = real[rng.permutation(len(real))[:MOST_SEARCHED]]
    ours, theirs = (nearest_neighbours(each, train) for each in (images, chosen))
    found.add(copying(ours, theirs.relative))


def _distances(
    digits: ImageSet,
    real: ImageSet,
    features: np.ndarray,
    network: RandomNetwork,
    settings: EvaluationSettings,
    rng: np.random.Generator,
) -> dict[str, float]:
    """`swd` and the scores of the random network, which need no download.

    Args:
        features: (M, F) of the M images of `real` in `network`.
    """
    ours, theirs = digits.images, real.images
    known, wanted = digits.labels, real.labels
    # A set that lacks a digit is held against all real ones, so that the lack is seen.
    if known is not None and wanted is not None and set(known) == set(wanted):
        first, second = match_classes(known, wanted, rng)
        ours, theirs, features = ours[first], theirs[second], features[second]
    equal = min(len(ours), len(theirs))
    distance = sliced_wasserstein(theirs[:equal], ours[:equal], rng).mean
    sets = [FeatureSet.of(x, settings.neighbours) for x in (features, network.features(ours))]
    return {"swd": distance, **feature_scores(RANDOM, sets[0], sets[1], settings, rng)}


def _in_place_of(digits: ImageSet, others: ImageSet, rng: np.random.Generator) -> ImageSet:
    """As many of `others` as there are digits, of the same labels, if there are so many."""
    if digits.labels is None or others.labels is None:
        chosen = rng.permutation(len(others))[: len(digits)]
    else:
        chosen = match_classes(digits.labels, others.labels, rng)[1]
    names = [others.names[place] for place in chosen]
    labels = None if others.labels is None else others.labels[chosen]
    return ImageSet(others.images[chosen], names, labels)
