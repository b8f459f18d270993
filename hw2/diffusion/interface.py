"""What UNets, objectives and samplers promise each other."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import torch
from torch import Tensor

from hw2.core.noise import Streams
from hw2.core.terms import Terms
from hw2.diffusion.schedule import Schedule


class Unet(Protocol):
    """A module ``hw2.diffusion.unets.<name>`` makes one with ``build(**net_args)``.

    ``build`` also gets `classes`, 0 for unconditional models, and `timesteps` (T of the schedule).
    """

    def __call__(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        """Prediction (B, 3, H, W) for x_t, steps t (B,) in 1..T, labels (B,) in 0..classes,
        where `classes` itself means "no label".

        Inside `hw2.diffusion.preconditioning` x_t is scaled, and t is a real number.
        """


class Objective(Protocol):
    """A module ``hw2.diffusion.objectives.<name>`` makes one with ``build()``.

    For EDM models ``build`` gets the settings of `edm` but the range of sigma.
    """

    def terms(
        self, net: Unet, schedule: Schedule, images: Tensor, labels: Tensor, rng: torch.Generator
    ) -> Terms:
        """Loss of a batch of images (B, 3, H, W) in [-1, 1]; labels may be "none"."""


class Predictor(Protocol):
    """What a sampler sees of a network: `hw2.diffusion.guidance.Guided`."""

    def __call__(self, x: Tensor, t: int, labels: Tensor) -> Tensor:
        """Predicted noise (B, 3, H, W), float32, in x_t, at one step t in 1..T for all images."""


class Sampler(Protocol):
    """A module ``hw2.diffusion.samplers.<name>`` makes one with ``build(**args)``.

    Its EVALUATIONS say how often a step evaluates the network, where that is not once; the step
    to t = 0 always does so once.
    """

    def __call__(
        self,
        predict: Predictor,
        schedule: Schedule,
        timesteps: Sequence[int],
        noise: Tensor,
        labels: Tensor,
        streams: Streams,
    ) -> Iterator[Tensor]:
        """Yield x_t for each t of `timesteps`, which fall from T to 0; the first is `noise`.

        Noise that is added on the way comes from `streams`, one an image.
        """
