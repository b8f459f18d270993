"""The logistic loss with lazy R1, on discriminators whose scores and gradients are known."""

import math
from typing import Any

import pytest
import torch
from lightning_fabric import Fabric
from linear_critic import Linear
from torch import nn

from hw2.core.errors import UserError
from hw2.core.lookup import build
from hw2.gan.interface import ImageGenerator, Networks, Samples
from hw2.gan.losses.logistic_r1 import LogisticR1
from hw2.gan.nets import resnet


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def playing(discriminator: nn.Module) -> Networks:
    return Networks(ImageGenerator(), discriminator)


def flat(*values: float) -> Samples:
    return Samples(torch.tensor(values).view(-1, 1, 1, 1).expand(-1, 3, 2, 2))


def test_the_losses_by_hand() -> None:
    """w . x is the value: softplus(-1), softplus(2) for D, softplus(-2) for G."""
    loss, nets = LogisticR1(0.0, 1), playing(Linear(1 / 12))
    terms = loss.discriminator_terms(nets, flat(1.0), flat(2.0), rng(), 0)
    assert set(terms.losses) == {"d_real", "d_fake"}
    assert terms.losses["d_real"].item() == pytest.approx(math.log(1 + math.exp(-1)))
    assert terms.losses["d_fake"].item() == pytest.approx(math.log(1 + math.exp(2)))
    assert terms.monitors["D(real)"].item() == pytest.approx(1)
    generator = loss.generator_terms(nets, flat(2.0), rng(), 0).total
    assert generator.item() == pytest.approx(math.log(1 + math.exp(-2)))


@pytest.mark.parametrize(("gamma", "every"), [(1.0, 1), (10.0, 1), (1.0, 16)])
def test_r1_of_a_linear_discriminator_is_its_squared_weight(gamma: float, every: int) -> None:
    """And its gradient pulls each weight w by gamma k w, whatever the images."""
    discriminator = Linear(0.5)
    loss = LogisticR1(gamma, every)
    terms = loss.discriminator_terms(playing(discriminator), flat(3.0, -1.0), flat(0.0), rng(), 0)
    penalty = terms.losses["d_penalty"]
    assert penalty.item() == pytest.approx(every * gamma / 2 * 12 * 0.25)
    assert terms.monitors["squared gradient"].item() == pytest.approx(12 * 0.25)
    (slope,) = torch.autograd.grad(penalty, discriminator.weight)
    torch.testing.assert_close(slope, torch.full((12,), every * gamma * 0.5))


@pytest.mark.parametrize("every", [1, 2, 3])
def test_a_lazy_penalty_has_in_the_mean_over_steps_the_same_weight(every: int) -> None:
    loss, nets, total = LogisticR1(2.0, every), playing(Linear(0.5)), 0.0
    for step in range(6):
        terms = loss.discriminator_terms(nets, flat(1.0), flat(0.0), rng(), step)
        assert ("d_penalty" in terms.losses) is (step % every == 0)
        total += terms.losses["d_penalty"].item() if step % every == 0 else 0.0
    assert total / 6 == pytest.approx(2.0 / 2 * 12 * 0.25)


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
def test_the_penalty_is_float32_s_and_reaches_all_weights_of_the_residual_network(
    precision: Any,
) -> None:
    torch.manual_seed(0)
    nets = resnet.build(4, [8, 8, 8], [8, 8, 8], truncation=1.0)
    images = torch.rand(4, 3, 16, 16, generator=rng())
    exact = LogisticR1(1.0, 1).discriminator_terms(nets, Samples(images), Samples(images), rng(), 0)
    fabric = Fabric(accelerator="cpu", devices=1, precision=precision)
    wrapped = playing(fabric.setup_module(nets.discriminator))
    terms = LogisticR1(1.0, 1).discriminator_terms(
        wrapped, Samples(images), Samples(images), rng(), 0
    )
    torch.testing.assert_close(terms.losses["d_penalty"], exact.losses["d_penalty"])
    fabric.backward(terms.losses["d_penalty"])
    for name, parameter in nets.discriminator.named_parameters():
        if name.endswith("weight"):
            assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"penalty_weight": -1.0, "penalty_every": 16}, "penalty_weight is -1.0"),
        ({"penalty_weight": 1.0, "penalty_every": 0}, "penalty_every is 0"),
    ],
)
def test_a_senseless_argument_is_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=f"loss_args.{message}"):
        build("hw2.gan.losses", "logistic_r1", "loss_args", **arguments)
