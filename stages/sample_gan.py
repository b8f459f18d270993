"""Generate images with one trained GAN: weights -> samples.npz."""

import numpy as np
import torch

from hw2.core.lookup import build
from hw2.core.params import read_section
from hw2.core.run import Run
from hw2.core.stage import run_stage_for
from hw2.data.arrays import ImageSet, digit_names
from hw2.data.sizes import stored_size
from hw2.gan.params import GanCommon, GanModel
from hw2.gan.sample import sample


def main(name: str) -> None:
    settings = read_section(GanModel, "gan", "models", name)
    count = read_section(GanCommon, "gan", "common").samples
    run = Run("gan", name)
    key = f"gan.models.{name}.net_args"
    nets = build("hw2.gan.nets", settings.net, key, **settings.build_args)
    generator = run.load(nets.generator, settings.sampled)
    size, rng = stored_size(settings.data), run.generator("samples")
    with run.autocast():
        if settings.classes:
            asked = np.arange(count) * settings.classes // count  # equally many of each
            labels = torch.from_numpy(asked).to(run.device)
            images = sample(generator, count, rng, settings.pixels, size, labels)
            samples = ImageSet(images, digit_names(asked), asked)
        else:
            images = sample(generator, count, rng, settings.pixels, size)
            samples = ImageSet(images, [f"{index + 1:05d}.png" for index in range(count)])
    samples.save(run.folder / "samples.npz")


if __name__ == "__main__":
    run_stage_for(main, __doc__)
