"""Generate digits with one trained diffusion model: weights -> samples.npz, frames.npz."""

import torch

from hw2.core.lookup import find
from hw2.core.params import read_section
from hw2.core.run import Run
from hw2.core.stage import run_stage_for
from hw2.diffusion import schedule
from hw2.diffusion.build import build_unet
from hw2.diffusion.guidance import Guided
from hw2.diffusion.params import DiffusionCommon, DiffusionModel
from hw2.diffusion.sample import sample, timesteps


def main(name: str) -> None:
    settings = read_section(DiffusionModel, "diffusion", "models", name)
    common = read_section(DiffusionCommon, "diffusion", "common")
    run = Run("diffusion", name)
    net = run.load(build_unet(name, settings, common.classes), "unet")
    guided = Guided(net, settings.guidance, common.classes)
    noising = schedule.linear(settings.timesteps, settings.beta, run.device)
    sampler = find("hw2.diffusion.samplers", settings.sampler).sample
    steps = timesteps(settings.timesteps, settings.sample_steps)
    shape, start = (common.samples_per_class, 3, 28, 28), run.generator("samples")
    noise = torch.randn(shape, generator=start, device=run.device)
    samples, frames = sample(
        guided, sampler, noising, steps, noise, common.classes, start, settings.reverse_t
    )
    samples.save(run.folder / "samples.npz")
    frames.save(run.folder / "frames.npz")


if __name__ == "__main__":
    run_stage_for(main, __doc__)
