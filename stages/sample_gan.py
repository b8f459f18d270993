"""Generate images with one trained GAN, several draws of them: weights -> samples.npz."""

import numpy as np

from hw2.core.params import read_section
from hw2.core.paths import SAMPLES
from hw2.core.processes import only_the_first_goes_on
from hw2.core.sharing import launch
from hw2.core.stage import run_stage_for
from hw2.data.asked import Asked
from hw2.evaluation.params import EvaluationSettings
from hw2.gan.params import GanCommon
from hw2.gan.trained import TrainedGan


def main(name: str) -> None:
    launch()
    count = read_section(GanCommon, "gan", "common").samples
    draws = read_section(EvaluationSettings, "evaluation").seeds
    gan = TrainedGan(name)
    asked = Asked.evenly(count, gan.classes).times(draws)
    images = np.concatenate(list(gan.images(asked, gan.run.general.seed)))
    only_the_first_goes_on()
    asked.in_draws(images, draws).save(gan.run.folder / SAMPLES)


if __name__ == "__main__":
    run_stage_for(main, __doc__)
