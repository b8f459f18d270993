"""Losses of the DCGAN and WGAN family, on cases that can be solved by hand."""

import math
from typing import Any

import pytest
import torch
from linear_critic import Linear
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.core.lookup import build
from hw2.gan.interface import ImageGenerator, Loss, Networks, Samples
from hw2.gan.losses.bce import BinaryCrossEntropy
from hw2.gan.losses.hinge import Hinge
from hw2.gan.losses.wgan_clip import WassersteinClip
from hw2.gan.losses.wgan_gp import WassersteinGradientPenalty
from hw2.gan.nets import dcgan

NAMES: dict[str, dict[str, Any]] = {
    "bce": {"real_label": 1.0},
    "hinge": {},
    "wgan_clip": {"clip": 0.01},
    "wgan_gp": {"penalty_weight": 10.0},
}
ONES, ZEROS = Samples(torch.ones(4, 3, 2, 2)), Samples(torch.zeros(4, 3, 2, 2))


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def playing(discriminator: nn.Module) -> Networks:
    """Against a generator that no loss calls."""
    return Networks(ImageGenerator(), discriminator)


class Constant(nn.Module):
    """A discriminator that always answers the same."""

    def __init__(self, answer: float) -> None:
        super().__init__()
        self.answer = nn.Parameter(torch.tensor(answer))

    def forward(self, images: Tensor) -> Tensor:
        return self.answer.expand(len(images))


@pytest.mark.parametrize("name", NAMES)
def test_every_loss_monitors_both_means_and_steps_both_players(name: str) -> None:
    loss: Loss = build("hw2.gan.losses", name, "loss_args", **NAMES[name])
    nets = dcgan.build(4, [8, 4], [4, 8], True, "leaky_relu", probability=name == "bce")
    real = Samples(torch.rand(4, 3, 16, 16))
    fake = Samples(nets.generator(nets.generator.draw_latent(4, seeded())))
    detached = Samples(fake.images.detach())
    d_terms = loss.discriminator_terms(nets, real, detached, seeded(), 0)
    assert set(d_terms.monitors) >= {"D(real)", "D(fake)"}
    d_terms.total.backward()
    assert all(p.grad is not None for p in nets.discriminator.parameters())
    assert all(p.grad is None for p in nets.generator.parameters())
    loss.generator_terms(nets, fake, seeded(), 0).total.backward()
    assert all(p.grad is not None for p in nets.generator.parameters())


@pytest.mark.parametrize(
    ("answer", "label", "d_real", "d_fake", "g"),
    [
        (0.5, 1.0, math.log(2), math.log(2), math.log(2)),
        (0.5, 0.9, math.log(2), math.log(2), math.log(2)),
        (0.8, 1.0, -math.log(0.8), -math.log(0.2), -math.log(0.8)),
        (0.8, 0.9, -0.9 * math.log(0.8) - 0.1 * math.log(0.2), -math.log(0.2), -math.log(0.8)),
    ],
)
def test_bce_by_hand(answer: float, label: float, d_real: float, d_fake: float, g: float) -> None:
    nets, loss = playing(Constant(answer)), BinaryCrossEntropy(label)
    d_terms = loss.discriminator_terms(nets, ONES, ZEROS, seeded(), 0)
    assert d_terms.losses["d_real"].item() == pytest.approx(d_real)
    assert d_terms.losses["d_fake"].item() == pytest.approx(d_fake)
    assert d_terms.total.item() == pytest.approx(d_real + d_fake)
    assert d_terms.values()["monitor.D(real)"].item() == pytest.approx(answer)
    assert loss.generator_terms(nets, ZEROS, seeded(), 0).total.item() == pytest.approx(g)


def test_drawn_labels_lie_between_their_bounds() -> None:
    """With p for all, the loss is linear in each target t: -log(1 - p) - t log(p / (1 - p))."""
    p, count = 0.7, 10_000
    real = Samples(torch.ones(count, 3, 2, 2))
    loss, nets = BinaryCrossEntropy([0.8, 1.0]), playing(Constant(p))
    found = loss.discriminator_terms(nets, real, real, seeded(), 0).losses["d_real"].item()
    targets = 0.8 + 0.2 * torch.rand(count, generator=seeded())
    by_hand = -math.log(1 - p) - targets.mean().item() * math.log(p / (1 - p))
    assert found == pytest.approx(by_hand, rel=1e-5)
    assert targets.mean().item() == pytest.approx(0.9, abs=0.005)


