"""Score the images of one GAN, faces by distance and detector, digits by the judge."""

from typing import Any

from hw2.core.files import read_json, write_json
from hw2.core.params import read_section
from hw2.core.paths import REAL_METRICS, metrics, prepared, run_folder
from hw2.core.seeds import numpy_generator
from hw2.core.stage import run_stage_for
from hw2.data.arrays import ImageSet, load_images
from hw2.evaluation.face_scores import face_scores
from hw2.evaluation.judged import judge_digits
from hw2.evaluation.params import EvaluationSettings
from hw2.evaluation.weights import find_weights
from hw2.gan.params import GanModel


def main(name: str) -> None:
    model = read_section(GanModel, "gan", "models", name)
    folder = run_folder("gan", name)
    facts = read_json(folder / "training.json")
    samples = load_images(folder / "samples.npz")
    if model.classes:
        scores, _ = judge_digits(samples)
    else:
        scores = score_faces(name, model.data, samples, facts["seed"])
    write_json(metrics("gan", name), {"report": model.report, **facts, **scores})


def score_faces(name: str, domain: str, samples: ImageSet, seed: int) -> dict[str, Any]:
    """Scores against real val images, and those of real train images beside them."""
    weights = find_weights(read_section(EvaluationSettings, "evaluation").weights_path)
    real = load_images(prepared(domain, "val")).images
    rng = numpy_generator(seed, "score", "gan", name)
    scores = face_scores(samples.images, real, rng, weights)
    return {**scores, "real": read_json(REAL_METRICS)}


if __name__ == "__main__":
    run_stage_for(main, __doc__)
