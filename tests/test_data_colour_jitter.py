"""Colour jitter: what each strength changes, what it must leave alone."""

import functools

import pytest
import torch
from torch import Tensor

from hw2.data.colour_jitter import LUMA, colour_jitter

STRENGTHS = ("brightness", "contrast", "saturation", "hue")


def jitter(images: Tensor, strengths: dict[str, float], seed: int = 0) -> Tensor:
    everything = dict.fromkeys(STRENGTHS, 0.0) | strengths
    return colour_jitter(images, torch.Generator().manual_seed(seed), **everything)


def noise(count: int, span: float = 1.0) -> Tensor:
    rng = torch.Generator().manual_seed(3)
    return (torch.rand(count, 3, 5, 7, generator=rng) * 2 - 1) * span


def luma(images: Tensor) -> Tensor:
    return torch.einsum("bchw,c->bhw", images, torch.tensor(LUMA))


def test_no_strength_is_the_identity_to_the_bit() -> None:
    images = noise(8)
    assert torch.equal(jitter(images, {}), images)
    assert torch.equal(jitter(1.5 * images, {}), (1.5 * images).clamp(-1, 1))


def test_the_same_generator_gives_the_same_images_and_the_input_stays() -> None:
    strengths = dict.fromkeys(STRENGTHS, 0.4)
    images = noise(8)
    before = images.clone()
    assert torch.equal(jitter(images, strengths, 5), jitter(images, strengths, 5))
    assert not torch.equal(jitter(images, strengths, 5), jitter(images, strengths, 6))
    assert torch.equal(images, before)


@pytest.mark.parametrize("strength", STRENGTHS)
def test_values_stay_in_range_and_images_differ(strength: str) -> None:
    images = noise(1).repeat(64, 1, 1, 1)
    jittered = jitter(images, {strength: 0.5})
    assert jittered.shape == images.shape and jittered.dtype == torch.float32
    assert jittered.min() >= -1 and jittered.max() <= 1
    assert (jittered[1:] - jittered[:1]).abs().amax((1, 2, 3)).min() > 0


def test_brightness_is_a_factor_of_the_light() -> None:
    count = 4000
    light = torch.tensor([0.2, 0.4, 0.6]).reshape(1, 3, 1, 1).repeat(count, 1, 1, 1)
    factors = (jitter(2 * light - 1, {"brightness": 0.5}) + 1) / 2 / light
    torch.testing.assert_close(factors[:, 0], factors[:, 2])
    flat = factors.flatten()
    assert 0.5 <= flat.min() < 0.51 and 1.49 < flat.max() <= 1.5001
    assert flat.mean().item() == pytest.approx(1.0, abs=0.02)
    assert flat.var().item() == pytest.approx(1 / 12, rel=0.05)  # uniform in [0.5, 1.5]


def test_black_stays_black_when_brightness_changes() -> None:
    black = -torch.ones(16, 3, 2, 2)
    torch.testing.assert_close(jitter(black, {"brightness": 0.9}), black)


def test_contrast_scales_the_distance_to_the_mean_of_the_grey_image() -> None:
    images = noise(64, span=0.5)
    mean = luma(images).mean((1, 2)).reshape(-1, 1, 1, 1)
    jittered = jitter(images, {"contrast": 0.5})
    factors = ((jittered - mean) / (images - mean)).flatten(1).median(1).values
    expected = factors.reshape(-1, 1, 1, 1) * (images - mean) + mean
    torch.testing.assert_close(jittered, expected, atol=1e-5, rtol=0)
    assert 0.5 <= factors.min() < 0.6 and 1.4 < factors.max() <= 1.5


def test_saturation_scales_the_distance_to_grey() -> None:
    images = noise(64, span=0.5)
    jittered = jitter(images, {"saturation": 0.5})
    torch.testing.assert_close(luma(jittered), luma(images), atol=1e-5, rtol=0)
    chroma = images - luma(images)[:, None]
    factors = ((jittered - luma(images)[:, None]) / chroma).flatten(1).median(1).values
    torch.testing.assert_close(
        jittered - luma(images)[:, None], factors.reshape(-1, 1, 1, 1) * chroma, atol=1e-5, rtol=0
    )
    assert 0.5 <= factors.min() < 0.6 and 1.4 < factors.max() <= 1.5


@pytest.mark.parametrize("strength", ["saturation", "hue"])
def test_grey_images_stay_grey(strength: str) -> None:
    grey = noise(16)[:, :1].repeat(1, 3, 1, 1)
    torch.testing.assert_close(jitter(grey, {strength: 0.5}), grey, atol=1e-6, rtol=0)


def test_hue_turns_the_chroma_by_at_most_its_strength() -> None:
    """In the plane of I and Q, taken from the NTSC matrix: same length, same Y, bounded angle."""
    to_iq = torch.tensor([[0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]])
    plane = functools.partial(torch.einsum, "ic,bchw->ibhw", to_iq)
    images = noise(1000, span=0.3)
    jittered = jitter(images, {"hue": 0.1})
    before, after = torch.complex(*plane(images)), torch.complex(*plane(jittered))
    torch.testing.assert_close(luma(jittered), luma(images), atol=1e-5, rtol=0)
    torch.testing.assert_close(after.abs(), before.abs(), atol=1e-3, rtol=0)
    clear = before.abs() > 0.05
    turns = (after / before).angle()[clear] / (2 * torch.pi)
    assert 0.095 < turns.max() < 0.103 and -0.103 < turns.min() < -0.095


def test_hue_turns_red_towards_green_and_towards_blue() -> None:
    red = torch.tensor([0.2, -0.2, -0.2]).reshape(1, 3, 1, 1).repeat(200, 1, 2, 2)
    jittered = jitter(red, {"hue": 0.35})[:, :, 0, 0]
    strongest = jittered.argmax(1)
    assert set(strongest.tolist()) == {0, 1, 2}