@pytest.mark.parametrize(("answer", "sign"), [(0.85, -1), (0.9, 0), (0.95, 1)])
def test_smoothed_real_images_are_best_at_their_label(answer: float, sign: int) -> None:
    discriminator = Constant(answer)
    terms = BinaryCrossEntropy(0.9).discriminator_terms(
        playing(discriminator), ONES, ZEROS, seeded(), 0
    )
    (slope,) = torch.autograd.grad(terms.losses["d_real"], discriminator.answer)
    assert slope.item() == pytest.approx(0, abs=1e-5) if sign == 0 else slope.sign() == sign


@pytest.mark.parametrize(
    ("real", "fake", "d_real", "d_fake"),
    [(1.0, -1.0, 0, 0), (3.0, -2.0, 0, 0), (0.25, 0.5, 0.75, 1.5), (-2.0, -0.75, 3, 0.25)],
)
def test_hinge_by_hand(real: float, fake: float, d_real: float, d_fake: float) -> None:
    nets = playing(Linear(1 / 12))  # the score of an image is its mean
    real_images, fake_images = Samples(real * ONES.images), Samples(fake * ONES.images)
    terms = Hinge().discriminator_terms(nets, real_images, fake_images, seeded(), 0)
    assert terms.losses["d_real"].item() == pytest.approx(d_real, abs=1e-6)
    assert terms.losses["d_fake"].item() == pytest.approx(d_fake, abs=1e-6)
    assert terms.monitors["D(fake)"].item() == pytest.approx(fake)
    g_terms = Hinge().generator_terms(nets, fake_images, seeded(), 0)
    assert g_terms.total.item() == pytest.approx(-fake)


@pytest.mark.parametrize("loss", [WassersteinClip(0.01), WassersteinGradientPenalty(0.0)])
def test_a_critic_that_prefers_real_images_has_a_negative_loss(loss: Loss) -> None:
    nets = playing(Linear(0.5))  # ones score 6, zeros 0
    terms = loss.discriminator_terms(nets, ONES, ZEROS, seeded(), 0)
    assert terms.total.item() == pytest.approx(-6)
    assert terms.monitors["wasserstein"].item() == pytest.approx(6)
    assert terms.monitors["D(real)"].item() == pytest.approx(6)
    assert loss.generator_terms(nets, ONES, seeded(), 0).total.item() == pytest.approx(-6)


def test_clipping_bounds_parameters_and_leaves_statistics() -> None:
    nets = dcgan.build(4, [8, 4], [4, 8], True, "leaky_relu", probability=False)
    critic = nets.discriminator
    inside = {name: p.detach().clone() for name, p in critic.named_parameters()}
    generator = [p.detach().clone() for p in nets.generator.parameters()]
    WassersteinClip(0.03).after_discriminator_step(nets)
    for name, parameter in critic.named_parameters():
        torch.testing.assert_close(parameter, inside[name].clamp(-0.03, 0.03))
    assert max(p.abs().max().item() for p in critic.parameters()) == pytest.approx(0.03)
    assert all((b == 1).all() for name, b in critic.named_buffers() if "running_var" in name)
    for before, after in zip(generator, nets.generator.parameters(), strict=True):
        assert torch.equal(before, after)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("bce", {"real_label": 1.1}, "real_label is 1.1"),
        ("bce", {"real_label": 0.0}, "real_label is 0.0"),
        ("bce", {"real_label": [1.0, 0.8]}, r"real_label is \[1.0, 0.8\]"),
        ("wgan_clip", {"clip": 0.0}, "clip is 0.0"),
        ("wgan_gp", {"penalty_weight": -1.0}, "penalty_weight is -1.0"),
    ],
)
def test_a_senseless_argument_is_named(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=f"loss_args.{message}"):
        build("hw2.gan.losses", name, "loss_args", **arguments)
