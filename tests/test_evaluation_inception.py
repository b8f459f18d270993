"""Inception features and FID, held against pytorch-fid's own network and pipeline."""

import hashlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.linalg import sqrtm
from torch import nn

from hw2.core.errors import UserError
from hw2.evaluation.frechet import frechet_distance
from hw2.evaluation.inception import Inception, build_network, features, load_network

# isort: split
from pytorch_fid import fid_score, inception

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A file in the published format with random values, and its checksum."""
    generator = torch.Generator().manual_seed(0)
    network = build_network()
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, generator=generator)
        elif isinstance(module, nn.BatchNorm2d) and module.running_mean is not None:
            module.running_mean.normal_(0, 0.1, generator=generator)
    path = tmp_path_factory.mktemp("inception") / "random.pth"
    torch.save(network.state_dict(), path)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    """12 images (12, 64, 64, 3) uint8 of noise, of growing contrast and brightness."""
    noise = np.random.default_rng(0).normal(size=(12, 64, 64, 3))
    step = np.arange(12)[:, None, None, None]
    return (noise * (5 + 4 * step) + 60 + 10 * step).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def network(weights: tuple[Path, str]) -> Inception:
    return load_network(*weights)


@pytest.fixture(scope="module")
def found(network: Inception, images: np.ndarray) -> np.ndarray:
    return features(network.trunk, images, batch=5, device=CPU)


@pytest.fixture(scope="module")
def expected(
    weights: tuple[Path, str], images: np.ndarray, tmp_path_factory: pytest.TempPathFactory
) -> np.ndarray:
    """pytorch-fid's activations of the same images as PNG files, without its download."""
    folder = tmp_path_factory.mktemp("images")
    paths = [folder / f"{i:02}.png" for i in range(len(images))]
    for path, image in zip(paths, images, strict=True):
        Image.fromarray(image).save(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            inception,
            "load_state_dict_from_url",
            lambda url, progress: torch.load(weights[0], weights_only=True),
        )
        network = inception.InceptionV3([inception.InceptionV3.BLOCK_INDEX_BY_DIM[2048]])
    return fid_score.get_activations(paths, network, batch_size=6, num_workers=0)


def test_features_are_those_of_pytorch_fid(found: np.ndarray, expected: np.ndarray) -> None:
    assert found.shape == (12, 2048)
    assert (found.std(axis=0) > 0.01).sum() > 1000  # the images do differ
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * expected.std())


def test_fid_is_that_of_pytorch_fid(
    found: np.ndarray, expected: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Four of the 2,048 features, since its square root of a large singular matrix takes a minute.
    # SciPy 1.18 no longer takes the argument `disp` that it passes.
    columns = np.argsort(-expected.std(axis=0))[:4]
    patched = SimpleNamespace(sqrtm=lambda product, disp: (sqrtm(product), None))
    monkeypatch.setattr(fid_score, "linalg", patched)
    first, second = expected[::2, columns], expected[1::2, columns]
    moments = [m for s in (first, second) for m in (s.mean(axis=0), np.cov(s, rowvar=False))]
    value = fid_score.calculate_frechet_distance(*moments)
    distance = frechet_distance(found[::2, columns], found[1::2, columns])
    assert distance == pytest.approx(value, rel=1e-4)


def test_logits_are_the_last_layers_without_its_bias(
    weights: tuple[Path, str], network: Inception, found: np.ndarray
) -> None:
    state = torch.load(weights[0], weights_only=True)
    last = nn.Linear(2048, 1008)
    last.load_state_dict({"weight": state["fc.weight"], "bias": state["fc.bias"]})
    with torch.no_grad():
        expected = last(torch.from_numpy(found)) - last.bias
    np.testing.assert_allclose(network.logits(found), expected.numpy(), rtol=1e-3, atol=1e-3)


def test_another_checksum_is_refused(weights: tuple[Path, str]) -> None:
    with pytest.raises(UserError, match="not the FID Inception weights"):
        load_network(weights[0])


@pytest.mark.parametrize("content", [b"no weights at all", b""])
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.pth"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"other\.pth: does not hold the FID Inception network"):
        load_network(path, hashlib.sha256(content).hexdigest())


def test_another_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    torch.save(nn.Linear(2, 2).state_dict(), path)
    with pytest.raises(UserError, match="does not hold the FID Inception network"):
        load_network(path, hashlib.sha256(path.read_bytes()).hexdigest())


def test_float_images_are_refused(weights: tuple[Path, str]) -> None:
    with pytest.raises(ValueError, match="not uint8"):
        features(nn.Identity(), np.zeros((2, 64, 64, 3)), batch=2, device=CPU)
