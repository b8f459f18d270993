"""Which steps t a sampler visits: T first, then ever smaller ones, 0 (the image) last.

* ``even``: t falls evenly.
* ``karras``: sigma_t^(1/7) falls evenly from t = T to t = 1, where sigma_t, the root of
  (1 - alpha_bar_t) / alpha_bar_t, is the noise beside an image of full strength (Karras et al.
  2022, eq. 5); more steps where there is little noise.
"""

import numpy as np

from hw2.diffusion.params import Spacing
from hw2.diffusion.schedule import RHO, Schedule


def visited(schedule: Schedule, evaluations: int, spacing: Spacing) -> list[int]:
    """The steps t, `evaluations` + 1 of them, each smaller than the one before.

    Args:
        evaluations: of the network, one at each step but the last, in 1..T.
    """
    curve = _even(schedule, evaluations) if spacing == "even" else _karras(schedule, evaluations)
    steps: list[int] = _falling(np.round(curve).astype(int)).tolist()
    return steps


def _even(schedule: Schedule, evaluations: int) -> np.ndarray:
    return np.linspace(schedule.steps, 0, evaluations + 1)


def _karras(schedule: Schedule, evaluations: int) -> np.ndarray:
    """(evaluations + 1,) real t's from T to 0, never rising."""
    alpha_bar = schedule.alpha_bar[1:].double().cpu().numpy()
    place = ((1 - alpha_bar) / alpha_bar) ** (1 / (2 * RHO))  # of t = 1..T, rising
    wanted = np.linspace(place[-1], place[0], evaluations)
    return np.append(np.interp(wanted, place, np.arange(1, schedule.steps + 1)), 0)


def _falling(wanted: np.ndarray) -> np.ndarray:
    """(N + 1,) integers that never rise, from T >= N to 0, moved where they do not fall.

    Rounding makes some equal: first every step is made smaller than the one before, then none
    smaller than the number of steps that have yet to follow.
    """
    index = np.arange(len(wanted))
    falling = np.minimum.accumulate(wanted + index) - index
    return np.maximum(falling, index[::-1])
