"""Score real digits as if they were generated: floor and ceiling of the generated ones' scores.

metrics/real_digits.json holds, by domain and by images a draw, the scores of real train digits
against real val ones; but judges read the val digits, for they may know the others by heart.
"""

from typing import Any

import numpy as np

from hw2.core.files import write_json
from hw2.core.params import read_general, read_section
from hw2.core.paths import REAL_DIGITS_METRICS, prepared
from hw2.core.processes import only_the_first_goes_on
from hw2.core.seeds import numpy_generator
from hw2.core.sharing import launch
from hw2.core.stage import run_stage
from hw2.data.arrays import load_images
from hw2.data.sizes import CLASSES
from hw2.diffusion.params import DiffusionCommon
from hw2.evaluation.digit_references import (
    DigitReference,
    class_draws,
    make_reference,
    reference_path,
)
from hw2.evaluation.digit_scorer import DigitScorer, accuracies
from hw2.evaluation.params import JudgeSettings
from hw2.gan.params import GanCommon


def main() -> None:
    launch()
    scorer = DigitScorer.load(read_general().seed)
    domain = read_section(JudgeSettings, "judge").domain
    train, val = (load_images(prepared(domain, split)) for split in ("train", "val"))
    reference = make_reference(train, val, scorer.judge, scorer.network, scorer.seed)
    found = score(scorer, reference, images_a_draw())
    only_the_first_goes_on()
    reference.save(reference_path(domain))
    write_json(REAL_DIGITS_METRICS, {domain: found})


def images_a_draw() -> set[int]:
    """Of the runs that make digits: GANs, and diffusion models."""
    diffusion = read_section(DiffusionCommon, "diffusion", "common")
    gan = read_section(GanCommon, "gan", "common")
    return {gan.samples, diffusion.samples_per_class * CLASSES}


def score(scorer: DigitScorer, reference: DigitReference, sizes: set[int]) -> dict[str, Any]:
    """Scores by images a draw."""
    train, val = reference.train, reference.val
    on_val, by_class = accuracies("judge", scorer.read([val.images]), val.digits)
    course = scorer.by_course_judge([val.images], val.digits)
    found = {}
    for size in sorted(sizes):
        counts = np.bincount(np.arange(size) * CLASSES // size, minlength=CLASSES)  # as sampled
        rng = numpy_generator(scorer.seed, "score", "digits", "train", size)
        chosen = list(class_draws(train.digits, counts, scorer.settings.seeds, rng))
        draws = [train.images[places] for places in chosen]
        features = [reading.features for reading in scorer.read(draws)]
        likeness = scorer.likeness(draws, features, train.digits[chosen[0]], reference)
        counted = {"n": len(chosen[0]), "seeds": len(chosen), "per_class": by_class}
        found[str(size)] = {**counted, **on_val, **course, **likeness}
    return found


if __name__ == "__main__":
    run_stage(main, __doc__)
