"""A trained GAN, to draw images from."""

from collections.abc import Iterator

import numpy as np

from hw2.core.errors import UserError
from hw2.core.generators import seeded
from hw2.core.params import read_section
from hw2.core.run import Run
from hw2.data.asked import Asked
from hw2.data.sizes import stored_size
from hw2.gan.build import build_networks
from hw2.gan.params import TRUNCATION, GanModel
from hw2.gan.sample import sample


class TrainedGan:
    """The generator of one run, e.g. ``TrainedGan("dcgan")``.

    Args:
        truncation: of latents, instead of the run's.

    Attributes:
        classes: classes to ask for, or None.

    Raises:
        UserError: params.yaml has no such run, its latents cannot be truncated, or its weights are
            missing or of another network.
    """

    def __init__(self, name: str, truncation: float | None = None) -> None:
        self.settings = read_section(GanModel, "gan", "models", name)
        if truncation is not None:
            self.settings = _truncated(name, self.settings, truncation)
        self.classes = self.settings.classes
        self.run = Run("gan", name)
        with seeded(*self.run.purpose("init")):  # leaves torch's global generator as it was
            nets = build_networks(name, self.settings)
        self.generator = self.run.load(nets.generator, self.settings.sampled)

    def images(self, asked: Asked, seed: int) -> Iterator[np.ndarray]:
        """Yield the images asked for, (B, S, S, 3) uint8, S the side of the run's data."""
        return sample(
            self.generator,
            asked,
            (seed, "gan", self.run.name, "samples"),
            self.run.device,
            self.settings.pixels,
            stored_size(self.settings.data),
            self.run.autocast,
        )


def _truncated(name: str, settings: GanModel, truncation: float) -> GanModel:
    """The same network with another truncation."""
    if TRUNCATION not in settings.net_args:
        raise UserError(f"{name}: its latents cannot be truncated; leave the truncation out")
    net_args = settings.net_args | {TRUNCATION: truncation}
    return settings.model_copy(update={"net_args": net_args})
