"""Learning rates over time, against rates worked out by hand; every schedule is listed here."""

import math
from typing import Any

import pytest
import torch
from torch import nn

from hw2.core.errors import UserError
from hw2.core.lookup import build, names

PACKAGE = "hw2.nn.lr_schedules"


def rates(name: str, steps: int, lr: float, **arguments: Any) -> list[float]:
    """The rate before each of `steps` steps, and after the last."""
    optimizer = torch.optim.Adam([nn.Parameter(torch.zeros(1))], lr=lr)
    schedule = build(PACKAGE, name, "key", optimizer=optimizer, steps=steps, **arguments)
    seen = [optimizer.param_groups[0]["lr"]]
    for _ in range(steps):
        optimizer.step()
        schedule.step()
        seen.append(optimizer.param_groups[0]["lr"])
    return seen


@pytest.mark.parametrize(
    ("hold", "expected"),
    [
        (0.0, [8, 7, 6, 5, 4, 3, 2, 1, 0]),
        (0.5, [8, 8, 8, 8, 8, 6, 4, 2, 0]),
        (1.0, [8, 8, 8, 8, 8, 8, 8, 8, 0]),
    ],
)
def test_the_rate_is_held_and_then_falls_linearly(hold: float, expected: list[float]) -> None:
    assert rates("hold_then_linear", 8, 8.0, hold=hold) == pytest.approx(expected)


def test_a_constant_rate_stays() -> None:
    assert rates("constant", 5, 0.3) == [0.3] * 6


def test_exponential_decay_is_continuous() -> None:
    found = rates("exponential", 4, 2.0, factor=0.25, every=2)
    assert found == pytest.approx([2.0, 1.0, 0.5, 0.25, 0.125])


def test_one_cycle_warms_up_over_three_tenths_and_anneals_to_almost_nothing() -> None:
    found = rates("one_cycle", 100, 1.0)
    assert found[0] == pytest.approx(1 / 25)
    assert found.index(max(found)) in (29, 30) and max(found) == pytest.approx(1.0, abs=1e-3)
    assert found[-1] < 1e-5
    middle = found[65]  # halfway down, a cosine is at half its height
    assert math.isclose(middle, 0.5, abs_tol=0.03)


def test_a_cosine_falls_to_nothing_after_its_warm_up() -> None:
    found = rates("warmup_cosine", 8, 4.0, warmup=0.5)
    half = [4 * (1 + math.cos(math.pi * step / 4)) / 2 for step in range(5)]
    assert found == pytest.approx([1.0, 2.0, 3.0, 4.0, *half])


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("warmup_cosine", {"warmup": 1.5}),
        ("hold_then_linear", {"hold": -0.5}),
        ("exponential", {"factor": 0.0, "every": 2}),
        ("exponential", {"factor": 0.5, "every": 0}),
    ],
)
def test_a_schedule_names_the_value_that_is_out_of_range(name: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=f"params.yaml: key: .*{next(iter(wrong))} is "):
        rates(name, 8, 1.0, **wrong)


def test_every_schedule_is_tested() -> None:
    known = ["constant", "exponential", "hold_then_linear", "one_cycle", "warmup_cosine"]
    assert names(PACKAGE) == known
