"""Draw faces of one GAN at several truncations of its latents, and score them.

All are made from the same latents, those of the run's samples. Metrics: `points`, one a truncation,
each with the scores of the run's own metrics as mean and deviation over the draws.
"""

import numpy as np

from hw2.core.files import read_json, write_json, write_rows
from hw2.core.params import read_section
from hw2.core.paths import TRAINING, metrics, run_folder, truncation_plot
from hw2.core.seeds import numpy_generator
from hw2.core.stage import run_stage_for
from hw2.data.asked import Asked
from hw2.evaluation.draws import over_draws
from hw2.evaluation.face_scorer import FaceScorer
from hw2.gan.params import GanCommon, GanModel, TruncationComparison
from hw2.gan.trained import TrainedGan

COLUMNS = ("truncation", "face_rate", "swd", "random_fd", "random_coverage", "fid")


def main(name: str) -> None:
    truncations = read_section(TruncationComparison, "gan", "comparison").truncations
    count = read_section(GanCommon, "gan", "common").samples
    model = read_section(GanModel, "gan", "models", name)
    facts = read_json(run_folder("gan", name) / TRAINING)
    scorer, seed, points = FaceScorer.load(model.data), facts["seed"], []
    draws = scorer.settings.seeds
    for truncation in truncations:
        asked = Asked.evenly(count, None).times(draws)
        images = np.concatenate(list(TrainedGan(name, truncation).images(asked, seed)))
        # For each the same projections and subsets, so that they are compared alike.
        rng = numpy_generator(seed, "score", "gan", name)
        scores = scorer.scores(np.split(images, draws), rng)
        points.append({"truncation": truncation, **over_draws(scores)})
    known = {"report": model.report, "n": count, "seeds": draws, "n_real": len(scorer.real.images)}
    write_json(metrics("truncations", name), {**known, **facts, "points": points})
    write_rows(truncation_plot(name), COLUMNS, points)


if __name__ == "__main__":
    run_stage_for(main, __doc__)
