"""Score the images of one GAN: samples.npz -> metrics."""

from hw2.core.files import read_json, write_json
from hw2.core.params import read_section
from hw2.core.paths import REAL_METRICS, metrics, prepared, run_folder
from hw2.core.seeds import numpy_generator
from hw2.core.stage import run_stage_for
from hw2.data.arrays import load_images
from hw2.evaluation.face_scores import face_scores
from hw2.evaluation.params import EvaluationSettings
from hw2.evaluation.weights import find_weights
from hw2.gan.params import GanModel


def main(name: str) -> None:
    model = read_section(GanModel, "gan", "models", name)
    weights = find_weights(read_section(EvaluationSettings, "evaluation").weights_path)
    folder = run_folder("gan", name)
    facts = read_json(folder / "training.json")
    generated = load_images(folder / "samples.npz").images
    real = load_images(prepared(model.data, "val")).images
    rng = numpy_generator(facts["seed"], "score", "gan", name)
    scores = face_scores(generated, real, rng, weights)
    known = {"report": model.report, **facts, **scores, "real": read_json(REAL_METRICS)}
    write_json(metrics("gan", name), known)


if __name__ == "__main__":
    run_stage_for(main, __doc__)
