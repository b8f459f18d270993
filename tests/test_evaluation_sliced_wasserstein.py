"""Sliced Wasserstein distance: its pyramid, and its ordering of better and worse images."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from hw2.evaluation.sliced_wasserstein import (
    SlicedWasserstein,
    _distances,
    distances_of_draws,
    laplacian_pyramid,
    sliced_wasserstein,
)


def textures(seed: int, count: int = 24, size: int = 64) -> np.ndarray:
    """(count, size, size, 3) uint8 images of smoothed noise."""
    noise = np.random.default_rng(seed).normal(size=(count, size, size, 3))
    return (128 + 200 * gaussian_filter(noise, (0, 1.5, 1.5, 0))).clip(0, 255).astype(np.uint8)


def distance(real: np.ndarray, generated: np.ndarray, seed: int = 0) -> SlicedWasserstein:
    return sliced_wasserstein(real, generated, np.random.default_rng(seed))


def test_levels_follow_the_image_size() -> None:
    assert list(distance(textures(0, 3), textures(1, 3)).levels) == [64, 32, 16]
    assert list(distance(textures(0, 3, 28), textures(1, 3, 28)).levels) == [28, 14]


def test_a_flat_image_lies_wholly_in_the_coarsest_band() -> None:
    fine, middle, coarse = laplacian_pyramid(np.full((1, 64, 64, 3), 100, dtype=np.uint8))
    assert np.abs(fine).max() < 1e-3
    assert np.abs(middle).max() < 1e-3
    assert coarse.shape == (1, 16, 16, 3)
    assert coarse == pytest.approx(100, abs=1e-3)


def test_one_bright_pixel_by_hand() -> None:
    image = np.zeros((1, 28, 28, 1), dtype=np.uint8)
    image[0, 14, 14] = 255
    fine, coarse = laplacian_pyramid(image)
    centre, beside = 6 / 16, 1 / 16  # the binomial filter at offsets 0 and 2
    assert coarse[0, 7, 7, 0] == pytest.approx(255 * centre**2)
    assert coarse[0, 7, 8, 0] == pytest.approx(255 * centre * beside)
    # Scaled up again, an even pixel has weights 6/8 of its own and 1/8 of each neighbour's value.
    up = centre * 6 / 8 + 2 * beside / 8
    assert fine[0, 14, 14, 0] == pytest.approx(255 * (1 - up**2))


def test_two_samples_of_one_distribution_are_nearer_than_blurred_ones() -> None:
    real, same = textures(0), textures(1)
    near, far = distance(real, same), distance(real, gaussian_filter(same, (0, 3, 3, 0)))
    assert far.levels[64] > 2 * near.levels[64]  # blur takes the fine band first
    assert near.mean == pytest.approx(np.mean(list(near.levels.values())))


def test_same_generator_same_value() -> None:
    real, same = textures(0, 4), textures(1, 4)
    assert distance(real, same, seed=3) == distance(real, same, seed=3)
    assert distance(real, same, seed=3) != distance(real, same, seed=4)


def test_draws_are_scored_together_as_each_would_be() -> None:
    real, blurred = textures(0), gaussian_filter(textures(1), (0, 2, 2, 0))
    near, far, again = distances_of_draws(
        real, [textures(1), blurred, textures(1)], np.random.default_rng(0)
    )
    assert far.levels[64] > 2 * near.levels[64]
    assert again.mean == pytest.approx(near.mean, rel=0.2)  # other patches of the same images
    alone = distances_of_draws(real, [blurred], np.random.default_rng(3))
    assert alone == [distance(real, blurred, seed=3)]


def test_moved_points_by_hand() -> None:
    # Along a direction u the sets lie |u_1| apart; in two dimensions E |u_1| = 2 / pi.
    points = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    moved = points + np.array([1, 0], dtype=np.float32)
    assert _distances([points, points, moved], np.random.default_rng(0)) == pytest.approx(
        [0, 2 / np.pi], abs=0.05
    )


def test_images_of_one_colour_give_a_finite_value() -> None:
    grey = np.full((4, 64, 64, 3), 127, dtype=np.uint8)
    assert np.isfinite(distance(textures(0, 4), grey).mean)


def test_unequal_sets_are_refused() -> None:
    with pytest.raises(ValueError, match="equal"):
        distance(textures(0, 3), textures(1, 2))
