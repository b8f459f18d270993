"""Sampling from GANs: no image depends on how many are drawn, nor on which others."""

from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest
import torch
from test_gan_stylegan2 import REPORT

from hw2.core.device import autocast
from hw2.core.lookup import build, names
from hw2.core.noise import Streams, stream
from hw2.core.params import Compute
from hw2.data.asked import Asked
from hw2.data.values import Pixels
from hw2.gan.interface import ImageGenerator, Networks
from hw2.gan.sample import BLOCK, sample

CPU = torch.device("cpu")
PURPOSE = (0, "gan", "tiny", "samples")
NARROW = {"latent": 4, "generator_channels": [8, 8, 8, 8], "discriminator_channels": [4, 4, 4, 4]}
DCGAN = {"batch_norm": True, "discriminator_activation": "relu", "probability": True}
SMALL = {"image_size": 8, "capacity": 2, "latent": 6, "style_depth": 2}
TINY: dict[str, dict[str, Any]] = {
    "acgan": {"latent": 4, "classes": 10},
    "dcgan": NARROW | DCGAN,
    "resnet": {
        "latent": 4,
        "generator_channels": [8, 8, 8],
        "discriminator_channels": [8, 8, 8],
        "truncation": 0.7,
    },
    "sagan": {"latent": 4},
    "stylegan2": REPORT | SMALL,
    "wgan_gp": NARROW,
}


def generator(net: str) -> ImageGenerator:
    """The same weights at each call."""
    torch.manual_seed(0)
    nets: Networks = build("hw2.gan.nets", net, "net_args", **TINY[net])
    return nets.generator


def draw(net: ImageGenerator, asked: Asked, seed: int = 0, precision: str = "32-true") -> Any:
    """(N, 16, 16, 3) uint8."""
    compute = Compute.model_validate(
        {
            "accelerator": "cpu",
            "devices": 1,
            "checkpoint_seconds": 1.0,
            "precision": precision,
            "compile": None,
        }
    )
    purpose = (seed, *PURPOSE[1:])
    images = sample(net, asked, purpose, CPU, Pixels(16), 16, lambda: autocast(compute, CPU))
    return np.concatenate(list(images))


def test_every_network_is_tried() -> None:
    assert sorted(TINY) == names("hw2.gan.nets")


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
@pytest.mark.parametrize("net", TINY)
def test_an_image_is_the_same_whatever_else_is_drawn(net: str, precision: str) -> None:
    made, block = generator(net), BLOCK["cpu"]
    digit = 7 if net == "acgan" else None
    many, few = Asked({3: 4, digit: block + 5} if digit else {None: block + 5}), Asked({digit: 9})
    images = draw(made, many, precision=precision)
    assert images.shape == (len(many), 16, 16, 3) and images.dtype == np.uint8
    start = len(many) - block - 5
    np.testing.assert_array_equal(images[start : start + 9], draw(made, few, precision=precision))
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) == len(images)


def test_another_seed_gives_other_images() -> None:
    made, asked = generator("dcgan"), Asked({None: 3})
    np.testing.assert_array_equal(draw(made, asked), draw(made, asked))
    assert (draw(made, asked) != draw(made, asked, seed=1)).any(axis=(1, 2, 3)).all()
    assert not made.training


class Painter(ImageGenerator):
    """Paints its label in the pixel range [0, 1], and notes how many images it is given at once."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[int] = []

    def draw_latent(self, count: int, rng: torch.Generator) -> torch.Tensor:
        return torch.zeros(count, 3, 32, 32)

    def forward(self, latent: torch.Tensor, labels: torch.Tensor | None = None) -> torch.Tensor:
        assert labels is not None
        self.seen.append(len(latent))
        return latent + labels.view(-1, 1, 1, 1) / 255


def test_images_have_the_asked_for_labels_size_and_range_and_blocks_are_full() -> None:
    painter, asked = Painter(), Asked.evenly(60, 2)
    batches = list(
        sample(painter, asked, PURPOSE, CPU, Pixels(32, 0.0, 1.0), 28, lambda: nullcontext())
    )
    assert painter.seen == [BLOCK["cpu"]] * 4  # each digit's last one is filled up
    assert [len(batch) for batch in batches] == [25, 5] * 2
    found = np.concatenate(batches)
    assert found.shape == (60, 28, 28, 3)
    assert found[:, 0, 0, 0].tolist() == [0] * 30 + [1] * 30
    assert (found == found[:, :1, :1]).all()


def test_streams_are_images_own() -> None:
    rngs = [stream(k, 0, "noise") for k in range(5)]
    together = Streams(rngs, CPU)
    first, second = together.normal(2, 3), together.uniform(4)
    assert first.shape == (5, 2, 3) and second.shape == (5, 4)
    alone = stream(3, 0, "noise")
    assert torch.equal(first[3], torch.randn(2, 3, generator=alone))
    assert torch.equal(second[3], torch.rand(4, generator=alone))
    assert not torch.equal(first[3], Streams([stream(3, 0, "else")], CPU).normal(2, 3)[0])


def test_neighbouring_streams_are_independent() -> None:
    drawn = Streams([stream(k, 0, "noise") for k in range(4000)], CPU).normal(4)
    table = torch.cat([drawn[:-1], drawn[1:]], dim=1)  # (3999, 8): each image beside the next
    assert table.mean(0).abs().max() < 0.06 and (table.std(0) - 1).abs().max() < 0.06
    correlation = torch.corrcoef(table.T) - torch.eye(8)
    correlation[range(4), range(4, 8)] = correlation[range(4, 8), range(4)]
    assert correlation.abs().max() < 0.08


def test_no_two_of_many_images_share_a_stream() -> None:
    first = {torch.rand((), generator=stream(k, 0, "noise")).item() for k in range(3000)}
    seeds = {stream(k, 0, "noise").initial_seed() % 2**32 for k in range(3000)}
    assert len(seeds) == 3000 and len(first) > 2990  # float32 may repeat a value by chance


def test_draws_follow_one_another_each_digit_after_digit() -> None:
    asked = Asked.evenly(3, 2).times(2)
    assert asked.labels is not None and asked.labels.tolist() == [0, 0, 0, 0, 1, 1]
    images = np.arange(6, dtype=np.uint8).reshape(6, 1, 1, 1).repeat(3, axis=3)
    found = asked.in_draws(images, 2)
    assert found.names == [
        f"{n}.png" for n in ("0_001", "0_002", "1_001", "0_003", "0_004", "1_002")
    ]
    assert found.images[:, 0, 0, 0].tolist() == [0, 1, 4, 2, 3, 5]
    assert found.digits.tolist() == [0, 0, 1, 0, 0, 1]
    faces = Asked.evenly(3, None).times(2).in_draws(images, 2)
    assert faces.names[::5] == ["00001.png", "00006.png"] and faces.labels is None
    np.testing.assert_array_equal(faces.images, images)


@pytest.mark.parametrize("count", [3, 10, 25, 1000])
def test_digits_are_asked_for_evenly(count: int) -> None:
    counts = list(Asked.evenly(count, 10).counts.values())
    assert len(counts) == 10 and sum(counts) == count and max(counts) - min(counts) <= 1


def test_an_image_has_its_place_in_a_block() -> None:
    blocks = list(Asked({2: 3, 5: 0, 7: 5}).blocks(4))
    assert [(block.digit, block.numbers, count) for block, count in blocks] == [
        (2, range(4), 3),
        (7, range(4), 4),
        (7, range(4, 8), 1),
    ]
