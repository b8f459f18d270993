"""Score real faces as if they were generated: the ceiling and the floor of every GAN's scores."""

import sys

from hw2.core.files import write_json
from hw2.core.params import read_general, read_section
from hw2.core.paths import REAL_METRICS, prepared
from hw2.core.seeds import numpy_generator
from hw2.core.stage import run_stage
from hw2.data.arrays import load_images
from hw2.evaluation.face_scores import face_scores
from hw2.evaluation.params import EvaluationSettings
from hw2.evaluation.weights import FILE_NAME, find_weights
from hw2.gan.params import GanCommon


def main() -> None:
    weights = find_weights(read_section(EvaluationSettings, "evaluation").weights_path)
    if weights is None:  # said here, once, and not for every GAN
        print(f"no FID: no {FILE_NAME}; get it with: hw2 weights inception", file=sys.stderr)
    count = read_section(GanCommon, "gan", "common").samples
    train = load_images(prepared("face", "train")).images[:count]
    val = load_images(prepared("face", "val")).images
    rng = numpy_generator(read_general().seed, "score", "real")
    scores = face_scores(train, val, rng, weights)
    write_json(REAL_METRICS, scores)


if __name__ == "__main__":
    run_stage(main, __doc__)
