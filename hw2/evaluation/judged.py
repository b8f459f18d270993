"""What the pipeline's judge reads in generated digits."""

from typing import Any

import numpy as np

from hw2.core.files import read_json
from hw2.core.paths import JUDGE, JUDGE_METRICS
from hw2.data.arrays import ImageSet
from hw2.evaluation.digit_judge import load_judge, predict
from hw2.evaluation.digit_scores import digit_scores


def judge_digits(samples: ImageSet) -> tuple[dict[str, Any], np.ndarray]:
    """Scores of digits whose labels are the ones asked for, and what was read in them (N,).

    Returns:
        `n`, `judge_accuracy`, `per_class`, and `judge_on_real`, the judge's accuracy on real val
        digits, which is the ceiling.
    """
    predicted, _ = predict(load_judge(JUDGE), samples.images)
    scores = digit_scores(predicted, samples.digits)
    scores["judge_accuracy"] = scores.pop("accuracy")
    scores["judge_on_real"] = read_json(JUDGE_METRICS)["accuracy"]
    return scores, predicted
