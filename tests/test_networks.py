"""Every network: its number of parameters, and its layers as the report prints them."""

from typing import Any

import pytest
import torch
from printed_layers import executed, printed

from hw2.adapt.nets.conv_bn import ConvBn
from hw2.core.lookup import build, names
from hw2.core.run import trainable
from hw2.diffusion.unets.context_unet import ContextUnet
from hw2.gan.nets import dcgan

DCGAN = {
    "latent": 100,
    "generator_channels": [512, 256, 128, 64],
    "discriminator_channels": [64, 128, 256, 512],
}
CONTEXT_UNET = {"features": 128, "classes": 10, "timesteps": 600}

# Package, module: arguments as in the report, trainable parameters. A network without a pin fails.
GANS: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    "dcgan": (DCGAN, {"generator": 3_576_704, "discriminator": 2_765_568}),
}
SINGLE: dict[tuple[str, str], tuple[dict[str, Any], int]] = {
    ("hw2.diffusion.unets", "context_unet"): (CONTEXT_UNET, 6_590_211),
    ("hw2.adapt.nets", "conv_bn"): ({}, 710_172),
}


def test_no_network_lacks_a_pin() -> None:
    assert sorted(GANS) == names("hw2.gan.nets")
    for package in ("hw2.diffusion.unets", "hw2.adapt.nets"):
        assert sorted(name for where, name in SINGLE if where == package) == names(package)


@pytest.mark.parametrize("name", GANS)
def test_parameters_of_gans(name: str) -> None:
    arguments, pinned = GANS[name]
    nets = build("hw2.gan.nets", name, "net_args", **arguments)
    assert {player: trainable(net) for player, net in nets.modules().items()} == pinned


@pytest.mark.parametrize(("package", "name"), SINGLE)
def test_parameters_of_other_networks(package: str, name: str) -> None:
    arguments, pinned = SINGLE[package, name]
    assert trainable(build(package, name, "net_args", **arguments)) == pinned


def test_dcgan_is_the_network_that_the_report_prints() -> None:
    nets = dcgan.build(**DCGAN)
    latent = nets.generator.draw_latent(2, torch.Generator())
    found = executed(nets.generator, lambda: nets.generator(latent))
    assert found == printed("000_gan_B_G")
    faces = torch.zeros(2, 3, 64, 64)
    found = executed(nets.discriminator, lambda: nets.discriminator(faces))
    assert found == printed("000_gan_B_D")
    assert [len(list(net.parameters())) for net in nets.modules().values()] == [13, 11]


def test_context_unet_is_the_network_that_the_report_prints() -> None:
    net = ContextUnet(**CONTEXT_UNET).eval()
    x, t, labels = torch.zeros(1, 3, 28, 28), torch.tensor([600]), torch.tensor([3])
    assert executed(net, lambda: net(x, t, labels)) == printed("004_unet")
    assert len(list(net.parameters())) == 86
    assert net(x, t, labels).shape == (1, 3, 28, 28)


def test_conv_bn_is_the_network_that_the_report_prints() -> None:
    net, digits = ConvBn(), torch.zeros(2, 3, 28, 28)

    def every_part() -> None:
        features = net.features(digits)
        assert features.shape == (2, 768)
        assert net.label_logits(features).shape == (2, 10)
        assert net.domain_logits(features).shape == (2, 2)

    assert executed(net, every_part) == printed("001_dann")
    assert len(list(net.parameters())) == 24
