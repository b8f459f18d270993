"""Score the images of one GAN, faces by distance and detector, digits by the judge."""

from hw2.core.files import read_json, write_json
from hw2.core.params import read_section
from hw2.core.paths import SAMPLES, TRAINING, metrics, run_folder
from hw2.core.sharing import launch
from hw2.core.stage import run_stage_for
from hw2.data.arrays import load_images
from hw2.evaluation.judged import judge_digits
from hw2.evaluation.scored_faces import score_faces
from hw2.gan.params import GanCommon, GanModel


def main(name: str) -> None:
    launch()
    model = read_section(GanModel, "gan", "models", name)
    folder = run_folder("gan", name)
    facts = read_json(folder / TRAINING)
    seed = facts["seed"]
    if model.classes:
        samples = load_images(folder / SAMPLES)
        scores, _ = judge_digits(samples, family="gan", run=name, domain=model.data, seed=seed)
    else:
        size = read_section(GanCommon, "gan", "common").samples
        scores = score_faces(family="gan", run=name, domain=model.data, size=size, seed=seed)
    write_json(metrics("gan", name), {"report": model.report, **facts, **scores})


if __name__ == "__main__":
    run_stage_for(main, __doc__)
