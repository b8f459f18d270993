"""Which steps samplers visit."""

import math
from itertools import pairwise

import pytest
import torch

from hw2.diffusion import schedule
from hw2.diffusion.params import Spacing
from hw2.diffusion.spacing import visited

CPU = torch.device("cpu")
LINEAR = schedule.linear(600, (1e-4, 0.02), CPU)


def test_even_steps_fall_evenly_to_zero() -> None:
    assert visited(LINEAR, 10, "even") == [600, 540, 480, 420, 360, 300, 240, 180, 120, 60, 0]
    assert visited(schedule.linear(4, (0.1, 0.2), CPU), 4, "even") == [4, 3, 2, 1, 0]


def test_karras_steps_by_hand() -> None:
    """beta such that sigma_t = t^7: their seventh roots are the steps themselves."""
    alpha_bar = torch.tensor([1 / (1 + t**14) for t in range(1, 6)], dtype=torch.float64)
    ratios = alpha_bar / torch.cat([torch.ones(1, dtype=torch.float64), alpha_bar[:-1]])
    assert visited(schedule.Schedule(1 - ratios, CPU), 3, "karras") == [5, 3, 1, 0]


def test_karras_steps_are_nearest_to_eq_5() -> None:
    """The noise of each step is that of eq. 5, but for t being whole."""
    sigma = [math.sqrt((1 - a) / a) for a in LINEAR.alpha_bar.double().tolist()]
    for i, t in enumerate(visited(LINEAR, 8, "karras")[:-1]):
        high, low = sigma[600] ** (1 / 7), sigma[1] ** (1 / 7)
        exact = (high + i / 7 * (low - high)) ** 7
        assert min(abs(sigma[t - 1] - exact), abs(sigma[t] - exact)) <= sigma[t] - sigma[t - 1]


@pytest.mark.parametrize("spacing", ["even", "karras"])
@pytest.mark.parametrize("steps", [1, 2, 7, 100, 450, 599, 600])
def test_no_step_is_visited_twice(spacing: Spacing, steps: int) -> None:
    """Although many of Karras's lie between 0 and 2."""
    found = visited(LINEAR, steps, spacing)
    assert len(found) == steps + 1 and (found[0], found[-1]) == (600, 0)
    assert all(after < before for before, after in pairwise(found))
