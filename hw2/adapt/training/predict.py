"""Features and predictions of a trained network."""

from collections.abc import Mapping

import numpy as np
import torch

from hw2.adapt.shared.interface import AdaptNet
from hw2.core.compiled import eager
from hw2.data.arrays import ImageSet
from hw2.data.values import DIGITS

CHUNK = 500


@torch.inference_mode()
def predict(
    net: AdaptNet, images: np.ndarray, device: torch.device
) -> tuple[np.ndarray, np.ndarray]:
    """Features (N, F) float32 and predicted labels (N,) of images (N, 28, 28, 3) uint8.

    The network is put into evaluation mode.
    """
    net.eval()
    features, labels = [], []
    with eager(net):
        for start in range(0, len(images), CHUNK):
            part = torch.from_numpy(images[start : start + CHUNK]).to(device)
            chunk = net.features(DIGITS.to_model(part))
            features.append(chunk.float().cpu())
            labels.append(net.label_logits(chunk).argmax(1).cpu())
    return torch.cat(features).numpy(), torch.cat(labels).numpy()


def outcome(
    net: AdaptNet,
    val: Mapping[str, ImageSet],
    mapped: int,
    rng: np.random.Generator,
    device: torch.device,
) -> dict[str, np.ndarray]:
    """Predictions of all val images, and features of some of them; labels are not looked at.

    Args:
        val: images of both sides, ``source`` and ``target``.
        mapped: number of images of each side, at most, whose features are kept.
        rng: chooses them.

    Returns:
        ``<side>_predicted`` (N,), ``<side>_mapped`` (M,) indices, ``<side>_features`` (M, F).
    """
    found: dict[str, np.ndarray] = {}
    for side, images in val.items():
        features, predicted = predict(net, images.images, device)
        chosen = np.sort(rng.permutation(len(images))[:mapped])
        found[f"{side}_predicted"] = predicted
        found[f"{side}_mapped"], found[f"{side}_features"] = chosen, features[chosen]
    return found
