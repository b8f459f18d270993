"""Score the images of one diffusion model, digits by the judge, faces as those of GANs.

samples.npz -> metrics, confusion, neighbours. The confusion of a model of faces has no rows.
"""

import numpy as np

from hw2.core.files import read_json, write_json
from hw2.core.params import read_section
from hw2.core.paths import SAMPLES, TRAINING, metrics, plot, run_folder
from hw2.core.sharing import launch
from hw2.core.stage import run_stage_for
from hw2.data.arrays import load_images
from hw2.diffusion.evaluations import steps_and_evaluations
from hw2.diffusion.params import GUIDANCE, DiffusionModel, SamplerSettings
from hw2.evaluation.digit_scores import write_confusion
from hw2.evaluation.judged import judge_digits
from hw2.evaluation.scored_faces import score_faces
from hw2.gan.params import GanCommon

NOTHING = np.empty(0, np.int64)


def main(name: str) -> None:
    launch()
    model = read_section(DiffusionModel, "diffusion", "models", name)
    sampler = read_section(SamplerSettings, "diffusion", "samplers", model.sampler)
    folder = run_folder("diffusion", name)
    facts = read_json(folder / TRAINING)
    run = {"family": "diffusion", "run": name, "domain": model.data, "seed": facts["seed"]}
    if model.classes:
        samples = load_images(folder / SAMPLES)
        scores, predicted = judge_digits(samples, **run)
        asked = samples.digits
    else:
        scores = score_faces(size=read_section(GanCommon, "gan", "common").samples, **run)
        asked = predicted = NOTHING
    write_confusion(plot("confusion", "diffusion", name), asked, predicted)
    asked_for = sampler.evaluations(model.timesteps)
    _, evaluations = steps_and_evaluations(sampler.method, asked_for)
    known = {
        "report": model.report,
        **facts,
        **scores,
        "sampler": model.sampler,
        "sample_steps": evaluations,
        **model.model_dump(include=GUIDANCE),
    }
    write_json(metrics("diffusion", name), known)


if __name__ == "__main__":
    run_stage_for(main, __doc__)
