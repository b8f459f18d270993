"""The networks of the DCGAN and WGAN family: layers as printed, shapes, ranges, initialisation."""

from typing import Any

import pytest
import torch
from printed_layers import executed, printed
from torch import nn

from hw2.core.errors import UserError
from hw2.core.lookup import build
from hw2.core.weights import trainable
from hw2.gan.interface import Networks
from hw2.nn.init import dcgan_init

WIDTHS = {
    "latent": 100,
    "generator_channels": [512, 256, 128, 64],
    "discriminator_channels": [64, 128, 256, 512],
}
DCGAN = WIDTHS | {
    "batch_norm": True,
    "discriminator_activation": "leaky_relu",
    "probability": True,
}
PLAIN = DCGAN | {"batch_norm": False, "discriminator_activation": "relu"}
WIDE = DCGAN | {"generator_channels": [1024, 512, 256, 128]}
CRITIC = WIDE | {"probability": False}
# Module, arguments, player, entry of the specification: its parameters and tensors.
# 001 A and, by guess, 002 A are 000 B; the generators of 004 A and B are the same.
SYSTEMS: list[tuple[str, dict[str, Any], str, str, int, int]] = [
    ("dcgan", PLAIN, "generator", "000_gan_A_G", 3_574_784, 5),
    ("dcgan", PLAIN, "discriminator", "000_gan_A_D", 2_763_776, 5),
    ("dcgan", DCGAN, "generator", "000_gan_B_G", 3_576_704, 13),
    ("dcgan", DCGAN, "discriminator", "000_gan_B_D", 2_765_568, 11),
    ("wgan_gp", WIDTHS, "generator", "002_gan_B_G", 5_142_080, 13),
    ("wgan_gp", WIDTHS, "discriminator", "002_gan_B_D", 2_766_529, 16),
    ("dcgan", WIDE, "generator", "004_gan_A_G", 12_658_432, 13),
    ("dcgan", WIDE, "discriminator", "004_gan_A_D", 2_765_568, 11),
    ("dcgan", CRITIC, "generator", "004_gan_A_G", 12_658_432, 13),
    ("dcgan", CRITIC, "discriminator", "004_gan_B_D", 2_765_568, 11),
]
NARROW = {"latent": 4, "generator_channels": [8, 8, 8, 8], "discriminator_channels": [8, 8, 8, 8]}
RNG = torch.Generator()


def make(name: str, **arguments: Any) -> Networks:
    torch.manual_seed(0)
    nets: Networks = build("hw2.gan.nets", name, "net_args", **arguments)
    return nets


@pytest.mark.parametrize(("name", "arguments", "player", "entry", "parameters", "tensors"), SYSTEMS)
def test_the_network_is_the_one_that_the_report_prints(
    name: str, arguments: dict[str, Any], player: str, entry: str, parameters: int, tensors: int
) -> None:
    nets = make(name, **arguments)
    net = nets.modules()[player]
    inputs = {
        "generator": nets.generator.draw_latent(2, RNG),
        "discriminator": torch.zeros(2, 3, 64, 64),
    }
    assert executed(net, lambda: net(inputs[player])) == printed(entry)
    assert trainable(net) == parameters
    assert len(list(net.parameters())) == tensors


@pytest.mark.parametrize(
    ("name", "arguments", "shape"),
    [("dcgan", DCGAN | NARROW, (4, 1, 1)), ("wgan_gp", NARROW, (4,))],
)
def test_shapes_and_ranges(name: str, arguments: dict[str, Any], shape: tuple[int, ...]) -> None:
    nets = make(name, **arguments)
    latent = nets.generator.draw_latent(5, RNG)
    assert latent.shape == (5, *shape)
    faces = nets.generator(100 * latent)
    assert faces.shape == (5, 3, 64, 64) and faces.abs().max() <= 1
    assert nets.discriminator(faces).shape == (5,)


@pytest.mark.parametrize(("name", "arguments"), [("dcgan", DCGAN | NARROW), ("wgan_gp", NARROW)])
def test_latents_are_those_of_the_generator(name: str, arguments: dict[str, Any]) -> None:
    draw = make(name, **arguments).generator.draw_latent
    first, second = (draw(3, torch.Generator().manual_seed(7)) for _ in range(2))
    assert torch.equal(first, second)


def test_a_critic_returns_what_a_discriminator_puts_through_its_sigmoid() -> None:
    faces = torch.rand(4, 3, 64, 64)
    scores = make("dcgan", **CRITIC | NARROW).discriminator(100 * faces)
    probabilities = make("dcgan", **DCGAN | NARROW).discriminator(100 * faces)
    assert (scores.abs() > 0).all()
    torch.testing.assert_close(probabilities, scores.sigmoid())


def test_a_certain_discriminator_keeps_its_gradient_in_bfloat16() -> None:
    discriminator = make("dcgan", **PLAIN | {"discriminator_channels": [1]}).discriminator
    first, last = (layer for layer in discriminator.modules() if isinstance(layer, nn.Conv2d))
    nn.init.zeros_(first.weight)
    nn.init.ones_(first.weight[0, 0, 1, 1])  # copies every other pixel of red
    nn.init.constant_(last.weight, 0.5)  # 16 pixels of value 1 make a score of 8
    with torch.autocast("cpu", torch.bfloat16):
        probabilities = discriminator(torch.ones(2, 3, 8, 8))
    # bfloat16 has nothing between 0.996 and 1.
    torch.testing.assert_close(probabilities, torch.tensor([8.0, 8.0]).sigmoid())
    assert (probabilities < 1).all()


@pytest.mark.parametrize("name", ["dcgan", "wgan_gp"])
def test_networks_of_the_wrong_size_are_refused_not_flattened(name: str) -> None:
    arguments = NARROW | {"discriminator_channels": [8, 8, 8]}
    nets = make(name, **(DCGAN | arguments if name == "dcgan" else arguments))
    with pytest.raises(RuntimeError, match="shape"):
        nets.discriminator(torch.zeros(2, 3, 64, 64))


def test_an_unknown_activation_is_named_with_its_key() -> None:
    with pytest.raises(UserError, match="discriminator_activation is 'gelu'.*'leaky_relu'"):
        make("dcgan", **DCGAN | {"discriminator_activation": "gelu"})


def test_the_critic_scores_each_image_by_itself() -> None:
    critic = make("wgan_gp", **NARROW).discriminator
    faces = torch.rand(4, 3, 64, 64)
    torch.testing.assert_close(critic(faces)[:1], critic(faces[:1]))


@pytest.mark.parametrize(("name", "arguments"), [("dcgan", DCGAN), ("wgan_gp", WIDTHS)])
def test_networks_start_with_dcgan_s_weights(name: str, arguments: dict[str, Any]) -> None:
    for net in make(name, **arguments).modules().values():
        for layer in net.modules():
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d) and layer.weight.numel() > 9000:
                assert layer.weight.std().item() == pytest.approx(0.02, rel=0.05)
            if isinstance(layer, nn.BatchNorm1d) and layer.num_features > 4000:
                assert layer.weight.std().item() == pytest.approx(0.02, rel=0.05)


def test_initialisation_leaves_what_the_paper_does_not_name() -> None:
    linear, norm = nn.Linear(3, 3), nn.InstanceNorm2d(3, affine=True)
    before = linear.weight.clone()
    dcgan_init(nn.Sequential(linear, norm))
    assert torch.equal(linear.weight, before) and torch.equal(norm.weight, torch.ones(3))
