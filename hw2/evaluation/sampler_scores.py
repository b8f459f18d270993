"""Scores of one model's digits by how they were drawn."""

from typing import Any

from hw2.data.arrays import ImageSet
from hw2.evaluation.classification import wilson_interval
from hw2.evaluation.digit_references import DigitReference
from hw2.evaluation.digit_scorer import DigitScorer, accuracies

COLUMNS = ("sampler", "evaluations", "judge_accuracy", "diversity", "swd")


def score_draw(scorer: DigitScorer, reference: DigitReference, drawn: ImageSet) -> dict[str, Any]:
    """Scores of one draw, under the names of hw2.evaluation.judged.

    Args:
        drawn: 28x28 images, labelled with the digits asked for.

    Returns:
        `judge_accuracy` with its 95 % `interval` over images (Wilson 1927), `judge_confidence`,
        and what `DigitScorer.likeness` gives.
    """
    images, labels = drawn.images, drawn.digits
    readings = scorer.read([images])
    correct = int((readings[0].labels == labels).sum())
    judged, _ = accuracies("judge", readings, labels)
    likeness = scorer.likeness([images], [readings[0].features], labels, reference)
    return {**judged, "interval": list(wilson_interval(correct, len(labels))), **likeness}
