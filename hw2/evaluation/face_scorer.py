"""What generated faces are measured against, and with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from hw2.core.device import find_device
from hw2.core.params import Compute, read_section
from hw2.core.paths import FACE_FEATURES, prepared
from hw2.data.arrays import load_images
from hw2.evaluation.face_scores import Networks, RealFaces, face_scores, load_networks
from hw2.evaluation.params import EvaluationSettings
from hw2.evaluation.weights import find_weights


@dataclass(frozen=True)
class FaceScorer:
    """Real val faces, and the networks that they were measured by.

    Attributes:
        settings: the section ``evaluation``.
    """

    real: RealFaces
    networks: Networks
    settings: EvaluationSettings

    @classmethod
    def load(cls, domain: str) -> Self:
        """With what stages/score_real.py measured, by the networks that it had.

        Raises:
            UserError: that is missing, or of other images, or weights are missing.
        """
        settings = read_section(EvaluationSettings, "evaluation")
        val = load_images(prepared(domain, "val")).images
        real = RealFaces.load(FACE_FEATURES, val, settings.neighbours)
        weights = find_weights(settings.weights_path) if "inception" in real.sets else None
        device = find_device(read_section(Compute, "compute"))
        return cls(real, load_networks(weights, device), settings)

    def scores(
        self, draws: Sequence[np.ndarray], generator: np.random.Generator
    ) -> list[dict[str, Any]]:
        """Of each draw (N, 64, 64, 3) uint8, those of `hw2.evaluation.face_scores`."""
        return face_scores(draws, self.real, self.networks, self.settings, generator)
