"""Features and predictions of a trained network."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch

from hw2.adapt.shared.interface import AdaptNet
from hw2.core.compiled import eager
from hw2.core.generators import torch_generator
from hw2.core.sharing import shared_out
from hw2.data.arrays import ImageSet
from hw2.data.augment.geometry import Geometry
from hw2.data.batches import Augment
from hw2.data.values import DIGITS

CHUNK = 500
MILD = Geometry(zoom=(0.9, 1.1), aspect=0.1, rotation=10.0, shear=0.1, shift=0.05)


class Reading(NamedTuple):
    """What a network makes of N images.

    Attributes:
        labels: (N,) int64 in 0..9, the digit that it sees.
        chances: (N, 10) float32 in [0, 1], the probability that it gives to each digit.
        features: (N, F) float32.
    """

    labels: np.ndarray
    chances: np.ndarray
    features: np.ndarray

    @property
    def confidence(self) -> np.ndarray:
        """(N,), the probability of the digit that it sees."""
        return self.chances[np.arange(len(self.labels)), self.labels]


@torch.inference_mode()
def predict(
    net: AdaptNet, images: np.ndarray, device: torch.device, change: Augment | None = None
) -> Reading:
    """Read images (N, 28, 28, 3) uint8; the network is put into evaluation mode.

    Args:
        change: what is done to the images before, 500 at a time.
    """
    net.eval()

    def read(start: int) -> tuple[np.ndarray, ...]:
        part = DIGITS.to_model(torch.from_numpy(images[start : start + CHUNK]).to(device))
        if change is not None:
            with torch.autocast(device.type, enabled=False):  # as in training
                part = change(part)
        features = net.features(part)
        logits = net.label_logits(features)
        found = (logits.argmax(1), logits.float().softmax(1), features.float())
        return tuple(each.cpu().numpy() for each in found)

    with eager(net):  # the last chunk is smaller
        parts = list(shared_out(range(0, len(images), CHUNK), read))
    return Reading(*(np.concatenate(each) for each in zip(*parts, strict=True)))


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
        reading = predict(net, images.images, device)
        chosen = np.sort(rng.permutation(len(images))[:mapped])
        found[f"{side}_predicted"] = reading.labels
        found[f"{side}_mapped"], found[f"{side}_features"] = chosen, reading.features[chosen]
        if side == "target":
            found |= label_free(net, images.images, reading, device)
    return found


def label_free(
    net: AdaptNet, images: np.ndarray, reading: Reading, device: torch.device
) -> dict[str, np.ndarray]:
    """Criteria by which trainings can be compared without a label, each ().

    Args:
        reading: the network's, of these images.

    Returns:
        ``entropy``, the mean entropy of the answers in nats, which is low where the network is
        sure; ``information``, the entropy of the mean answer minus that (Bridle et al. 1991), high
        where it is sure and gives all digits; ``agreement``, the share of images whose answer
        stays the same after a small random change of place, size and slant.
    """
    rng = torch_generator(device, 0, "adapt", "label-free agreement")
    changed = predict(net, images, device, lambda part: MILD(part, rng))
    sure = _entropy(reading.chances).mean()
    return {
        "entropy": sure,
        "information": _entropy(reading.chances.mean(0)) - sure,
        "agreement": (changed.labels == reading.labels).mean(),
    }


def _entropy(chances: np.ndarray) -> np.ndarray:
    """Over the last axis, in nats."""
    return torch.special.entr(torch.from_numpy(chances).double()).sum(-1).numpy()
