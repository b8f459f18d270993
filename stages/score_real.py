"""Score real faces as if they were generated: the ceiling and the floor of every GAN's scores."""

import numpy as np

from hw2.core.device import find_device
from hw2.core.files import write_arrays, write_json
from hw2.core.params import Compute, read_general, read_section
from hw2.core.paths import FACE_FEATURES, FACE_NEAREST, REAL_METRICS, prepared
from hw2.core.processes import only_the_first_goes_on
from hw2.core.seeds import numpy_generator
from hw2.core.sharing import launch
from hw2.core.stage import run_stage
from hw2.data.arrays import load_images
from hw2.evaluation.draws import over_draws
from hw2.evaluation.face_rate import face_rate
from hw2.evaluation.face_scores import RealFaces, face_scores, load_networks
from hw2.evaluation.nearest import MOST_SEARCHED, nearest_neighbours
from hw2.evaluation.params import EvaluationSettings
from hw2.evaluation.weights import find_weights
from hw2.gan.params import GanCommon


def main() -> None:
    launch()
    settings = read_section(EvaluationSettings, "evaluation")
    weights = find_weights(settings.weights_path)
    networks = load_networks(weights, find_device(read_section(Compute, "compute")))
    val = load_images(prepared("face", "val")).images
    real = RealFaces.measure(val, networks, settings.neighbours)
    train = load_images(prepared("face", "train")).images
    seed, size = read_general().seed, read_section(GanCommon, "gan", "common").samples
    searched = numpy_generator(seed, "score", "real", "nearest").permutation(len(val))
    of_val = nearest_neighbours(val[searched[:MOST_SEARCHED]], train, mirrors=True)
    draws = draw_images(
        train, settings.seeds, size, numpy_generator(seed, "score", "real", "draws")
    )
    rng = numpy_generator(seed, "score", "real")
    known = {
        "n": len(draws[0]),
        "seeds": len(draws),
        "n_real": len(val),
        "k": settings.neighbours,
        "face_rate_val": face_rate(val),
        **over_draws(face_scores(draws, real, networks, settings, rng)),
    }
    only_the_first_goes_on()
    real.save(FACE_FEATURES)
    write_arrays(FACE_NEAREST, {"relative": of_val.relative})
    write_json(REAL_METRICS, known)


def draw_images(
    images: np.ndarray, draws: int, size: int, generator: np.random.Generator
) -> list[np.ndarray]:
    """`draws` random sets of `size` images, without a common one where there are enough."""
    size = min(size, len(images))
    if draws * size <= len(images):
        return np.split(images[generator.permutation(len(images))[: draws * size]], draws)
    return [images[generator.permutation(len(images))[:size]] for _ in range(draws)]


if __name__ == "__main__":
    run_stage(main, __doc__)
