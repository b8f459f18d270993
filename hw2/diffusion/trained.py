"""A trained diffusion model, to draw images from."""

from collections.abc import Iterator

import numpy as np

from hw2.core.errors import UserError
from hw2.core.generators import seeded
from hw2.core.lookup import build
from hw2.core.params import read_section
from hw2.core.run import Run
from hw2.data.asked import Asked
from hw2.data.sizes import stored_size
from hw2.diffusion.build import build_schedule, build_unet
from hw2.diffusion.evaluations import SAMPLERS, steps_and_evaluations, takes_every_step
from hw2.diffusion.guidance import Both, Guided, LessTrained, WithoutLabel, guided_steps
from hw2.diffusion.interface import Unet
from hw2.diffusion.params import EARLY, DiffusionModel, SamplerSettings
from hw2.diffusion.process import Process
from hw2.diffusion.sample import Denoiser, sample
from hw2.diffusion.spacing import visited

WITHOUT_NOISE = {"eta": 0.0}  # of DDIM


class TrainedDiffusion:
    """The network of one run, e.g. ``TrainedDiffusion("context_unet")``.

    Args:
        sampler: an entry of ``diffusion.samplers``, instead of the run's.
        steps: evaluations of the network, instead of the sampler's.
        guidance: w of guidance, instead of the run's.

    Attributes:
        classes: classes to ask for, or None.
        evaluations: of the network, in drawing one image.
        size: side of its images.

    Raises:
        UserError: params.yaml has no such run or sampler, the run's weights are missing or of
            another network, or it cannot take so many steps or such guidance, or with so few steps
            guidance would do nothing.
    """

    def __init__(
        self,
        name: str,
        sampler: str | None = None,
        steps: int | None = None,
        guidance: float | None = None,
    ) -> None:
        self.settings = read_section(DiffusionModel, "diffusion", "models", name)
        self.classes = self.settings.classes
        self.size = stored_size(self.settings.data)
        self.run = Run("diffusion", name)
        sampler = self.settings.sampler if sampler is None else sampler
        drawing = _drawing(sampler, steps, self.settings.timesteps)
        asked = drawing.evaluations(self.settings.timesteps)
        taken, self.evaluations = steps_and_evaluations(drawing.method, asked)
        guidance = self.settings.guidance if guidance is None else guidance
        _check_guidance(name, self.settings, guidance)
        net = self._network(self.settings.sampled)
        noising = build_schedule(self.settings, self.run.device)
        if self.settings.autoguidance and guidance:
            both: Both = LessTrained(net, self._network(EARLY))
        else:
            both = WithoutLabel(net, self.settings.labels)
        guided = guided_steps(noising, self.settings.guidance_interval)
        steps_taken = visited(noising, taken, drawing.spacing)
        if guidance and guided.isdisjoint(steps_taken):
            raise UserError(
                f"{name}: in only {self.evaluations} evaluations '{sampler}' visits no noise in "
                f"guidance_interval {self.settings.guidance_interval}; take more, or guidance 0"
            )
        key = f"diffusion.samplers.{sampler}.args"
        self.denoiser = Denoiser(
            Guided(both, guidance, guided),
            build(SAMPLERS, drawing.method, key, **drawing.args),
            noising,
            steps_taken,
            self.settings.pixels,
            conditional=bool(self.classes),
        )

    def _network(self, weights: str) -> Unet:
        with seeded(*self.run.purpose("init")):  # leaves torch's global generator as it was
            unet = build_unet(self.run.name, self.settings)
        return self.run.computing(self.run.load(unet, weights))

    def images(
        self, asked: Asked, seed: int, process: Process | None = None
    ) -> Iterator[np.ndarray]:
        """Yield the images asked for, (B, S, S, 3) uint8; `process` notes the states on the way."""
        purpose = (seed, "diffusion", self.run.name, "samples")
        return sample(self.denoiser, asked, purpose, self.run.device, self.size, process)


def _drawing(name: str, steps: int | None, total: int) -> SamplerSettings:
    """A sampler that takes `steps`, or its own number of them.

    Where one that leaves out no step is to take fewer, it is DDIM without noise.
    """
    found = read_section(SamplerSettings, "diffusion", "samplers", name)
    if steps is None:
        steps = found.evaluations(total)
    elif takes_every_step(found.method) and steps < total:
        found = found.model_copy(update={"method": "ddim", "args": WITHOUT_NOISE})
    if not 1 <= steps <= total:
        raise UserError(
            f"sampler '{name}' cannot take {steps} steps here; choose from 1 to {total}"
        )
    return found.model_copy(update={"steps": steps})


def _check_guidance(name: str, settings: DiffusionModel, guidance: float) -> None:
    if not 0 <= guidance < float("inf"):
        raise UserError(f"{name}: guidance cannot be {guidance}; choose 0 (none) or more")
    if guidance and not settings.label_drop and not settings.autoguidance:
        raise UserError(
            f"{name}: cannot be guided, since it never saw images without their labels "
            "(label_drop is 0) and kept no earlier state (autoguidance is null); leave guidance out"
        )
