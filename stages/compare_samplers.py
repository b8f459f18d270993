"""Draw digits of one diffusion model by several samplers, with few and many steps, and score them.

All begin from the same noise, that of the run's samples. Metrics: `points`, a sampler with a number
of evaluations of the network each, which is that of its steps.
"""

from collections.abc import Iterator

import numpy as np

from hw2.core.files import read_json, write_json, write_rows
from hw2.core.params import read_section
from hw2.core.paths import TRAINING, metrics, run_folder, sampler_plot
from hw2.core.stage import run_stage_for
from hw2.data.arrays import ImageSet
from hw2.data.asked import Asked
from hw2.data.sizes import CLASSES
from hw2.diffusion.evaluations import takes_every_step
from hw2.diffusion.params import GUIDANCE, SamplerComparison, SamplerSettings
from hw2.diffusion.trained import TrainedDiffusion
from hw2.evaluation.digit_references import load_reference
from hw2.evaluation.digit_scorer import DigitScorer
from hw2.evaluation.sampler_scores import COLUMNS, score_draw


def main(name: str) -> None:
    comparison = read_section(SamplerComparison, "diffusion", "comparison")
    facts = read_json(run_folder("diffusion", name) / TRAINING)
    scorer, points = DigitScorer.load(facts["seed"]), []
    for sampler, steps in pairs(comparison):
        model = TrainedDiffusion(name, sampler, steps)
        asked = Asked(dict.fromkeys(range(CLASSES), comparison.samples_per_class))
        images = np.concatenate(list(model.images(asked, facts["seed"])))
        reference = load_reference(model.settings.data)
        way = {"sampler": sampler, "evaluations": model.evaluations}
        drawn = ImageSet(images, asked.names, asked.labels)
        points.append(way | score_draw(scorer, reference, drawn))
    known = {
        "report": model.settings.report,
        **model.settings.model_dump(include=GUIDANCE),
        "n": len(asked),
    }
    write_json(metrics("samplers", name), {**known, **facts, "points": points})
    write_rows(sampler_plot(name), COLUMNS, points)


def pairs(comparison: SamplerComparison) -> Iterator[tuple[str, int | None]]:
    """Each sampler with each number of steps; None for one that takes a model's every step."""
    for name in comparison.samplers:
        sampler = read_section(SamplerSettings, "diffusion", "samplers", name)
        every_step = takes_every_step(sampler.method)
        for steps in [None] if every_step else comparison.steps:
            yield name, steps


if __name__ == "__main__":
    run_stage_for(main, __doc__)
