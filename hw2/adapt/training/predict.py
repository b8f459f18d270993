"""Features and predictions of a trained network."""

from collections.abc import Mapping

import numpy as np
import torch

from hw2.adapt.shared.interface import AdaptNet
from hw2.core.compiled import eager
from hw2.core.sharing import shared_out
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

    def read(start: int) -> tuple[np.ndarray, np.ndarray]:
        part = torch.from_numpy(images[start : start + CHUNK]).to(device)
        chunk = net.features(DIGITS.to_model(part))
        labels = net.label_logits(chunk).argmax(1)
        return chunk.float().cpu().numpy(), labels.cpu().numpy()

    with eager(net):  # the last chunk is smaller
        parts = list(shared_out(range(0, len(images), CHUNK), read))
    features, labels = (np.concatenate(each) for each in zip(*parts, strict=True))
    return features, labels


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
