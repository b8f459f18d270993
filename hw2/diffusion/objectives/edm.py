"""EDM's loss: log-normal noise levels, each weighted alike (Karras et al. 2022, table 1)."""

import torch
from torch import Tensor

from hw2.core import processes
from hw2.core.terms import Terms
from hw2.diffusion.interface import Unet
from hw2.diffusion.noise_prediction import predict_noise_at
from hw2.diffusion.preconditioning import weight
from hw2.diffusion.schedule import Schedule


class Edm:
    """E lambda(sigma) |D(y + sigma n) - y|^2 with log sigma ~ N(log_mean, log_deviation^2).

    Each sigma is rounded to the nearest level of the schedule, one beyond its ends to the end: many
    are, if the least noise is not far below exp(log_mean). A preconditioned network that returns 0,
    as one whose last layer is 0 does at first, has a loss of about 1 at every sigma.

    Args:
        sigma_data: standard deviation of the images' values.
        log_mean, log_deviation: the paper's P_mean and P_std.
    """

    def __init__(self, sigma_data: float, log_mean: float, log_deviation: float) -> None:
        self.sigma_data, self.log_mean, self.log_deviation = sigma_data, log_mean, log_deviation

    def terms(
        self, net: Unet, schedule: Schedule, images: Tensor, labels: Tensor, rng: torch.Generator
    ) -> Terms:
        """The term `weighted_mse`."""
        normal = processes.draw_rows(torch.randn, len(images), rng=rng)
        t = schedule.nearest((self.log_mean + self.log_deviation * normal).exp())
        prediction, noise = predict_noise_at(t, net, schedule, images, labels, rng)
        errors = (prediction - noise).square().mean((1, 2, 3))  # (B,)
        return Terms({"weighted_mse": (weight(schedule.sigma[t], self.sigma_data) * errors).mean()})


def build(sigma_data: float, log_mean: float, log_deviation: float) -> Edm:
    """The objective; its settings stand in the run's section `edm`."""
    return Edm(sigma_data, log_mean, log_deviation)
