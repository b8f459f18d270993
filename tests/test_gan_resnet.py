"""The residual networks: shapes, what a block does by hand, modulation, truncation."""

import math

import pytest
import torch

from hw2.core.errors import UserError
from hw2.core.noise import Streams, stream
from hw2.gan.interface import Networks
from hw2.gan.nets import resnet
from hw2.gan.nets.resnet import Down, Modulated, Up

CPU = torch.device("cpu")


def tiny(truncation: float = 1.0) -> Networks:
    torch.manual_seed(0)
    return resnet.build(4, [8, 8, 8], [8, 8, 8], truncation)


def streams(count: int) -> Streams:
    return Streams([stream(k, 0, "samples") for k in range(count)], CPU)


@pytest.mark.parametrize("widths", [[8, 8], [16, 8, 8, 8, 8]])
def test_the_side_of_the_images_follows_from_the_number_of_widths(widths: list[int]) -> None:
    nets, side = resnet.build(4, widths, widths[::-1], 1.0), 4 * 2 ** (len(widths) - 1)
    images = nets.generator(nets.generator.draw_latent(2, torch.Generator()))
    assert images.shape == (2, 3, side, side) and images.abs().max() <= 1
    assert nets.discriminator(images).shape == (2,)


def test_modulation_normalises_a_pixel_then_scales_and_shifts_it() -> None:
    layer, features = Modulated(1, 2), torch.tensor([3.0, -4.0]).view(1, 2, 1, 1)
    with torch.no_grad():
        layer.scale_and_shift.weight.copy_(torch.tensor([[1.0], [0.0], [0.0], [0.5]]))
        layer.scale_and_shift.bias.zero_()
        found = layer(features, torch.tensor([[2.0]])).flatten().tolist()
    rms = math.sqrt((9 + 16) / 2)
    # Scales are 1 + 2 and 1, shifts 0 and 1; the second is below 0, and keeps a fifth.
    assert found == pytest.approx([3 * 3 / rms, 0.2 * (1 - 4 / rms)], rel=1e-4)


def test_without_its_branch_a_block_is_its_shortcut_over_the_root_of_two() -> None:
    up, down = Up(1, 2, 2), Down(2, 2)
    for block in (up, down):
        for parameter in block.conv2.parameters():
            torch.nn.init.zeros_(parameter)
        torch.nn.init.dirac_(block.shortcut.weight)
    flat = torch.tensor([3.0, -5.0]).view(1, 2, 1, 1)  # no neighbour differs: doubled, it stays so
    halved, doubled = flat.expand(1, 2, 4, 4), flat.expand(1, 2, 8, 8)
    torch.testing.assert_close(up(halved, torch.zeros(1, 1)), doubled / math.sqrt(2))
    torch.testing.assert_close(down(doubled), halved / math.sqrt(2))


def test_signals_keep_their_size_at_initialisation() -> None:
    torch.manual_seed(0)
    nets = resnet.build(16, [64, 64, 64], [64, 64, 64], 1.0)
    latent = nets.generator.draw_latent(64, torch.Generator())
    images = nets.generator(latent)
    assert 0.3 < images.std().item() < 0.8  # tanh is not saturated
    assert 0.3 < nets.discriminator(images).std().item() < 3


def test_truncation_one_leaves_samples_as_they_are_and_zero_makes_them_one_image() -> None:
    drawn = streams(3).normal(4)
    assert torch.equal(tiny(1.0).generator.draw_sample_latent(streams(3)), drawn)
    assert torch.equal(tiny(0.5).generator.draw_sample_latent(streams(3)), drawn / 2)
    generator = tiny(0.0).generator.eval()
    images = generator(generator.draw_sample_latent(streams(3)))
    assert torch.equal(images[0], images[1]) and torch.equal(images[0], images[2])
    torch.testing.assert_close(images[:1], generator(torch.zeros(1, 4)))


def test_training_is_never_truncated() -> None:
    rngs = [torch.Generator().manual_seed(3) for _ in range(2)]
    first, second = (
        tiny(psi).generator.draw_latent(5, rng) for psi, rng in zip((1.0, 0.0), rngs, strict=True)
    )
    assert torch.equal(first, second)


def test_the_nearer_to_the_mean_the_less_images_differ() -> None:
    spreads = []
    for psi in (0.25, 0.5, 1.0):
        generator = tiny(psi).generator.eval()
        spreads.append(generator(generator.draw_sample_latent(streams(16))).std(0).mean().item())
    assert spreads == sorted(spreads) and spreads[0] < 0.7 * spreads[2]


def test_no_image_depends_on_the_others_of_its_batch() -> None:
    nets = tiny()
    latent = nets.generator.draw_latent(4, torch.Generator())
    images = nets.generator(latent)
    torch.testing.assert_close(images[1:2], nets.generator(latent[1:2]), rtol=1e-4, atol=1e-5)
    scores = nets.discriminator(images)
    torch.testing.assert_close(scores[1:2], nets.discriminator(images[1:2]), rtol=1e-4, atol=1e-5)


def test_a_negative_truncation_is_named() -> None:
    with pytest.raises(UserError, match=r"net_args.truncation is -0.5"):
        tiny(-0.5)
