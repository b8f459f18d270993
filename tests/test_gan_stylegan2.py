"""StyleGAN2 of report 003: its layers and its latents."""

import math
from typing import Any, cast

import pytest
import torch
from printed_layers import executed, printed
from torch import nn

from hw2.core.errors import UserError
from hw2.core.noise import Streams
from hw2.gan.interface import Networks
from hw2.gan.nets import stylegan2
from hw2.gan.nets.stylegan2 import Generator, Latent
from hw2.gan.stylegan2.discriminator import Discriminator
from hw2.gan.stylegan2.generator import StyleBlock

REPORT: dict[str, Any] = {
    "image_size": 64,
    "capacity": 16,
    "latent": 512,
    "attention_layers": [1],
    "style_depth": 8,
    "mixing_probability": 0.9,
    "truncation": 0.75,
}


def tiny(**arguments: Any) -> Networks:
    """Two resolutions, 4 and 8; the same weights at each call."""
    torch.manual_seed(0)
    small = {"image_size": 8, "capacity": 2, "latent": 6, "style_depth": 2}
    return stylegan2.build(**{**REPORT, **small, **arguments})


def tiny_generator(**arguments: Any) -> Generator:
    return cast(Generator, tiny(**arguments).generator)


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def streams(start: int, end: int) -> Streams:
    """Those of images `start` to `end`; image k's has the seed k."""
    return Streams([rng(k) for k in range(start, end)], torch.device("cpu"))


def test_layers_are_those_of_the_report() -> None:
    nets = stylegan2.build(**REPORT)
    parts, latent = nets.generator.parts(), nets.generator.draw_latent(1, rng())
    assert list(parts) == ["S", "G"]
    mapping, synthesis, discriminator = parts["S"], parts["G"], nets.discriminator
    assert executed(mapping, lambda: mapping(torch.ones(1, 512))) == printed("003_stylegan2_S")
    assert executed(synthesis, lambda: synthesis(*latent)) == printed("003_stylegan2_G")
    faces = torch.zeros(1, 3, 64, 64)
    assert executed(discriminator, lambda: discriminator(faces)) == printed("003_stylegan2_D")
    every = [list(net.parameters()) for net in (mapping, synthesis, discriminator)]
    assert [len(tensors) for tensors in every] == [16, 81, 63]
    counts = [sum(tensor.numel() for tensor in tensors) for tensors in every]
    assert counts == [2_101_248, 11_365_088, 22_827_713]
    assert sum(p.numel() for p in nets.generator.parameters()) == counts[0] + counts[1]


def test_initialisation_is_he_s_and_noise_starts_without_weight() -> None:
    nets = tiny(capacity=64, latent=64)
    conv = cast(Discriminator, nets.discriminator).final_conv.weight
    block = cast(StyleBlock, cast(Generator, nets.generator).synthesis.blocks[0])
    style = block.to_style1.weight
    assert conv.std().item() == pytest.approx(math.sqrt(2 / conv[0].numel()), rel=0.02)
    assert style.std().item() == pytest.approx(math.sqrt(2 / style.shape[1]), rel=0.05)
    styles = nets.generator.draw_latent(3, rng()).styles
    images = [nets.generator(Latent(styles, torch.rand(3, 8, 8, 1))) for _ in range(2)]
    assert torch.equal(*images)


def test_shapes() -> None:
    nets = tiny()
    latent = nets.generator.draw_latent(5, rng())
    assert latent.styles.shape == (5, 2, 6) and latent.noise.shape == (5, 8, 8, 1)
    assert 0 <= latent.noise.min() < 0.05 and 0.95 < latent.noise.max() <= 1
    images = nets.generator(latent)
    assert images.shape == (5, 3, 8, 8) and nets.discriminator(images).shape == (5,)


@pytest.mark.parametrize("wrong", [{"image_size": 48}, {"image_size": 4}])
def test_an_impossible_size_is_named(wrong: dict[str, int]) -> None:
    with pytest.raises(UserError, match=f"image_size is {wrong['image_size']}"):
        tiny(**wrong)


@pytest.mark.parametrize("layer", [0, 2])
def test_an_attention_layer_that_is_not_there_is_named(layer: int) -> None:
    with pytest.raises(UserError, match=rf"attention_layers has \[{layer}\]"):
        tiny(attention_layers=[1, layer])


def crossovers(probability: float) -> list[int]:
    """Where each of 60 batches changes style, in each image alike; 0 where it does not."""
    generator = tiny_generator(image_size=32, mixing_probability=probability)
    draws = rng()
    found = []
    for _ in range(60):
        styles = generator.draw_latent(3, draws).styles  # (3, 4, 6)
        changes = (styles[:, 1:] != styles[:, :-1]).any(2)  # (3, 3)
        assert (changes == changes[:1]).all() and changes[0].sum() <= 1
        found.append(int(changes[0].nonzero()) + 1 if changes[0].any() else 0)
    return found


def test_mixing_uses_two_styles() -> None:
    assert set(crossovers(1.0)) == {0, 1, 2, 3}
    assert set(crossovers(0.0)) == {0}
    share = sum(crossover > 0 for crossover in crossovers(0.4)) / 60
    assert share == pytest.approx(0.4 * 3 / 4, abs=0.15)


def test_training_latents_are_the_generator_s_and_carry_the_graph_of_the_mapping() -> None:
    generator = tiny_generator(mixing_probability=1.0)
    first, second = (generator.draw_latent(3, rng(7)) for _ in range(2))
    assert torch.equal(first.styles, second.styles) and torch.equal(first.noise, second.noise)
    generator(first).sum().backward()
    gradients = [p.grad for p in generator.mapping.parameters()]
    assert all(g is not None and g.abs().sum() > 0 for g in gradients)


def test_a_sample_does_not_depend_on_its_chunk() -> None:
    generator = tiny_generator()
    whole = generator.draw_sample_latent(streams(0, 5))
    chunks = [generator.draw_sample_latent(streams(*part)) for part in ((0, 2), (2, 3), (3, 5))]
    for field in ("styles", "noise"):
        joined = torch.cat([getattr(chunk, field) for chunk in chunks])
        torch.testing.assert_close(joined, getattr(whole, field))


def test_truncation_moves_styles_towards_their_mean() -> None:
    none, some, full = (
        tiny_generator(truncation=psi).draw_sample_latent(streams(0, 4)).styles
        for psi in (1.0, 0.75, 0.0)
    )
    generator = tiny_generator()
    mean = generator.mean_style(torch.device("cpu"))
    torch.testing.assert_close(full, mean.expand(4, 2, 6))
    torch.testing.assert_close(some, 0.75 * none + 0.25 * full)
    styles = generator.mapping(torch.randn(20_000, 6, generator=rng(1)))
    torch.testing.assert_close(mean, styles.mean(0, keepdim=True), atol=0.05, rtol=0)
    z = torch.randn(1, 6, generator=rng(0))  # the first that stream 0 gives
    torch.testing.assert_close(none[:1], generator.mapping(z).expand(1, 2, 6))


def test_without_distance_from_the_mean_equal_noise_gives_equal_images() -> None:
    generator = tiny_generator(truncation=0.0)
    nn.init.ones_(cast(StyleBlock, generator.synthesis.blocks[1]).to_noise1.weight)
    styles, noise = generator.draw_sample_latent(streams(0, 4))
    images = generator(Latent(styles, noise[:1].expand(4, -1, -1, -1)))
    torch.testing.assert_close(images, images[:1].expand(4, -1, -1, -1))
    assert not torch.allclose(generator(Latent(styles, noise))[1], images[1])
