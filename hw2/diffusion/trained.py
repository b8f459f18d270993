"""A trained diffusion model, to draw digits from."""

from collections.abc import Iterator

import numpy as np

from hw2.core.errors import UserError
from hw2.core.generators import seeded
from hw2.core.lookup import build
from hw2.core.params import read_section
from hw2.core.run import Run
from hw2.data.asked import Asked
from hw2.data.sizes import stored_size
from hw2.diffusion import schedule
from hw2.diffusion.build import build_unet
from hw2.diffusion.guidance import Guided
from hw2.diffusion.interface import Sampler
from hw2.diffusion.params import DiffusionCommon, DiffusionModel
from hw2.diffusion.process import Process
from hw2.diffusion.sample import Denoiser, sample, timesteps


class TrainedDiffusion:
    """The network of one run, e.g. ``TrainedDiffusion("context_unet")``.

    Args:
        steps: network steps of the sampler, instead of the run's.
        guidance: w of classifier-free guidance, instead of the run's.

    Attributes:
        classes: classes to ask for.
        size: side of its images.

    Raises:
        UserError: params.yaml has no such run, its weights are missing or of another network, or
            it cannot take so many steps or such guidance.
    """

    def __init__(self, name: str, steps: int | None = None, guidance: float | None = None) -> None:
        self.settings = read_section(DiffusionModel, "diffusion", "models", name)
        self.classes = read_section(DiffusionCommon, "diffusion", "common").classes
        self.size = stored_size(self.settings.data)
        self.run = Run("diffusion", name)
        steps = self.settings.sample_steps if steps is None else steps
        guidance = self.settings.guidance if guidance is None else guidance
        _check(name, self.settings, steps, guidance)
        with seeded(*self.run.purpose("init")):  # leaves torch's global generator as it was
            unet = build_unet(name, self.settings, self.classes)
        net = self.run.computing(self.run.load(unet, self.settings.sampled))
        self.denoiser = Denoiser(
            Guided(net, guidance, self.classes),
            _sampler(name, self.settings, steps),
            schedule.linear(self.settings.timesteps, self.settings.beta, self.run.device),
            timesteps(self.settings.timesteps, steps),
            self.settings.pixels,
        )

    def images(
        self, asked: Asked, seed: int, process: Process | None = None
    ) -> Iterator[np.ndarray]:
        """Yield the digits asked for, (B, S, S, 3) uint8; `process` notes the states on the way."""
        purpose = (seed, "diffusion", self.run.name, "samples")
        return sample(self.denoiser, asked, purpose, self.run.device, self.size, process)


def _sampler(name: str, settings: DiffusionModel, steps: int) -> Sampler:
    """The run's sampler; DDIM without noise where it is DDPM, which cannot leave out steps."""
    module, arguments = settings.sampler, settings.sampler_args
    if module == "ddpm" and settings.sample_steps != steps < settings.timesteps:
        module, arguments = "ddim", {"eta": 0.0}
    key = f"diffusion.models.{name}.sampler_args"
    sampler: Sampler = build("hw2.diffusion.samplers", module, key, **arguments)
    return sampler


def _check(name: str, settings: DiffusionModel, steps: int, guidance: float) -> None:
    if not 1 <= steps <= settings.timesteps:
        raise UserError(f"{name}: cannot take {steps} steps; choose from 1 to {settings.timesteps}")
    if not 0 <= guidance < float("inf"):
        raise UserError(f"{name}: guidance cannot be {guidance}; choose 0 (none) or more")
    if guidance and not settings.label_drop:
        raise UserError(
            f"{name}: cannot be guided, since it never saw images without their labels "
            "(label_drop is 0); leave guidance out"
        )
