"""Generate digits with one trained diffusion model: weights -> samples.npz, frames.npz."""

import torch

from hw2.core.lookup import build
from hw2.core.params import read_section
from hw2.core.run import Run
from hw2.core.stage import run_stage_for
from hw2.data.sizes import stored_size
from hw2.diffusion import schedule
from hw2.diffusion.build import build_unet
from hw2.diffusion.guidance import Guided
from hw2.diffusion.params import DiffusionCommon, DiffusionModel
from hw2.diffusion.sample import sample, timesteps


def main(name: str) -> None:
    settings = read_section(DiffusionModel, "diffusion", "models", name)
    common = read_section(DiffusionCommon, "diffusion", "common")
    run, key = Run("diffusion", name), f"diffusion.models.{name}.sampler_args"
    net = run.load(build_unet(name, settings, common.classes), settings.sampled)
    sampler = build("hw2.diffusion.samplers", settings.sampler, key, **settings.sampler_args)
    rng, side = run.generator("samples"), settings.image_size
    shape = (common.samples_per_class, 3, side, side)
    samples, frames = sample(
        Guided(run.computing(net), settings.guidance, common.classes),
        sampler,
        schedule.linear(settings.timesteps, settings.beta, run.device),
        timesteps(settings.timesteps, settings.sample_steps),
        torch.randn(shape, generator=rng, device=run.device),
        common.classes,
        rng,
        settings.reverse_t,
        settings.pixels,
        stored_size(settings.data),
    )
    samples.save(run.folder / "samples.npz")
    frames.save(run.folder / "frames.npz")


if __name__ == "__main__":
    run_stage_for(main, __doc__)
