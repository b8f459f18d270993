"""Augmentations, one by one: what each leaves alone, and what it does, on images made by hand."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from hw2.core import processes
from hw2.core.errors import UserError
from hw2.core.lookup import build
from hw2.data.augment import neighbours

SIDE = 28
NOTHING: dict[str, dict[str, Any]] = {
    "sign": {"probability": 0.0},
    "geometry": {"zoom": [1.0, 1.0], "aspect": 0.0, "rotation": 0.0, "shear": 0.0, "shift": 0.0},
    "sharpness": {"least": 0.0, "most": 0.0},
    "noise": {"most": 0.0},
    "tone": {"bend": 0.0},
    "neighbours": {"widest": 0.0},
    "strokes": {"thickness": 0.0, "contrast": 2.0, "ground": 0.0},
    "texture": {"probability": 0.0, "softness": 0.3, "variation": 0.5},
}
STRONG: dict[str, dict[str, Any]] = {
    "sign": {"probability": 0.5},
    "geometry": {"zoom": [0.8, 1.4], "aspect": 0.3, "rotation": 12.0, "shear": 0.2, "shift": 0.08},
    "sharpness": {"least": -1.0, "most": 1.0},
    "noise": {"most": 0.5},
    "tone": {"bend": 0.7},
    "neighbours": {"widest": 0.3},
    "strokes": {"thickness": 0.7, "contrast": 0.4, "ground": 0.2},
    "texture": {"probability": 0.8, "softness": 0.3, "variation": 0.5},
}


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def augment(kind: str, **args: Any) -> Callable[[Tensor], Tensor]:
    step = build("hw2.data.augment", kind, "views", **args)
    return lambda images: step(images, rng())


def noise(count: int = 6) -> Tensor:
    return torch.rand(count, 3, SIDE, SIDE, generator=rng(1)) * 2 - 1


def dot(row: int, column: int) -> Tensor:
    """A white square of 2 pixels on black."""
    images = torch.full((1, 3, SIDE, SIDE), -1.0)
    images[:, :, row : row + 2, column : column + 2] = 1
    return images


def centre(images: Tensor) -> tuple[float, float]:
    """Row and column of the mass."""
    mass = (images[0, 0] + 1) / 2
    places = torch.arange(SIDE, dtype=torch.float32)
    total = mass.sum()
    row, column = (mass.sum(1) * places).sum() / total, (mass.sum(0) * places).sum() / total
    return row.item(), column.item()


@pytest.mark.parametrize("kind", NOTHING)
def test_strength_zero_changes_nothing(kind: str) -> None:
    images = noise()
    torch.testing.assert_close(augment(kind, **NOTHING[kind])(images), images, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", STRONG)
def test_results_are_images_of_the_same_shape_and_repeatable(kind: str) -> None:
    images, apply = noise(), augment(kind, **STRONG[kind])
    result = apply(images)
    assert result.shape == images.shape and result.abs().max() <= 1
    assert not torch.equal(result, images)
    assert torch.equal(result, apply(images))
    assert not torch.equal(result[0] - images[0], result[1] - images[1])  # each its own draw


def test_negatives() -> None:
    images = noise()
    assert torch.equal(augment("sign", probability=1.0)(images), -images)


@pytest.mark.parametrize("zoom", [[1.4], [0.0, 1.4], [1.4, 0.8]])
def test_a_zoom_that_is_none_is_refused(zoom: list[float]) -> None:
    with pytest.raises(UserError, match="two factors above 0, the smaller first"):
        augment("geometry", **NOTHING["geometry"] | {"zoom": zoom})


def test_a_zoom_of_two_doubles_the_distance_from_the_centre() -> None:
    zoom = augment("geometry", **NOTHING["geometry"] | {"zoom": [2.0, 2.0]})
    row, column = centre(zoom(dot(10, 17)))  # its centre is (10.5, 17.5), the image's 13.5
    assert (row, column) == pytest.approx((13.5 - 6, 13.5 + 8), abs=0.1)


def test_a_rotation_keeps_the_distance_from_the_centre() -> None:
    turn = augment("geometry", **NOTHING["geometry"] | {"rotation": 90.0})
    row, column = centre(turn(dot(13, 20)))
    assert math.hypot(row - 13.5, column - 13.5) == pytest.approx(7, abs=0.2)
    assert abs(row - 13.5) > 0.5


def test_blur_keeps_a_flat_image_and_spreads_an_edge() -> None:
    blur = augment("sharpness", least=-1.0, most=-1.0)
    flat = torch.full((1, 3, SIDE, SIDE), 0.3)
    torch.testing.assert_close(blur(flat), flat)
    edge = torch.full((1, 3, SIDE, SIDE), -1.0)
    edge[..., 14:] = 1
    # A tent of 5: weights 1, 2, 3, 2, 1 over 9.
    expected = torch.tensor([-1, -7 / 9, -3 / 9, 3 / 9, 7 / 9, 1])
    torch.testing.assert_close(blur(edge)[0, 0, 5, 11:17], expected)


def test_noise_is_relative_to_the_contrast() -> None:
    apply, images = augment("noise", most=0.5), noise(1)
    flat = torch.full_like(images, 0.3)
    assert torch.equal(apply(flat), flat)
    change, less = apply(images * 0.2) - images * 0.2, apply(images * 0.1) - images * 0.1
    torch.testing.assert_close(change, 2 * less, rtol=1e-3, atol=1e-5)


def test_tone_is_a_power_of_the_lightness() -> None:
    images = torch.tensor([-1.0, 0.0, 1.0]).view(1, 1, 1, 3)
    dark, middle, light = augment("tone", bend=0.7)(images).flatten().tolist()
    power = math.log((middle + 1) / 2) / math.log(0.5)
    assert (dark, light) == (-1, 1) and abs(math.log(power)) <= 0.7


def test_neighbours_come_from_the_contrary_edge() -> None:
    images = torch.arange(3.0).view(3, 1, 1, 1) * 100 + torch.arange(float(SIDE)).view(1, 1, 1, -1)
    result = augment("neighbours", widest=0.5)(images.expand(-1, 3, SIDE, -1))
    for number, row in enumerate(result[:, 0, 0].tolist()):
        image = [100 * number + column for column in range(SIDE)]
        left = next(k for k in range(SIDE) if row[k] == image[k])
        right = next(k for k in range(SIDE) if row[-1 - k] == image[-1 - k])
        before, after = (number - 1) % 3, (number + 1) % 3
        assert row[left : SIDE - right] == image[left : SIDE - right]
        assert row[:left] == [100 * before + SIDE - left + k for k in range(left)]
        assert row[SIDE - right :] == [100 * after + k for k in range(right)]


def test_neighbours_do_not_depend_on_the_number_of_processes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    images = noise(6)
    whole = augment("neighbours", widest=0.5)(images)
    monkeypatch.setattr(processes, "count", lambda: 2)
    monkeypatch.setattr(neighbours, "all_rows", lambda own: images)  # what both have together
    for rank in range(2):
        monkeypatch.setattr(processes, "rank", lambda rank=rank: rank)
        own = slice(3 * rank, 3 * rank + 3)
        assert torch.equal(augment("neighbours", widest=0.5)(images[own]), whole[own])


def test_strokes_grow_or_shrink_by_a_pixel_at_most() -> None:
    line = torch.full((40, 3, SIDE, SIDE), -1.0)
    line[..., 12:16] = 1
    result = augment("strokes", thickness=1.0, contrast=2.0, ground=0.0)(line)[:, 0, 5]
    assert (result[:, :11] == -1).all() and (result[:, 13:15] == 1).all()
    assert result[:, 11].max() > 0.5 and result[:, 12].min() < -0.5  # some grew, some shrank


def test_strokes_keep_the_least_contrast() -> None:
    images = torch.cat([dot(10, 10)] * 40)
    result = augment("strokes", thickness=0.0, contrast=0.4, ground=0.0)(images)[:, 0]
    difference = result[:, 10, 10] - result[:, 0, 0]
    assert difference.min() >= 0.4 and difference.max() <= 2 and difference.std() > 0.2


def test_a_textured_digit_is_the_negative_of_its_ground() -> None:
    images = dot(10, 12).expand(4, -1, -1, -1)
    result = augment("texture", probability=1.0, softness=0.001, variation=0.0)(images)
    digit, ground = result[:, :, 10:12, 12:14], result[:, :, :10]
    torch.testing.assert_close(digit, -ground[..., :2, :2])
    torch.testing.assert_close(ground, ground[..., :1, :1].expand_as(ground))  # of one colour
    assert len(ground[..., 0, 0].unique()) == 12  # every image's and channel's is its own
