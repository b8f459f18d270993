"""Smooth-L1 error of the predicted noise: report 000 states it in place of the squared error."""

import torch
import torch.nn.functional as F
from torch import Tensor

from hw2.core.terms import Terms
from hw2.diffusion.interface import Unet
from hw2.diffusion.noise_prediction import predict_noise
from hw2.diffusion.schedule import Schedule

BETA = 1.0  # torch's default; the report gives no other


class EpsilonSmoothL1:
    """Mean of d^2 / 2 where |d| < 1, else |d| - 1/2 (Girshick 2015, eq. 3), d = eps - net(x_t)."""

    def terms(
        self, net: Unet, schedule: Schedule, images: Tensor, labels: Tensor, rng: torch.Generator
    ) -> Terms:
        """The term `smooth_l1`."""
        prediction, noise = predict_noise(net, schedule, images, labels, rng)
        return Terms({"smooth_l1": F.smooth_l1_loss(prediction, noise, beta=BETA)})


def build() -> EpsilonSmoothL1:
    """The objective; it has no settings."""
    return EpsilonSmoothL1()
