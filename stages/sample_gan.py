"""Generate images with one trained GAN: weights -> samples.npz."""

from hw2.core.lookup import build
from hw2.core.params import read_section
from hw2.core.run import Run
from hw2.core.stage import run_stage_for
from hw2.data.arrays import ImageSet
from hw2.gan.params import GanCommon, GanModel
from hw2.gan.sample import sample


def main(name: str) -> None:
    settings = read_section(GanModel, "gan", "models", name)
    count = read_section(GanCommon, "gan", "common").samples
    run = Run("gan", name)
    key = f"gan.models.{name}.net_args"
    nets = build("hw2.gan.nets", settings.net, key, **settings.net_args)
    generator = run.load(nets.generator, "generator")
    images = sample(generator, count, run.generator("samples"))
    names = [f"{index + 1:05d}.png" for index in range(count)]
    ImageSet(images, names).save(run.folder / "samples.npz")


if __name__ == "__main__":
    run_stage_for(main, __doc__)
