"""A trained adaptation network, to read images with."""

import numpy as np

from hw2.adapt.shared.params import AdaptNetSettings, AdaptRun
from hw2.adapt.training.build import build_net
from hw2.adapt.training.predict import Reading, predict
from hw2.core.errors import UserError
from hw2.core.generators import seeded
from hw2.core.params import read_names, read_section
from hw2.core.paths import WEIGHTS
from hw2.core.run import Run


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
        if not (self.run.folder / WEIGHTS).is_file():
            raise UserError(f"{name} has not been trained; run: dvc repro train_adapt@{name}")
        with seeded(*self.run.purpose("init")):  # leaves torch's global generator as it was
            self.net = self.run.load(build_net(names.net, settings), "net")

    def read(self, images: np.ndarray) -> Reading:
        """Read (N, 28, 28, 3) uint8 images, N >= 1, at the precision of params.yaml."""
        with self.run.autocast():
            return predict(self.net, images, self.run.device)


def _refuse_generators(name: str) -> None:
    for family in ("gan", "diffusion"):
        if name in read_names(family, "models"):
            raise UserError(f"{name} makes images ({family}); an adaptation run reads them")
