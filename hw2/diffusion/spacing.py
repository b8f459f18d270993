"""Which steps t a sampler visits: T first, then ever smaller ones, 0 (the image) last.

* ``even``: t falls evenly.
* ``quadratic``: the root of t falls evenly (Song et al. 2021, appendix D.2).
* ``log_snr``: lambda_t = log(sqrt(alpha_bar_t) / sqrt(1 - alpha_bar_t)) rises evenly from lambda_T
  to lambda_1 (Lu et al. 2022, arXiv 2206.00927, section 3.3).
* ``karras``: sigma_t^(1/7) falls evenly from t = T to t = 1, sigma_t = exp(-lambda_t) being the
  noise beside an image of full strength (Karras et al. 2022, eq. 5).
"""

import numpy as np

from hw2.diffusion.params import Spacing
from hw2.diffusion.schedule import Schedule

RHO = 7


def visited(schedule: Schedule, evaluations: int, spacing: Spacing) -> list[int]:
    """The steps t, `evaluations` + 1 of them, each smaller than the one before.

    Args:
        evaluations: of the network, one at each step but the last, in 1..T.
    """
    wanted = np.round(_curve(schedule, evaluations, spacing)).astype(int)
    return _falling(wanted).tolist()


def _curve(schedule: Schedule, evaluations: int, spacing: Spacing) -> np.ndarray:
    """(evaluations + 1,) real t's from T to 0, never rising."""
    share = np.linspace(1, 0, evaluations + 1)
    if spacing == "even":
        return schedule.steps * share
    if spacing == "quadratic":
        return schedule.steps * share**2
    t = np.arange(1, schedule.steps + 1)
    alpha_bar = schedule.alpha_bar[1:].double().cpu().numpy()
    sigma = np.sqrt((1 - alpha_bar) / alpha_bar)
    place = -np.log(sigma) if spacing == "log_snr" else -(sigma ** (1 / RHO))
    even = np.linspace(place[-1], place[0], evaluations)  # where the network is evaluated
    return np.append(np.interp(even, place[::-1], t[::-1]), 0)


def _falling(wanted: np.ndarray) -> np.ndarray:
    """(N + 1,) integers that never rise, from T to 0, T >= N, moved where they do not fall.

    Rounding makes some equal: first every step is made smaller than the one before, then no
    smaller than the number of steps that have yet to follow.
    """
    index = np.arange(len(wanted))
    falling = np.minimum.accumulate(wanted + index) - index
    return np.maximum(falling, index[::-1])
