"""All scores of one run's generated faces, by whatever kind of model: GANs and diffusion alike."""

from typing import Any

import numpy as np

from hw2.core.files import read_arrays, read_json
from hw2.core.paths import FACE_NEAREST, REAL_METRICS, SAMPLES, prepared, run_folder
from hw2.core.processes import only_the_first_goes_on
from hw2.core.seeds import numpy_generator
from hw2.data.arrays import load_images
from hw2.evaluation.copying import copying, write_pairs
from hw2.evaluation.draws import over_draws, split_draws
from hw2.evaluation.face_scorer import FaceScorer
from hw2.evaluation.nearest import neighbours_of_draws

PAIRS = 10


def score_faces(*, family: str, run: str, domain: str, size: int, seed: int) -> dict[str, Any]:
    """Scores of each draw against real val images, and those of real train images beside them.

    Also writes the run's ``neighbours.npz``: the first faces beside their nearest training faces.
    Of several processes the first alone writes and returns.

    Args:
        size: faces a draw.
        seed: the run's.

    Raises:
        UserError: a file is missing or wrong, or the samples are not draws of that size.
    """
    folder, scorer = run_folder(family, run), FaceScorer.load(domain)
    path = folder / SAMPLES
    draws = split_draws(load_images(path).images, size, str(path))
    rng = numpy_generator(seed, "score", family, run)
    train, of_val = load_images(prepared(domain, "train")), read_arrays(FACE_NEAREST)["relative"]
    found = neighbours_of_draws(draws, train.images, mirrors=True)
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
