"""Score the images of one GAN, faces by distance and detector, digits by the judge."""

from typing import Any

import numpy as np

from hw2.core.files import read_arrays, read_json, write_json
from hw2.core.params import read_section
from hw2.core.paths import FACE_NEAREST, REAL_METRICS, metrics, prepared, run_folder
from hw2.core.processes import only_the_first_goes_on
from hw2.core.seeds import numpy_generator
from hw2.core.sharing import launch
from hw2.core.stage import run_stage_for
from hw2.data.arrays import load_images
from hw2.evaluation.copying import copying, write_pairs
from hw2.evaluation.draws import over_draws, split_draws
from hw2.evaluation.face_scorer import FaceScorer
from hw2.evaluation.judged import judge_digits
from hw2.evaluation.nearest import neighbours_of_draws
from hw2.gan.params import GanCommon, GanModel

PAIRS = 10


def main(name: str) -> None:
    launch()
    model = read_section(GanModel, "gan", "models", name)
    folder = run_folder("gan", name)
    facts = read_json(folder / "training.json")
    if model.classes:
        samples, seed = load_images(folder / "samples.npz"), facts["seed"]
        scores, _ = judge_digits(samples, family="gan", run=name, domain=model.data, seed=seed)
    else:
        scores = score_faces(name, model.data, facts["seed"])
    write_json(metrics("gan", name), {"report": model.report, **facts, **scores})


def score_faces(name: str, domain: str, seed: int) -> dict[str, Any]:
    """Scores of each draw against real val images, and those of real train images beside them.

    Also writes the run's ``neighbours.npz``: the first faces beside their nearest training faces.
    Of several processes the first alone writes and returns.
    """
    folder, scorer = run_folder("gan", name), FaceScorer.load(domain)
    path = folder / "samples.npz"
    size = read_section(GanCommon, "gan", "common").samples
    draws = split_draws(load_images(path).images, size, str(path))
    rng = numpy_generator(seed, "score", "gan", name)
    train, of_val = load_images(prepared(domain, "train")), read_arrays(FACE_NEAREST)["relative"]
    found = neighbours_of_draws(draws, train.images)
    scores = scorer.scores(draws, rng)
    only_the_first_goes_on()
    write_pairs(folder / "neighbours.npz", draws[0], np.arange(min(PAIRS, size)), found[0], train)
    return {
        "n": size,
        "seeds": len(draws),
        "n_real": len(scorer.real.images),
        "k": scorer.settings.neighbours,
        **over_draws(scores),
        **over_draws([copying(each, of_val) for each in found]),
        "real": read_json(REAL_METRICS),
    }


if __name__ == "__main__":
    run_stage_for(main, __doc__)
