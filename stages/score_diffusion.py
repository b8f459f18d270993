"""Score the digits of one diffusion model: samples.npz -> metrics, confusion, neighbours."""

from hw2.core.files import read_json, write_json
from hw2.core.params import read_section
from hw2.core.paths import metrics, plot, run_folder
from hw2.core.sharing import launch
from hw2.core.stage import run_stage_for
from hw2.data.arrays import load_images
from hw2.diffusion.params import DiffusionModel, SamplerSettings
from hw2.evaluation.digit_scores import write_confusion
from hw2.evaluation.judged import judge_digits


def main(name: str) -> None:
    launch()
    settings = read_section(DiffusionModel, "diffusion", "models", name)
    sampler = read_section(SamplerSettings, "diffusion", "samplers", settings.sampler)
    folder = run_folder("diffusion", name)
    samples, facts = load_images(folder / "samples.npz"), read_json(folder / "training.json")
    scores, predicted = judge_digits(
        samples, family="diffusion", run=name, domain=settings.data, seed=facts["seed"]
    )
    write_confusion(plot("confusion", "diffusion", name), samples.digits, predicted)
    known = {
        "report": settings.report,
        **facts,
        **scores,
        "sampler": settings.sampler,
        "sample_steps": sampler.evaluations(settings.timesteps),
        "guidance": settings.guidance,
    }
    write_json(metrics("diffusion", name), known)


if __name__ == "__main__":
    run_stage_for(main, __doc__)
