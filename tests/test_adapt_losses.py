"""Losses of the adaptation methods, on cases solved by hand."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hw2.adapt.methods.dsn import difference_loss, reconstruction_loss
from hw2.adapt.shared.adversary import domain_loss, reversal_strength
from hw2.adapt.shared.interface import AdaptNet


class Head(AdaptNet):
    """A domain head alone, from 3 features; it notes how many it is given at once."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.domain = nn.Linear(3, 2)
        self.seen: list[int] = []

    def domain_logits(self, features: Tensor) -> Tensor:
        self.seen.append(len(features))
        return self.domain(features)


@pytest.mark.parametrize(("p", "strength"), [(0.0, 0.0), (0.1, math.tanh(0.5)), (1.0, 0.9999)])
def test_the_reversal_grows_from_nothing_to_nearly_one(p: float, strength: float) -> None:
    assert reversal_strength(p, gamma=10.0) == pytest.approx(strength, abs=1e-5)


def test_the_domain_loss_by_hand() -> None:
    net = Head()
    nn.init.zeros_(net.domain.weight)
    net.domain.bias.data = torch.tensor([0.0, math.log(3)])  # p(source) = 3/4, always
    found = domain_loss(net, torch.ones(3, 3), torch.ones(1, 3), 0.5)
    assert found.source.item() == pytest.approx(-math.log(3 / 4))
    assert found.target.item() == pytest.approx(-math.log(1 / 4))
    assert found.accuracy.item() == 0.75


def test_the_domain_loss_comes_back_reversed_and_scaled() -> None:
    net = Head()
    source = torch.randn(3, 3, requires_grad=True)
    plain = F.cross_entropy(net.domain_logits(source), torch.ones(3).long())
    reversed_loss = domain_loss(net, source, torch.ones(2, 3), 0.3).source
    (expected,) = torch.autograd.grad(plain, source)
    (found,) = torch.autograd.grad(reversed_loss, source)
    torch.testing.assert_close(found, -0.3 * expected)


def test_the_domain_head_sees_both_domains_in_one_batch() -> None:
    """Else its BatchNorm would take the shift between them away."""
    net = Head()
    domain_loss(net, torch.ones(3, 3), torch.ones(2, 3), 1.0)
    assert net.seen == [5]


def test_the_reconstruction_loss_by_hand() -> None:
    images = torch.tensor([0.0, 0.0, 0.0, 0.0]).reshape(1, 1, 2, 2)
    rebuilt = torch.tensor([1.0, 3.0, 0.0, 0.0]).reshape(1, 1, 2, 2)
    # mean square (1 + 9) / 4, squared mean ((1 + 3) / 4)^2
    assert reconstruction_loss(images, rebuilt).item() == pytest.approx(2.5 - 1.0)


def test_a_constant_offset_of_an_image_costs_nothing() -> None:
    images = torch.rand(3, 3, 28, 28, generator=torch.Generator().manual_seed(0))
    offsets = torch.tensor([0.3, -0.5, 0.1]).reshape(3, 1, 1, 1)  # each image its own
    assert reconstruction_loss(images, images + offsets).item() == pytest.approx(0.0, abs=1e-10)
    assert reconstruction_loss(images, -images).item() > 0.1


@pytest.mark.parametrize(
    ("private", "shared", "loss"),
    [
        # Hp^T Hs = [[0, 0], [0, 0]]: the feature is constant in one code, alternates in the other.
        ([[2.0, 0.0], [2.0, 0.0]], [[3.0, 0.0], [-3.0, 0.0]], 0.0),
        # The two codes of the one image are orthogonal, but [[0, 1], [0, 0]] is not zero.
        ([[1.0, 0.0]], [[0.0, 1.0]], 1 / 4),
        # Rows of length 1: [[0.6 + 1, 0.8], [0, 0]], whatever the lengths before.
        ([[5.0, 0.0], [1.0, 0.0]], [[3.0, 4.0], [7.0, 0.0]], (1.6**2 + 0.8**2) / 4),
        ([[0.0, 0.0]], [[1.0, 1.0]], 0.0),  # an encoder that has died
    ],
)
def test_the_difference_loss_by_hand(
    private: list[list[float]], shared: list[list[float]], loss: float
) -> None:
    found = difference_loss(torch.tensor(private), torch.tensor(shared))
    assert found.item() == pytest.approx(loss)


def test_lengths_of_codes_are_constants_in_the_difference_loss() -> None:
    private = torch.tensor([[3.0, 0.0]], requires_grad=True)
    difference_loss(private, torch.tensor([[1.0, 0.0]])).backward()
    # mean over 4 of (p1 / 3)^2: 2 p1 / 9 / 4 with the 3 constant; with its gradient it would be 0
    assert private.grad is not None
    torch.testing.assert_close(private.grad, torch.tensor([[2 * 3 / 9 / 4, 0.0]]))


def test_the_difference_loss_is_computed_in_float32() -> None:
    rng = torch.Generator().manual_seed(0)
    private, shared = torch.rand(2, 32, 64, generator=rng).unbind()
    expected = difference_loss(private, shared)
    with torch.autocast("cpu", torch.bfloat16):
        found = difference_loss(private, shared)
    assert torch.equal(found, expected)
