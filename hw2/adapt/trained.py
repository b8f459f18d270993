"""A trained adaptation network, to read images with."""

from typing import NamedTuple

import numpy as np
import torch

from hw2.adapt.shared.params import AdaptNetSettings, AdaptRun
from hw2.adapt.training.build import build_net
from hw2.adapt.training.predict import predict
from hw2.core.errors import UserError
from hw2.core.generators import seeded
from hw2.core.params import read_names, read_section
from hw2.core.run import Run


class Reading(NamedTuple):
    """What a network makes of N images.

    Attributes:
        labels: (N,) int64 in 0..9, the digit that it sees.
        confidence: (N,) float32 in [0, 1], the probability that it gives to this digit.
        features: (N, F) float32.
    """

    labels: np.ndarray
    confidence: np.ndarray
    features: np.ndarray


class TrainedNet:
    """The network of one adaptation run, e.g. ``TrainedNet("mnistm_usps-dsn-dsn")``.

    Raises:
        UserError: params.yaml has no such run, or it has not been trained.
    """

    def __init__(self, name: str) -> None:
        _refuse_generators(name)
        names = read_section(AdaptRun, "adapt", "runs", name)
        settings = read_section(AdaptNetSettings, "adapt", "nets", names.net)
        self.run = Run("adapt", name)
        if not (self.run.folder / "weights.safetensors").is_file():
            raise UserError(f"{name} has not been trained; run: dvc repro train_adapt@{name}")
        with seeded(*self.run.purpose("init")):  # leaves torch's global generator as it was
            self.net = self.run.load(build_net(names.net, settings), "net")

    @torch.inference_mode()
    def read(self, images: np.ndarray) -> Reading:
        """Read (N, 28, 28, 3) uint8 images, N >= 1, at the precision of params.yaml."""
        with self.run.autocast():
            features, labels = predict(self.net, images, self.run.device)
            logits = self.net.label_logits(torch.from_numpy(features).to(self.run.device))
        chances = logits.float().softmax(1).cpu().numpy()  # (N, 10)
        return Reading(labels, chances[np.arange(len(labels)), labels], features)


def _refuse_generators(name: str) -> None:
    for family in ("gan", "diffusion"):
        if name in read_names(family, "models"):
            raise UserError(f"{name} makes images ({family}); an adaptation run reads them")
