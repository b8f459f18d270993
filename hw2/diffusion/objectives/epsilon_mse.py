"""L_simple: mean squared error of the predicted noise (Ho et al. 2020, eq. 14, algorithm 1)."""

import torch
import torch.nn.functional as F
from torch import Tensor

from hw2.core.terms import Terms
from hw2.diffusion.interface import Unet
from hw2.diffusion.noise_prediction import predict_noise
from hw2.diffusion.schedule import Schedule


class EpsilonMse:
    """E_t,x,eps |eps - net(x_t, t, label)|^2 with t uniform in 1..T."""

    def terms(
        self, net: Unet, schedule: Schedule, images: Tensor, labels: Tensor, rng: torch.Generator
    ) -> Terms:
        """The term `mse`."""
        return Terms({"mse": F.mse_loss(*predict_noise(net, schedule, images, labels, rng))})


def build() -> EpsilonMse:
    """The objective; it has no settings."""
    return EpsilonMse()
