"""Generate images with one trained diffusion model, several draws of them.

weights -> samples.npz, and of the first images the states on the way: frames.npz, process.npz.
"""

import numpy as np

from hw2.core.params import read_section
from hw2.core.paths import SAMPLES
from hw2.core.processes import only_the_first_goes_on
from hw2.core.sharing import launch
from hw2.core.stage import run_stage_for
from hw2.data.asked import Asked
from hw2.diffusion.params import DiffusionCommon
from hw2.diffusion.process import Process, even_steps, nearest_steps
from hw2.diffusion.trained import TrainedDiffusion
from hw2.evaluation.params import EvaluationSettings
from hw2.gan.params import GanCommon

FILM_STEPS = 24


def main(name: str) -> None:
    launch()
    draws = read_section(EvaluationSettings, "evaluation").seeds
    model = TrainedDiffusion(name)
    folder, visited = model.run.folder, model.denoiser.steps
    asked = images_a_draw(model.classes).times(draws)
    strip = nearest_steps(visited, model.settings.reverse_t)
    film = even_steps(visited, FILM_STEPS)
    process = Process([*strip, *film], model.size)
    images = np.concatenate(list(model.images(asked, model.run.general.seed, process)))
    only_the_first_goes_on()
    asked.in_draws(images, draws).save(folder / SAMPLES)
    process.strip(strip).save(folder / "frames.npz")
    process.film(film).save(folder / "process.npz")


def images_a_draw(classes: int | None) -> Asked:
    """Equally many of each digit; of faces as many as of a GAN, since scores depend on it."""
    if classes is None:
        return Asked({None: read_section(GanCommon, "gan", "common").samples})
    each = read_section(DiffusionCommon, "diffusion", "common").samples_per_class
    return Asked(dict.fromkeys(range(classes), each))


if __name__ == "__main__":
    run_stage_for(main, __doc__)
