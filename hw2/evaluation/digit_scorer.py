"""How real or generated digits are read and measured; hw2.evaluation.judged names the scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from hw2.core.device import find_device
from hw2.core.params import Compute, read_section
from hw2.core.paths import JUDGE
from hw2.core.seeds import numpy_generator
from hw2.data.sizes import stored_size
from hw2.evaluation.classification import accuracy
from hw2.evaluation.digit_judge import (
    CourseJudge,
    DigitJudge,
    Reading,
    load_course_judge,
    load_judge,
    read_digits,
)
from hw2.evaluation.digit_references import DigitReference, match_classes
from hw2.evaluation.digit_scores import accuracy_by_class
from hw2.evaluation.diversity import class_spread, diversity
from hw2.evaluation.draws import over_draws
from hw2.evaluation.feature_scores import RANDOM, FeatureSet, feature_scores
from hw2.evaluation.params import EvaluationSettings
from hw2.evaluation.random_network import RandomNetwork
from hw2.evaluation.sliced_wasserstein import distances_of_draws


@dataclass(frozen=True)
class DigitScorer:
    """What digits are read and measured with.

    Attributes:
        judge: reads them; its features measure diversity.
        course_judge: the course's judge, where its weights are at hand.
        network: whose features the ``random_`` scores compare.
        settings: the section ``evaluation``.
        seed: of every random choice. Runs share it, so that they are compared alike.
    """

    judge: DigitJudge
    course_judge: CourseJudge | None
    network: RandomNetwork
    settings: EvaluationSettings
    seed: int

    @classmethod
    def load(cls, seed: int) -> Self:
        """With the weights and settings that params.yaml names.

        Raises:
            UserError: weights are missing or not the right ones.
        """
        settings = read_section(EvaluationSettings, "evaluation")
        path = settings.judge_weights
        course_judge = None if path is None else load_course_judge(Path(path))
        device = find_device(read_section(Compute, "compute"))
        network = RandomNetwork(stored_size("mnistm"), device)
        return cls(load_judge(JUDGE), course_judge, network, settings, seed)

    def read(self, draws: Sequence[np.ndarray]) -> list[Reading]:
        """What the pipeline's judge reads in draws (N, 28, 28, 3) uint8."""
        return [read_digits(self.judge, draw) for draw in draws]

    def by_course_judge(self, draws: Sequence[np.ndarray], labels: np.ndarray) -> dict[str, Any]:
        """`accuracies` and ``course_judge_per_class``; empty without the course's weights."""
        if self.course_judge is None:
            return {}
        readings = [read_digits(self.course_judge, draw) for draw in draws]
        scores, by_class = accuracies("course_judge", readings, labels)
        return {**scores, "course_judge_per_class": by_class}

    def likeness(
        self,
        draws: Sequence[np.ndarray],
        features: Sequence[np.ndarray],
        labels: np.ndarray,
        reference: DigitReference,
    ) -> dict[str, Any]:
        """`diversity`, `swd` and the ``random_`` scores, mean and ``<key>_std`` over the draws.

        Beside them `n_real`, the real val digits that a draw is compared with: of each class as
        many as the draw has, N unless there are too few. A score that needs more images than
        there are is left out.

        Args:
            draws: arrays (N, 28, 28, 3) uint8.
            features: the judge's, (N, F) of each draw.
            labels: (N,) of every draw.

        Raises:
            UserError: there are no real digits of these labels.
        """
        ours, theirs = match_classes(labels, reference.val.digits, self._rng("matched"))
        distances = distances_of_draws(
            reference.val.images[theirs], [draw[ours] for draw in draws], self._rng("swd")
        )
        real = FeatureSet.of(reference.features[theirs], self.settings.neighbours)
        scores = []
        for draw, seen, distance in zip(draws, features, distances, strict=True):
            ratios = diversity(class_spread(seen, labels, self._rng("diversity")), reference.spread)
            known = ratios[~np.isnan(ratios)]
            found = self.network.features(draw[ours])
            generated = FeatureSet.of(found, self.settings.neighbours)
            scores.append(
                ({"diversity": float(known.mean())} if len(known) else {})
                | {"swd": distance.mean}
                | feature_scores(RANDOM, real, generated, self.settings, self._rng("subsets"))
            )
        return {"n_real": len(theirs), **over_draws(scores)}

    def _rng(self, purpose: str) -> np.random.Generator:
        return numpy_generator(self.seed, "score", "digits", purpose)


def accuracies(
    judge: str, readings: Sequence[Reading], labels: np.ndarray
) -> tuple[dict[str, float], list[float | None]]:
    """How often a judge reads what the labels (N,) of every draw say.

    Returns:
        ``<judge>_accuracy`` and ``<judge>_confidence``, mean and ``_std`` over the draws; and the
        accuracy of each class over all draws, None for a class that has no image.
    """
    scores = [
        {
            f"{judge}_accuracy": accuracy(reading.labels, labels),
            f"{judge}_confidence": float(reading.confidence.mean()),
        }
        for reading in readings
    ]
    predicted = np.concatenate([reading.labels for reading in readings])
    by_class = accuracy_by_class(predicted, np.tile(labels, len(readings)))
    return over_draws(scores), by_class
