"""The moving average of weights, step by step."""

import pytest
import torch
from torch import nn

from hw2.core.sections import EmaSettings
from hw2.nn.ema import Ema


def follow(values: list[float], decay: float, every: int, start: int) -> list[float]:
    """The average after each step of a network whose only weight takes these values."""
    network = nn.Linear(1, 1, bias=False)
    nn.init.constant_(network.weight, 100.0)
    ema = Ema(network, EmaSettings(decay=decay, every=every, start=start))
    seen = []
    for step, value in enumerate(values):
        nn.init.constant_(network.weight, value)
        ema.update(step)
        seen.append(ema.average.weight.item())
    return seen


def test_it_moves_by_the_rest_of_the_decay() -> None:
    assert follow([0.0, 0.0, 8.0], decay=0.5, every=1, start=0) == [50.0, 25.0, 16.5]


def test_it_begins_as_a_copy_after_start() -> None:
    assert follow([1.0, 2.0, 4.0], decay=0.5, every=1, start=2) == [100.0, 2.0, 3.0]


def test_it_moves_every_few_steps() -> None:
    found = follow([2.0, 4.0, 8.0, 16.0, 32.0, 64.0], decay=0.5, every=2, start=2)
    assert found == [100.0, 4.0, 4.0, 10.0, 10.0, 37.0]


def test_buffers_are_copied() -> None:
    network = nn.BatchNorm1d(1)
    ema = Ema(network, EmaSettings(decay=0.9, every=1, start=0))
    network(torch.tensor([[1.0], [3.0]]))
    ema.update(0)
    assert torch.equal(ema.average.running_mean, network.running_mean)
    assert not ema.average.weight.requires_grad


def test_it_goes_on_from_a_saved_state() -> None:
    network = nn.Linear(2, 2)
    first = Ema(network, EmaSettings(decay=0.5, every=1, start=0))
    nn.init.ones_(network.weight)
    first.update(0)
    second = Ema(network, EmaSettings(decay=0.5, every=1, start=0))
    second.load_state_dict(first.state_dict())
    assert torch.equal(second.average.weight, first.average.weight)
    assert not torch.equal(second.average.weight, network.weight)


@pytest.mark.parametrize("bad", [{"decay": 1.0}, {"every": 0}, {"start": -1}])
def test_impossible_settings_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(bad))):
        EmaSettings(**({"decay": 0.5, "every": 1, "start": 0} | bad))
