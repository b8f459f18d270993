"""Target accuracy over time: a curve to look at. No training, and no choice, depends on it."""

import numpy as np
import torch
from torch import Tensor

from hw2.adapt.shared.interface import AdaptNet
from hw2.adapt.training.predict import predict
from hw2.data.arrays import ImageSet


class TargetCurve:
    """Measures accuracy on a few target val images, every now and then.

    Args:
        images: target val images with labels.
        count: how many of them are read, at most.
        every: steps between measurements.
        rng: chooses them.
    """

    def __init__(self, images: ImageSet, count: int, every: int, rng: np.random.Generator) -> None:
        chosen = np.sort(rng.permutation(len(images))[:count])
        self.images, self.labels = images.images[chosen], images.digits[chosen]
        self.every = every

    def due(self, step: int) -> bool:
        """Whether accuracy is measured after `step`, counted from 0."""
        return (step + 1) % self.every == 0

    def measure(self, net: AdaptNet, device: torch.device) -> Tensor:
        """Accuracy in [0, 1] of the network, whose mode is left as it was."""
        training = net.training
        predicted = predict(net, self.images, device).labels
        net.train(training)
        return torch.tensor((predicted == self.labels).mean(), dtype=torch.float32, device=device)
