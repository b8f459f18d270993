"""The gradient penalty, on critics whose gradients are known, and under mixed precision."""

import math

import pytest
import torch
from lightning_fabric import Fabric
from linear_critic import Linear
from torch import Tensor, nn

from hw2.gan.interface import ImageGenerator, Networks, Samples
from hw2.gan.losses.wgan_gp import WassersteinGradientPenalty, between, gradient_norms
from hw2.gan.nets import dcgan, wgan_gp

ONES, ZEROS = torch.ones(4, 3, 2, 2), torch.zeros(4, 3, 2, 2)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def playing(critic: nn.Module) -> Networks:
    """Against a generator that the loss does not call."""
    return Networks(ImageGenerator(), critic)


class Half(nn.Module):
    """The critic |x|^2 / 2, whose gradient is x."""

    def forward(self, images: Tensor) -> Tensor:
        return images.flatten(1).square().sum(1) / 2


@pytest.mark.parametrize("weight", [0.1, 1 / math.sqrt(12), 1.0])
def test_penalty_of_a_linear_critic(weight: float) -> None:
    critic = Linear(weight)
    real, fake = (Samples(torch.randn(4, 3, 2, 2, generator=seeded(k))) for k in (1, 2))
    terms = WassersteinGradientPenalty(10.0).discriminator_terms(
        playing(critic), real, fake, seeded(), 0
    )
    norm = weight * math.sqrt(12)
    penalty = terms.losses["d_penalty"]
    assert penalty.item() == pytest.approx(10 * (norm - 1) ** 2, abs=1e-5)
    assert terms.monitors["gradient_norm"].item() == pytest.approx(norm)
    (slope,) = torch.autograd.grad(penalty, critic.weight)
    expected = torch.full((12,), 10 * 2 * (norm - 1) / math.sqrt(12))
    torch.testing.assert_close(slope, expected, rtol=1e-4, atol=1e-4)


def test_the_penalty_is_the_mean_over_images_not_that_of_the_mean_gradient() -> None:
    images = torch.zeros(2, 3, 2, 2)
    images[0, 0, 0, 0], images[1, 0, 0, 0] = 3.0, -1.0
    torch.testing.assert_close(gradient_norms(Half(), images), torch.tensor([3.0, 1.0]))
    same = Samples(images)  # every point between an image and itself is the image
    terms = WassersteinGradientPenalty(0.5).discriminator_terms(
        playing(Half()), same, same, seeded(), 0
    )
    assert terms.losses["d_penalty"].item() == pytest.approx(0.5 * (4 + 0) / 2)


def test_a_flat_critic_is_punished_without_nan() -> None:
    critic = Linear(0.0)
    norms = gradient_norms(critic, ONES)
    (norms - 1).square().mean().backward()
    assert (norms == 0).all()
    assert critic.weight.grad is not None and critic.weight.grad.isfinite().all()


def test_points_between_share_one_epsilon_an_image() -> None:
    points = between(ONES, ZEROS, seeded(3))
    epsilons = points.flatten(1)
    assert (epsilons == epsilons[:, :1]).all() and len(epsilons[:, 0].unique()) == 4
    assert ((epsilons >= 0) & (epsilons <= 1)).all()
    assert torch.equal(points, between(ONES, ZEROS, seeded(3)))
    torch.testing.assert_close(points, 1 - between(ZEROS, ONES, seeded(3)))


def critic_and_images() -> tuple[nn.Module, Samples, Samples]:
    torch.manual_seed(0)
    critic = wgan_gp.build(4, [8, 4], [8, 16]).discriminator
    real, fake = (Samples(torch.rand(4, 3, 16, 16, generator=seeded(k))) for k in (1, 2))
    return critic, real, fake


def test_the_penalty_is_float32_s_under_autocast() -> None:
    critic, real, fake = critic_and_images()
    loss = WassersteinGradientPenalty(10.0)
    exact = loss.discriminator_terms(playing(critic), real, fake, seeded(), 0)
    with torch.autocast("cpu", torch.bfloat16):
        mixed = loss.discriminator_terms(playing(critic), real, fake, seeded(), 0)
    torch.testing.assert_close(mixed.losses["d_penalty"], exact.losses["d_penalty"])
    torch.testing.assert_close(mixed.total, exact.total, rtol=0.02, atol=0.02)


def gradient(network: nn.Module) -> Tensor:
    """That of all parameters, as one vector."""
    return torch.cat([p.grad.flatten() for p in network.parameters() if p.grad is not None])


def test_the_penalty_trains_a_critic_that_fabric_wraps() -> None:
    critic, real, fake = critic_and_images()
    loss = WassersteinGradientPenalty(10.0)
    loss.discriminator_terms(playing(critic), real, fake, seeded(), 0).total.backward()
    exact = gradient(critic)
    critic.zero_grad()
    fabric = Fabric(accelerator="cpu", devices=1, precision="bf16-mixed")
    nets = playing(fabric.setup_module(critic))
    fabric.backward(loss.discriminator_terms(nets, real, fake, seeded(), 0).total)
    assert torch.norm(gradient(critic) - exact) < 0.05 * torch.norm(exact)


def test_the_penalty_works_through_layers_that_overwrite_their_input() -> None:
    critic = dcgan.build(4, [8, 4], [8, 16], True, "leaky_relu", probability=False).discriminator
    real, fake = torch.rand(4, 3, 16, 16), torch.rand(4, 3, 16, 16)
    gradient_norms(critic, between(real, fake, seeded())).sum().backward()
    assert gradient(critic).isfinite().all()
    assert all(p.grad is not None for name, p in critic.named_parameters() if "weight" in name)
