"""DiffAugment and flips: what each leaves alone, what it does, and that gradients pass through."""

from typing import Any

import pytest
import torch
from torch import Tensor

from hw2.core.lookup import build

SIDE = 16
NOTHING: dict[str, dict[str, Any]] = {
    "flip": {"probability": 0.0},
    "colour": {"brightness": 0.0, "saturation": 0.0, "contrast": 0.0},
    "translation": {"share": 0.0},
    "cutout": {"share": 0.0},
}
STRONG: dict[str, dict[str, Any]] = {
    "flip": {"probability": 0.5},
    "colour": {"brightness": 0.5, "saturation": 1.0, "contrast": 0.5},
    "translation": {"share": 0.125},
    "cutout": {"share": 0.5},
}


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def augment(kind: str, images: Tensor, seed: int = 0, **args: Any) -> Tensor:
    result: Tensor = build("hw2.data.augment", kind, "augment", **args)(images, rng(seed))
    return result


def noise(count: int = 8) -> Tensor:
    return torch.rand(count, 3, SIDE, SIDE, generator=rng(1)) * 2 - 1


@pytest.mark.parametrize("kind", NOTHING)
def test_strength_zero_changes_nothing(kind: str) -> None:
    images = noise()
    assert torch.equal(augment(kind, images, **NOTHING[kind]), images)


@pytest.mark.parametrize("kind", STRONG)
def test_equal_draws_do_the_same_to_other_images(kind: str) -> None:
    """What is done is affine in the image: a third of one and two thirds of another, likewise."""
    one, other, args = noise(), noise().flip(0), STRONG[kind]
    assert not torch.equal(augment(kind, one, **args), augment(kind, one, seed=1, **args))
    mixed = augment(kind, one / 3 + other * 2 / 3, **args)
    parts = augment(kind, one, **args) / 3 + augment(kind, other, **args) * 2 / 3
    torch.testing.assert_close(mixed, parts)


@pytest.mark.parametrize("kind", STRONG)
def test_each_image_has_its_own_draw(kind: str) -> None:
    same = noise(1).expand(8, -1, -1, -1)
    assert len(augment(kind, same, **STRONG[kind]).flatten(1).unique(dim=0)) > 1


@pytest.mark.parametrize("kind", STRONG)
def test_gradients_reach_every_pixel_that_is_still_seen(kind: str) -> None:
    images = noise().requires_grad_()
    result = augment(kind, images, **STRONG[kind])
    (gradient,) = torch.autograd.grad(result.square().sum(), images)
    seen = (gradient != 0).float().mean((1, 2, 3))
    # A shift of up to 2 pixels keeps (14 / 16)^2; a hole of 8 pixels takes at most a quarter.
    assert (seen >= {"translation": 0.76, "cutout": 0.75}.get(kind, 1.0)).all()


def test_a_mirror_image_has_left_and_right_changed() -> None:
    images = noise()
    assert torch.equal(augment("flip", images, probability=1.0), images.flip(3))


def test_brightness_is_added_and_leaves_the_range() -> None:
    added = augment("colour", noise(50), brightness=0.5, saturation=0.0, contrast=0.0) - noise(50)
    amount = added.mean((1, 2, 3), keepdim=True)
    torch.testing.assert_close(added, amount.expand_as(added))
    assert amount.min() < -0.4 and amount.max() > 0.4 and amount.abs().max() <= 0.5


def test_saturation_keeps_greys_and_contrast_the_mean() -> None:
    images = noise()
    for kept, saturation, contrast in (((1,), 1.0, 0.0), ((1, 2, 3), 0.0, 0.5)):
        result = augment("colour", images, brightness=0.0, saturation=saturation, contrast=contrast)
        torch.testing.assert_close(result.mean(kept), images.mean(kept), rtol=0, atol=1e-6)
        assert not torch.allclose(result, images)


def test_translation_moves_by_whole_pixels_and_zeros_come_in() -> None:
    images = torch.zeros(400, 1, SIDE, SIDE)
    images[:, :, 8, 5] = 1.0
    result = augment("translation", images, share=0.125)[:, 0]
    assert (result.sum((1, 2)) == 1).all()
    _, row, column = result.nonzero().T
    pairs = torch.stack([row - 8, column - 5], 1).unique(dim=0)
    assert pairs.tolist() == [[y, x] for y in range(-2, 3) for x in range(-2, 3)]
    edge = augment("translation", torch.ones(400, 1, SIDE, SIDE), share=0.125)
    assert (edge.sum((1, 2, 3)).unique() == torch.tensor([196, 210, 224, 225, 240, 256])).all()


def test_a_hole_is_a_square_of_zeros_that_an_edge_may_cut() -> None:
    holes = augment("cutout", torch.ones(400, 1, SIDE, SIDE), share=0.5)[:, 0] == 0
    heights, widths = (holes.any(axis).sum(1) for axis in (2, 1))
    assert torch.equal(holes.sum((1, 2)), heights * widths)  # a rectangle
    assert heights.max() == widths.max() == 8 and heights.min() <= 5
    assert holes.any(0).all()  # each place is hidden at times
