"""Optimisers from params entries."""

import pytest
import torch
from torch import nn

from hw2.core.optimizers import make_optimizer
from hw2.core.sections import OptimizerSettings


def test_what_is_given_is_used_and_what_is_left_out_is_torchs_default() -> None:
    network = nn.Linear(1, 1)
    settings = OptimizerSettings(name="adam", lr=0.5, betas=[0.5, 0.9], weight_decay=0.1)
    adam = make_optimizer(settings, network)
    assert type(adam) is torch.optim.Adam
    assert adam.defaults["lr"] == 0.5 and adam.defaults["betas"] == (0.5, 0.9)
    assert adam.defaults["weight_decay"] == 0.1 and adam.defaults["eps"] == 1e-8
    assert (
        type(make_optimizer(OptimizerSettings(name="adamw", lr=1.0), network)).__name__ == "AdamW"
    )
    plain = make_optimizer(OptimizerSettings(name="rmsprop", lr=1.0), network)
    assert type(plain) is torch.optim.RMSprop
    assert len(plain.param_groups[0]["params"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "rmsprop", "lr": 1.0, "betas": [0.5, 0.9]}, "rmsprop takes no betas"),
        ({"name": "sgd", "lr": 1.0}, "name"),
        ({"name": "adam", "lr": 0.0}, "lr"),
        ({"name": "adam", "lr": 1.0, "momentum": 0.9}, "momentum"),
    ],
)
def test_impossible_settings_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        OptimizerSettings(**arguments)
