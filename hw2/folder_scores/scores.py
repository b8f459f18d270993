"""Scores of any set of images, however few or odd: what cannot be computed is named, with why."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hw2.evaluation.feature_scores import FEWEST, INCEPTION, RANDOM

# What `hw2.evaluation.feature_scores` gives: by pairs of images, and by their neighbours.
BY_PAIRS = {INCEPTION: ["fid", "kid"], RANDOM: ["random_fd", "random_kid"]}
NEIGHBOUR_SCORES = ["precision", "recall", "density", "coverage"]
BY_NEIGHBOURS = {
    INCEPTION: NEIGHBOUR_SCORES,
    RANDOM: [f"{RANDOM}_{name}" for name in NEIGHBOUR_SCORES],
}


@dataclass
class FolderScores:
    """What could be computed of N images against M real ones.

    Attributes:
        n: N.
        n_real: M.
        scores: finite numbers, or lists and mappings of them, by name.
        real: the same scores of as many other real images, where they are known.
        left_out: why a score is not there, by its name.
    """

    n: int
    n_real: int
    scores: dict[str, Any] = field(default_factory=dict)
    real: dict[str, Any] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    def add(self, found: Mapping[str, Any]) -> None:
        """Take in scores; one that is no finite number is left out."""
        for name, value in found.items():
            if isinstance(value, float) and not math.isfinite(value):
                self.left_out[name] = "it is no finite number for these images"
            else:
                self.scores[name] = value

    def add_real(self, found: Mapping[str, float]) -> None:
        """Take in finite scores of real images, beside those that are there."""
        known = {name: found[name] for name in self.scores if name in found}
        self.real |= {name: value for name, value in known.items() if math.isfinite(value)}

    def leave_out(self, names: Iterable[str], why: str) -> None:
        """Record scores that cannot be computed."""
        for name in names:
            self.scores.pop(name, None)
            self.left_out[name] = why

    def leave_out_distances(self, network: str, n: int, n_real: int, neighbours: int) -> None:
        """Record the distances for which `n` and `n_real` images are too few.

        Args:
            network: ``random``, with which goes `swd`, or ``inception``.
            neighbours: k of precision, recall, density and coverage.
        """
        of_pairs = [*BY_PAIRS[network], *(["swd", "swd_by_level"] if network == RANDOM else [])]
        for names, fewest in ((of_pairs, FEWEST), (BY_NEIGHBOURS[network], neighbours + 1)):
            if min(n, n_real) < fewest:
                why = f"{fewest} images and {fewest} real ones are needed, not {n} and {n_real}"
                self.leave_out(names, why)
