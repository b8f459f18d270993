"""Nearest training images: the search itself, and what copies and new images score."""

import numpy as np
import pytest

from hw2.evaluation import nearest
from hw2.evaluation.nearest import (
    as_found,
    mirror,
    nearest_neighbours,
    share_copied,
    share_nearer,
)


def textures(count: int, seed: int) -> np.ndarray:
    """Smooth random colour images (count, 28, 28, 3), all from one distribution."""
    coarse = np.random.default_rng(seed).normal(size=(count, 4, 4, 3))
    fine = coarse.repeat(7, axis=1).repeat(7, axis=2)
    return (128 + 40 * fine).clip(0, 255).astype(np.uint8)


TRAIN, VAL, FRESH = textures(400, 0), textures(300, 1), textures(300, 2)
REAL = nearest_neighbours(VAL, TRAIN).relative


def noised(images: np.ndarray, deviation: float) -> np.ndarray:
    noise = np.random.default_rng(3).normal(0, deviation, images.shape)
    return (images + noise).round().clip(0, 255).astype(np.uint8)


def test_distance_by_hand() -> None:
    # Of zero mean and unit norm these are (1, -1) and (-1, 1) over sqrt(2): 2 apart.
    image, negative = np.zeros((2, 1, 2, 3), np.uint8)
    image[:, 0], negative[:, 1] = 200, 100
    found = nearest_neighbours(image[None], negative[None])
    assert found.distance == pytest.approx([2]) and found.relative == pytest.approx([1])
    found = nearest_neighbours(image[None], np.stack([negative, image // 2 + 7]))
    assert found.index == [1] and found.distance == pytest.approx([0], abs=1e-6)


def test_relative_distance_is_over_the_mean_of_the_nearest() -> None:
    found = nearest_neighbours(VAL[:20], TRAIN)
    pixels, others = (x.reshape(len(x), -1).astype(float) for x in (VAL[:20], TRAIN))
    pixels, others = (x - x.mean(1, keepdims=True) for x in (pixels, others))
    pixels, others = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (pixels, others))
    distances = np.linalg.norm(pixels[:, None] - others, axis=2)
    assert (found.index == distances.argmin(1)).all()
    assert found.distance == pytest.approx(distances.min(1), abs=1e-5)
    expected = distances.min(1) / np.sort(distances, axis=1)[:, :50].mean(1)
    assert found.relative == pytest.approx(expected, abs=1e-5)


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = nearest_neighbours(VAL, TRAIN)
    monkeypatch.setattr(nearest, "IMAGES_AT_A_TIME", 77)
    monkeypatch.setattr(nearest, "TRAIN_AT_A_TIME", 33)  # less than the surroundings
    parts = nearest_neighbours(VAL, TRAIN)
    assert (whole.index == parts.index).all()
    assert whole.relative == pytest.approx(parts.relative, abs=1e-5)


def test_copies_are_found_where_they_are() -> None:
    found = nearest_neighbours(TRAIN[50:80], TRAIN)
    assert (found.index == np.arange(50, 80)).all()
    assert (found.distance == 0).all() and (found.relative == 0).all()


def test_mirrored_copies_are_found_among_the_mirror_images_alone() -> None:
    copies = mirror(TRAIN[50:80])
    assert (nearest_neighbours(copies, TRAIN).distance > 0.1).all()
    found = nearest_neighbours(copies, TRAIN, mirrors=True)
    assert (found.index == np.arange(50, 80)).all() and found.mirrored.all()
    assert (found.distance == 0).all() and (found.relative == 0).all()
    assert (as_found(TRAIN[found.index], found.mirrored) == copies).all()
    originals = nearest_neighbours(TRAIN[50:80], TRAIN, mirrors=True)
    assert (originals.index == found.index).all() and not originals.mirrored.any()


def test_mirror_images_count_like_any_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "TRAIN_AT_A_TIME", 33)
    both = nearest_neighbours(VAL, np.concatenate([TRAIN, mirror(TRAIN)]))
    found = nearest_neighbours(VAL, TRAIN, mirrors=True)
    assert (found.index + found.mirrored * len(TRAIN) == both.index).all()
    assert found.relative == pytest.approx(both.relative, abs=1e-5)


@pytest.mark.parametrize("deviation", [0, 10, 30])
def test_copies_are_nearer_than_real_images_even_if_noised(deviation: float) -> None:
    copies = nearest_neighbours(noised(TRAIN[:200], deviation), TRAIN).relative
    assert share_nearer(copies, REAL) > 0.99
    assert share_copied(copies, REAL) > 0.99


def test_new_images_are_neither_nearer_nor_copies() -> None:
    fresh = nearest_neighbours(FRESH, TRAIN).relative
    assert share_nearer(fresh, REAL) == pytest.approx(0.5, abs=0.08)
    assert share_copied(fresh, REAL) < 0.04


def test_few_copies_among_new_images_are_counted() -> None:
    mixed = nearest_neighbours(np.concatenate([FRESH[:270], TRAIN[:30]]), TRAIN).relative
    assert share_copied(mixed, REAL) == pytest.approx(0.1, abs=0.03)


def test_dull_images_are_no_copies() -> None:
    grey = np.full((10, 28, 28, 3), 128, np.uint8)
    faint = (128 + (FRESH[:200].astype(float) - 128) * 0.3).astype(np.uint8)
    assert share_nearer(nearest_neighbours(grey, TRAIN).relative, REAL) < 0.01
    faint_share = share_nearer(nearest_neighbours(faint, TRAIN).relative, REAL)
    assert faint_share == pytest.approx(0.5, abs=0.1)


def test_share_nearer_by_hand() -> None:
    # Of the six pairs, 1 < 2 and 1 < 3 and 2 < 3 are nearer, 2 = 2 counts half.
    assert share_nearer(np.array([1.0, 2.0, 4.0]), np.array([2.0, 3.0])) == pytest.approx(3.5 / 6)
    assert share_nearer(REAL, REAL) == pytest.approx(0.5)


def test_copies_count_where_real_images_hold_copies_too() -> None:
    assert share_copied(np.zeros(4), np.array([0.0] * 5 + [1.0] * 5)) == 1


def test_images_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="needed"):
        nearest_neighbours(VAL[:, :14], TRAIN)
