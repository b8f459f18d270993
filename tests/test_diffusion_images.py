"""Digits from diffusion models: none depends on the others; what is kept of the way to them."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from hw2.core.device import autocast
from hw2.core.lookup import build, names
from hw2.core.noise import Streams
from hw2.core.params import Compute
from hw2.data.asked import Asked
from hw2.data.values import Pixels
from hw2.diffusion import schedule
from hw2.diffusion.guidance import Guided, WithoutLabel
from hw2.diffusion.interface import Predictor
from hw2.diffusion.process import Process, even_steps, nearest_steps
from hw2.diffusion.sample import BLOCK, Denoiser, sample
from hw2.diffusion.schedule import Schedule

CPU = torch.device("cpu")
PURPOSE = (0, "diffusion", "tiny", "samples")
STEPS = 2
TINY: dict[str, dict[str, Any]] = {
    "adm_unet": {
        "widths": [32, 32],
        "blocks": 1,
        "attention": [False, True],
        "dropout": 0.1,
        "patch": 2,
    },
    "attention_unet": {
        "bottleneck": [32, 32],
        "upsample": [2.0],
        "position_layer": True,
        "attention": True,
    },
    "context_unet": {"features": 8},
    "residual_unet": {
        "widths": [32, 32, 32, 32],
        "blocks": 1,
        "attention": [False, False, True, True],
        "dropout": 0.1,
    },
}
SIDES = {"adm_unet": 8, "attention_unet": 8, "context_unet": 28, "residual_unet": 16}


def test_every_network_is_tried() -> None:
    assert sorted(TINY) == names("hw2.diffusion.unets")


def denoiser(name: str, precision: str, sampler: str, **arguments: float) -> Denoiser:
    torch.manual_seed(0)
    unet = build("hw2.diffusion.unets", name, "net", **TINY[name], classes=10, timesteps=STEPS)
    if name == "adm_unet":  # its last layers begin as zeros: it would see no label
        for parameter in unet.parameters():
            parameter.data.add_(0.02 * torch.randn(parameter.shape))
    unet.eval()
    compute = Compute.model_validate(
        {"accelerator": "cpu", "devices": 1, "checkpoint_seconds": 1.0, "compile": None}
        | {"precision": precision}
    )

    def net(x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        with autocast(compute, CPU):
            result: Tensor = unet(x, t, labels)
        return result

    return Denoiser(
        Guided(WithoutLabel(net, 10), 0.5, range(STEPS + 1)),
        build("hw2.diffusion.samplers", sampler, "args", **arguments),
        schedule.linear(STEPS, (1e-3, 0.2), CPU),
        list(range(STEPS, -1, -1)),
        Pixels(SIDES[name]),
    )


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
@pytest.mark.parametrize("name", TINY)
def test_an_image_is_the_same_whatever_else_is_drawn(name: str, precision: str) -> None:
    model = denoiser(name, precision, "ddpm")

    def draw(counts: dict[int | None, int]) -> np.ndarray:
        return np.concatenate(list(sample(model, Asked(counts), PURPOSE, CPU, 8)))

    many, few = draw({3: 2, 7: BLOCK["cpu"] + 1}), draw({7: 4})
    assert many.shape == (BLOCK["cpu"] + 3, 8, 8, 3) and many.dtype == np.uint8
    np.testing.assert_array_equal(many[2:6], few)
    assert len(np.unique(many.reshape(len(many), -1), axis=0)) == len(many)


def test_another_seed_gives_other_images() -> None:
    model, asked = denoiser("context_unet", "32-true", "ddim", eta=0.0), Asked({4: 3})
    first, other = (next(sample(model, asked, (s, *PURPOSE[1:]), CPU, 8)) for s in (0, 1))
    assert (first != other).any(axis=(1, 2, 3)).all()


def still(
    predict: Predictor,
    schedule: Schedule,
    timesteps: Sequence[int],
    noise: Tensor,
    labels: Tensor,
    streams: Streams,
) -> Iterator[Tensor]:
    """A tenth of the noise divided by 2 at each step; at the end, a hundredth of the label too."""
    assert len(noise) == len(labels) == len(streams) == BLOCK["cpu"]  # the last one is filled up
    for index, t in enumerate(timesteps):
        end = 0.01 * labels.view(-1, 1, 1, 1) if t == 0 else torch.zeros(1)
        yield 0.1 * noise / 2**index + end


def walk(asked: Asked, process: Process | None = None) -> np.ndarray:
    def predict(x: Tensor, t: int, labels: Tensor) -> Tensor:
        return x

    model = Denoiser(predict, still, schedule.linear(50, (1e-3, 0.2), CPU), [50, 30, 0], Pixels(4))
    return np.concatenate(list(sample(model, asked, PURPOSE, CPU, 4, process)))


def values(images: np.ndarray) -> np.ndarray:
    return images.astype(float) / 127.5 - 1


def test_image_k_of_every_digit_begins_from_the_same_noise() -> None:
    found = values(walk(Asked.evenly(120, 10))).reshape(10, 12, 4, 4, 3)  # digit, number, pixels
    noise = found - 0.01 * np.arange(10).reshape(10, 1, 1, 1, 1)
    assert abs(noise - noise[:1]).max() < 1.01 / 127.5
    flat = noise[0].reshape(12, -1)
    apart = abs(flat[:, None] - flat[None]).max(axis=2) + np.eye(12)
    assert apart.min() > 2 / 127.5


def test_the_way_of_the_first_of_each_digit_is_kept() -> None:
    asked = Asked.evenly(120, 10)
    process = Process([50, 0], 4)
    images = walk(asked, process)
    film = process.film([50, 0])
    assert film.names == [f"t={t}/{digit}" for t in (50, 0) for digit in range(10)]
    assert film.digits.tolist() == [*range(10)] * 2
    np.testing.assert_array_equal(film.images[10:], images[::12])
    assert (film.images[:10] == film.images[0]).all()  # the noise that digits share
    strip = process.strip([0, 50, 50])
    assert strip.names == ["t=50", "t=0"]
    np.testing.assert_array_equal(strip.images, film.images[[0, 10]])
    np.testing.assert_array_equal(images, walk(asked))


def test_images_without_digits_have_one_stream_each() -> None:
    """Samplers add other noise than an image began from."""
    labels_seen = []

    def walk(
        predict: Predictor,
        schedule: Schedule,
        timesteps: Sequence[int],
        noise: Tensor,
        labels: Tensor,
        streams: Streams,
    ) -> Iterator[Tensor]:
        labels_seen.append(labels)
        yield 0.1 * noise
        yield 0.1 * streams.normal(*noise.shape[1:])

    steps = schedule.linear(50, (1e-3, 0.2), CPU)
    model = Denoiser(lambda x, t, labels: x, walk, steps, [50, 0], Pixels(4), conditional=False)
    process = Process([50, 0], 4)
    images = np.concatenate(list(sample(model, Asked({None: 12}), PURPOSE, CPU, 4, process)))
    assert images.shape == (12, 4, 4, 3)
    assert all((labels == 0).all() for labels in labels_seen)
    film = process.film([50, 0])
    assert film.names == [f"t={t}/{number}" for t in (50, 0) for number in range(10)]
    assert film.labels is None
    np.testing.assert_array_equal(film.images[10:], images[:10])
    assert (film.images[:10] != film.images[10:]).any(axis=(1, 2, 3)).all()
    np.testing.assert_array_equal(process.strip([50, 0]).images, film.images[[0, 10]])


def test_steps_to_keep_are_among_those_visited() -> None:
    visited = [50, 30, 0]
    assert nearest_steps(visited, [0, 24, 31, 50]) == [0, 30, 30, 50]
    assert even_steps(visited, 24) == visited
    assert even_steps(range(400, -1, -1), 5) == [400, 300, 200, 100, 0]
    chosen = even_steps(range(1000, -1, -1), 24)
    assert len(chosen) == 24 and {a - b for a, b in zip(chosen, chosen[1:], strict=False)} <= {
        43,
        44,
    }
