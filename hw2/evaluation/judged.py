"""All scores of one run's generated digits.

* `judge_accuracy`, `judge_confidence`: how often the pipeline's judge reads the digit that was
  asked for, and the mean probability of what it reads; `course_judge_...` likewise, where the
  course's weights are at hand.
* `diversity`: of hw2.evaluation.diversity, mean over the classes; 1 is as diverse as real digits.
* `nearer_than_val`, `copied`: of hw2.evaluation.nearest; 0.5 and 0.01 for new digits.
* `swd`, `random_fd`, `random_kid`, ...: against real val digits, equally many of each class.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hw2.core.errors import UserError
from hw2.core.files import read_json
from hw2.core.paths import REAL_DIGITS_METRICS, SAMPLES, run_folder
from hw2.core.processes import only_the_first_goes_on
from hw2.data.arrays import ImageSet
from hw2.evaluation.copying import copying, write_pairs
from hw2.evaluation.digit_references import load_reference
from hw2.evaluation.digit_scorer import DigitScorer, accuracies
from hw2.evaluation.draws import over_draws, split_draws
from hw2.evaluation.nearest import neighbours_of_draws


def judge_digits(
    samples: ImageSet, *, family: str, run: str, domain: str, seed: int
) -> tuple[dict[str, Any], np.ndarray]:
    """Score the draws of one run, and write its ``neighbours.npz``: the first image of each digit.

    Of several processes the first alone writes and returns.

    Args:
        samples: `evaluation.seeds` draws one after another, all with the same labels, which say
            what was asked for.
        domain: the real digits that the run learnt, e.g. ``mnistm``.
        seed: the run's.

    Returns:
        The entries of the run's metrics: images a draw `n`, draws `seeds`, the scores above as
        mean and ``<key>_std`` over the draws, accuracies of all draws together `per_class` and
        `course_judge_per_class`, the judge's accuracy on real val `judge_on_real`, and `real`,
        the same scores of real digits. And what the judge read in all samples, (N,).

    Raises:
        UserError: a file is missing or wrong, or the samples are not such draws.
    """
    scorer, reference = DigitScorer.load(seed), load_reference(domain)
    folder = run_folder(family, run)
    draws, labels = _draws(samples, scorer.settings.seeds, folder / SAMPLES)
    real = _of_real_digits(domain, len(labels))
    readings = scorer.read(draws)
    found = neighbours_of_draws(draws, reference.train.images)
    judged, by_class = accuracies("judge", readings, labels)
    scores = {
        "n": len(labels),
        "seeds": len(draws),
        "k": scorer.settings.neighbours,
        "per_class": by_class,
        **judged,
        "judge_on_real": real["judge_accuracy"],
        **scorer.by_course_judge(draws, labels),
        **over_draws([copying(each, reference.relative) for each in found]),
        **scorer.likeness(draws, [reading.features for reading in readings], labels, reference),
        "real": real,
    }
    only_the_first_goes_on()
    _, first = np.unique(labels, return_index=True)  # of each digit
    write_pairs(folder / "neighbours.npz", draws[0], first, found[0], reference.train)
    return scores, np.concatenate([reading.labels for reading in readings])


def _draws(samples: ImageSet, seeds: int, where: Path) -> tuple[Sequence[np.ndarray], np.ndarray]:
    """The draws' images, and the labels (N,) that all of them have."""
    size = max(1, len(samples) // seeds)
    draws = split_draws(samples.images, size, str(where))
    labels = split_draws(samples.digits, size, str(where))
    if len(draws) != seeds or any((each != labels[0]).any() for each in labels):
        raise UserError(
            f"{where}: {len(samples)} images are not {seeds} draws (evaluation.seeds) of the same "
            f"digits; sample again with the present params (dvc repro)"
        )
    return draws, labels[0]


def _of_real_digits(domain: str, count: int) -> dict[str, Any]:
    """What stages/score_real_digits.py found of draws of `count` images."""
    known = read_json(REAL_DIGITS_METRICS).get(domain, {})
    if str(count) not in known:
        raise UserError(
            f"{REAL_DIGITS_METRICS}: no scores of {count} real {domain} digits; "
            "run dvc repro score_real_digits"
        )
    found: dict[str, Any] = known[str(count)]
    return found
