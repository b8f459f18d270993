"""The random network: the same every time, standardised, and it sees what it should."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from hw2.evaluation.frechet import frechet_distance
from hw2.evaluation.random_network import FEATURES, RandomNetwork

CPU = torch.device("cpu")
PINNED = [1.4511, -3.8568, 0.8217, 1.5311]


@pytest.fixture(scope="module")
def network() -> RandomNetwork:
    return RandomNetwork(64, CPU)


def blobs(seed: int, count: int = 120) -> np.ndarray:
    """(count, 64, 64, 3) uint8: a bright ellipse above the middle on a darker, textured ground."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:64, :64]
    x0, y0, r = (rng.uniform(a, b, (count, 1, 1)) for a, b in ((26, 38), (18, 26), (8, 14)))
    face = ((x - x0) ** 2 + 0.6 * (y - y0) ** 2 < r**2)[..., None]
    ground = gaussian_filter(rng.normal(size=(count, 64, 64, 3)), (0, 1, 1, 0)) * 90 + 90
    colour = rng.uniform(120, 240, (count, 1, 1, 3))
    return np.where(face, colour, ground).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def real(network: RandomNetwork) -> np.ndarray:
    return network.features(blobs(0))


def distance(network: RandomNetwork, real: np.ndarray, images: np.ndarray) -> float:
    return frechet_distance(real, network.features(images))


@pytest.mark.parametrize("size", [64, 28])
def test_weights_are_the_same_whatever_the_global_generator(size: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, size, size, 3), dtype=np.uint8)
    torch.manual_seed(1)
    first = RandomNetwork(size, CPU).features(images)
    torch.manual_seed(2)
    assert np.array_equal(first, RandomNetwork(size, CPU).features(images))
    assert first.shape == (3, FEATURES) and first.dtype == np.float32


def test_values_are_pinned(network: RandomNetwork) -> None:
    # Figures of different runs compare only as long as the network stays what it is.
    ramp = np.arange(64 * 64 * 3, dtype=np.int64).reshape(1, 64, 64, 3) % 256
    found = network.features(ramp.astype(np.uint8))[0]
    assert found[[0, 100, 500, 839]] == pytest.approx(PINNED, abs=1e-3)


def test_an_images_features_do_not_depend_on_its_batch(
    network: RandomNetwork, real: np.ndarray
) -> None:
    np.testing.assert_allclose(network.features(blobs(0)[101:103]), real[101:103], atol=1e-4)


def test_blur_noise_and_lost_modes_are_ordered(network: RandomNetwork, real: np.ndarray) -> None:
    same = blobs(1)
    pixels = same.astype(np.float32)
    noise = np.random.default_rng(0).normal(size=pixels.shape)
    near = distance(network, real, same)
    blurred = [distance(network, real, gaussian_filter(same, (0, s, s, 0))) for s in (0.7, 2)]
    noisy = [
        distance(network, real, (pixels + s * noise).clip(0, 255).astype(np.uint8))
        for s in (15, 40)
    ]
    few = [distance(network, real, np.tile(same[:n], (120 // n, 1, 1, 1))) for n in (12, 3)]
    for worse, worst in (blurred, noisy, few):
        assert near < worse < worst


def test_it_sees_which_way_up(network: RandomNetwork, real: np.ndarray) -> None:
    turned = np.ascontiguousarray(blobs(1)[:, ::-1])
    assert distance(network, real, turned) > 2 * distance(network, real, blobs(1))


def test_other_arrays_are_refused(network: RandomNetwork) -> None:
    with pytest.raises(ValueError, match="not uint8"):
        network.features(np.zeros((2, 64, 64, 3)))
