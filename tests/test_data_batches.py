"""Batches and value ranges."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from hw2.core.errors import UserError
from hw2.data.arrays import ImageSet
from hw2.data.batches import Batches
from hw2.data.values import Pixels

CPU = torch.device("cpu")
ONE, WIDE = Pixels(1), Pixels(16)


def numbered(count: int) -> ImageSet:
    """Images of 1x1 pixel; number k has value k and label k."""
    pixels = np.arange(count, dtype=np.uint8).reshape(-1, 1, 1, 1).repeat(3, axis=3)
    return ImageSet(pixels, [f"{k}.png" for k in range(count)], np.arange(count))


def batches(count: int = 12, batch: int = 4, seed: int = 0, labelled: bool = True) -> Batches:
    return Batches(numbered(count), batch, torch.Generator().manual_seed(seed), CPU, labelled, ONE)


def drawn(source: Batches, count: int) -> list[list[int]]:
    """The numbers of the images in the next `count` batches."""
    return [ONE.to_uint8(source.draw().images, 1)[:, 0, 0, 0].tolist() for _ in range(count)]


def test_an_epoch_visits_every_image_once_in_a_new_order() -> None:
    source = batches()
    epochs = [sum(drawn(source, 3), []) for _ in range(3)]
    assert all(sorted(epoch) == list(range(12)) for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2]


def test_an_incomplete_batch_is_dropped() -> None:
    source = batches(count=11, batch=4)
    for _ in range(3):
        epoch = sum(drawn(source, 2), [])
        assert len(set(epoch)) == 8


def test_the_order_is_that_of_the_generator() -> None:
    assert drawn(batches(seed=1), 7) == drawn(batches(seed=1), 7)
    assert drawn(batches(seed=1), 7) != drawn(batches(seed=2), 7)


@pytest.mark.parametrize("before", [0, 1, 3, 5])
def test_batches_go_on_from_a_saved_place(before: int) -> None:
    source = batches()
    drawn(source, before)
    state: dict[str, Any] = source.state_dict()
    expected = drawn(source, 7)
    other = batches(seed=9)
    drawn(other, 2)
    other.load_state_dict(state)
    assert drawn(other, 7) == expected


def test_images_and_labels_belong_together() -> None:
    batch = batches(labelled=True).draw()
    assert batch.images.shape == (4, 3, 1, 1) and batch.images.dtype == torch.float32
    assert batch.labels is not None
    assert batch.labels.tolist() == ONE.to_uint8(batch.images, 1)[:, 0, 0, 0].tolist()


def test_labels_can_be_hidden() -> None:
    assert batches(labelled=False).draw().labels is None


def test_a_set_smaller_than_a_batch_is_refused() -> None:
    with pytest.raises(UserError, match=r"batch 4 is larger than the data set \(3 images\)"):
        batches(count=3, batch=4)
    assert len(drawn(batches(count=4, batch=4), 2)) == 2


def test_missing_labels_are_refused_where_they_are_needed() -> None:
    unlabelled = ImageSet(np.zeros((4, 1, 1, 3), np.uint8), list("abcd"))
    with pytest.raises(UserError, match="labels are needed"):
        Batches(unlabelled, 2, torch.Generator(), CPU, labelled=True, pixels=ONE)


def every_value() -> Tensor:
    """uint8 (1, 16, 16, 3): all values, in three channels."""
    return torch.arange(256, dtype=torch.uint8).view(1, 16, 16, 1).expand(1, 16, 16, 3)


def test_pixels_fill_the_range_of_models() -> None:
    values = WIDE.to_model(every_value())
    assert values.shape == (1, 3, 16, 16) and values.dtype == torch.float32
    assert values[0, 0, 0, 0] == -1.0 and values[0, 0, 15, 15] == 1.0
    assert values[0, 0, 3, 3] == pytest.approx(-0.6)


@pytest.mark.parametrize("pixels", [WIDE, Pixels(16, 0.0, 1.0), Pixels(16, -2.12, 2.64)])
def test_there_and_back_is_the_identity(pixels: Pixels) -> None:
    values = pixels.to_model(every_value())
    assert (values.min().item(), values.max().item()) == pytest.approx((pixels.low, pixels.high))
    assert torch.equal(pixels.to_uint8(values, 16), every_value())


def test_each_channel_may_have_its_own_range() -> None:
    means, deviations = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's
    low = tuple(-mean / deviation for mean, deviation in zip(means, deviations, strict=True))
    high = tuple((1 - mean) / deviation for mean, deviation in zip(means, deviations, strict=True))
    pixels = Pixels(16, low, high)
    values = pixels.to_model(every_value())
    expected = (51 / 255 - 0.456) / 0.224  # the grey level 51 of the second channel
    assert values[0, 1, 3, 3].item() == pytest.approx(expected)
    assert values.amax(dim=(0, 2, 3)).tolist() == pytest.approx(high)
    assert torch.equal(pixels.to_uint8(values, 16), every_value())


def test_channels_keep_their_places() -> None:
    pixels = torch.randint(0, 256, (2, 16, 16, 3), dtype=torch.uint8)
    values = WIDE.to_model(pixels)
    assert values[1, 2, 3, 4] * 127.5 + 127.5 == pytest.approx(pixels[1, 3, 4, 2].item())
    assert torch.equal(WIDE.to_uint8(values, 16), pixels)


@pytest.mark.parametrize(
    ("value", "pixel"),
    [(-1.0, 0), (1.0, 255), (-7.0, 0), (7.0, 255), (100.6, 255), (99.6, 255)],
)
def test_values_outside_are_clamped(value: float, pixel: int) -> None:
    assert ONE.to_uint8(torch.full((1, 3, 1, 1), value), 1).unique().tolist() == [pixel]


@pytest.mark.parametrize(("exact", "pixel"), [(99.4, 99), (99.6, 100), (0.6, 1), (254.6, 255)])
def test_values_between_pixels_are_rounded(exact: float, pixel: int) -> None:
    image = torch.full((1, 3, 1, 1), exact / 127.5 - 1)
    assert ONE.to_uint8(image, 1).unique().tolist() == [pixel]


def test_bfloat16_images_are_accepted() -> None:
    image = torch.ones(1, 3, 1, 1, dtype=torch.bfloat16)
    assert ONE.to_uint8(image, 1).unique().tolist() == [255]


def test_another_size_is_a_resized_image() -> None:
    grey = torch.full((2, 28, 28, 3), 60, dtype=torch.uint8)
    larger = Pixels(32).to_model(grey)
    assert larger.shape == (2, 3, 32, 32)
    assert torch.equal(Pixels(32).to_uint8(larger, 28), grey)
    ramp = torch.arange(28, dtype=torch.uint8).view(1, 1, 28, 1).expand(1, 28, 28, 3) * 9
    there = Pixels(32).to_model(ramp)
    back = Pixels(32).to_uint8(there, 28)
    assert (back.int() - ramp.int()).abs()[:, :, 1:-1].max() <= 1
    assert torch.all(there[0, 0, 0].diff() >= 0)


def test_a_batch_is_augmented_after_it_was_drawn() -> None:
    rng = torch.Generator().manual_seed(0)
    source = Batches(numbered(4), 2, rng, CPU, True, ONE, augment=lambda images: images + 10)
    batch = source.draw()
    assert batch.images.min() >= 9 and batch.labels is not None and len(batch.labels) == 2


def test_a_drawn_subset_keeps_labels_names_and_order() -> None:
    images = ImageSet(
        np.arange(10, dtype=np.uint8).repeat(3).reshape(10, 1, 1, 3),
        [str(number) for number in range(10)],
        np.arange(10),
    )
    few = images.at_most(4, np.random.default_rng(0))
    assert len(few) == 4 and few.names == sorted(few.names)
    assert few.images[:, 0, 0, 0].tolist() == few.digits.tolist() == list(map(int, few.names))
    assert images.at_most(4, np.random.default_rng(1)).names != few.names
    assert images.at_most(None, np.random.default_rng(0)) is images
