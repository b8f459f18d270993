"""Layers that several families use, against values worked out by hand."""

import math

import pytest
import torch
from torch import nn

from hw2.adapt.shared.gradient_reversal import reverse_gradient
from hw2.nn.cross_entropy import binary_cross_entropy
from hw2.nn.freeze import frozen
from hw2.nn.init import dcgan_init


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0, 2.5])
def test_reversal_is_the_identity_and_its_gradient_minus_the_strength(strength: float) -> None:
    features = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
    reversed_features = reverse_gradient(features, strength)
    assert torch.equal(reversed_features, features)
    (torch.tensor([1.0, 10.0, 100.0]) * reversed_features).sum().backward()
    assert features.grad is not None
    expected = torch.tensor([1.0, 10.0, 100.0]) * -strength
    torch.testing.assert_close(features.grad, expected)


def test_dcgan_init_draws_the_papers_distributions() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.ConvTranspose2d(64, 64, 4, bias=False), nn.BatchNorm2d(4096), nn.Conv2d(64, 64, 4)
    )
    nn.init.ones_(network[1].bias)
    linear = nn.Linear(3, 3)
    before = linear.weight.clone()
    dcgan_init(nn.Sequential(network, linear))
    for weight, mean in [
        (network[0].weight, 0.0),
        (network[1].weight, 1.0),
        (network[2].weight, 0.0),
    ]:
        assert weight.mean().item() == pytest.approx(mean, abs=0.0015)
        assert weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert network[1].bias.abs().max() == 0
    assert torch.equal(linear.weight, before)


def test_a_frozen_network_passes_gradients_but_gets_none() -> None:
    below, above = nn.Linear(2, 2), nn.Linear(2, 1)
    with frozen(above):
        above(below(torch.ones(1, 2))).sum().backward()
    assert below.weight.grad is not None and below.weight.grad.abs().sum() > 0
    assert above.weight.grad is None and above.bias.grad is None
    above(below(torch.ones(1, 2))).sum().backward()
    assert above.weight.grad is not None


def test_a_network_thaws_when_the_block_raises() -> None:
    network = nn.Linear(1, 1)
    with pytest.raises(ZeroDivisionError), frozen(network):
        raise ZeroDivisionError
    assert all(parameter.requires_grad for parameter in network.parameters())


def test_cross_entropy_by_hand_and_of_a_diverged_network() -> None:
    half = torch.tensor([0.5, 0.5], requires_grad=True)
    assert binary_cross_entropy(half, 0.9).item() == pytest.approx(math.log(2))
    assert binary_cross_entropy(torch.tensor([1.0, 0.25]), 1.0).item() == pytest.approx(
        math.log(4) / 2
    )
    assert binary_cross_entropy(torch.tensor([0.5, math.nan]), 1.0).isnan()
