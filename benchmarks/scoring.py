"""Scoring 1,000 faces, and the Frechet distance of features against scipy's matrix root."""

import time
from collections.abc import Callable
from contextlib import chdir
from dataclasses import asdict
from typing import Any

import numpy as np
import torch

from benchmarks.machine import seconds
from benchmarks.plain import fid
from benchmarks.project import Project
from benchmarks.work import Flops, Work
from hw2.core.params import read_section
from hw2.core.paths import prepared
from hw2.core.seeds import numpy_generator
from hw2.data.arrays import load_images
from hw2.evaluation.face_rate import face_rate
from hw2.evaluation.face_scores import RealFaces, face_scores, load_networks
from hw2.evaluation.feature_scores import RANDOM, FeatureSet, feature_scores
from hw2.evaluation.frechet import frechet_distance
from hw2.evaluation.params import EvaluationSettings
from hw2.evaluation.sliced_wasserstein import distances_of_draws

IMAGES = 1000
FEATURES = 2048  # as many as the FID Inception network gives
ROUNDS = 2
FID_AIM = 20


def faces(project: Project, device: torch.device) -> dict[str, Any]:
    """The entry of the results: time of all scores, and of each; work of the network's pass.

    Scored are train faces against as many val faces. The Inception network is left out.
    """
    with chdir(project.folder):
        settings = read_section(EvaluationSettings, "evaluation")
        draw, val = (load_images(prepared("face", s)).images[:IMAGES] for s in ("train", "val"))
    networks = load_networks(None, device)
    real = RealFaces.measure(val, networks, settings.neighbours)
    extract = networks.extractors[RANDOM]
    with Flops() as flops:
        seen = FeatureSet.of(extract(draw), settings.neighbours)
    rng = numpy_generator(0, "benchmarks", "scoring")
    parts: dict[str, Callable[[], object]] = {
        "features of the random network": lambda: extract(draw),
        "face rate": lambda: face_rate(draw),
        "sliced Wasserstein distance": lambda: distances_of_draws(val, [draw], rng),
        "distances of features": lambda: feature_scores(
            RANDOM, real.sets[RANDOM], seen, settings, rng
        ),
        "all": lambda: face_scores([draw], real, networks, settings, rng),
    }
    times = {name: once(part) for name, part in parts.items()}
    features = [times.pop("features of the random network")]
    features += seconds(lambda: extract(draw), device, ROUNDS)
    return {
        "what": f"{len(draw):,} faces through the random network",
        "batch": len(draw),
        "precision": "32-true",
        "work": asdict(Work(flops.total, draw.nbytes + seen.features.nbytes)),
        "ours": features,
        "parts": times,
    }


def frechet() -> dict[str, Any]:
    """The entry of the results: seconds of one distance by either way, and both values."""
    rng = numpy_generator(0, "benchmarks", "fid")
    mixing = rng.standard_normal((FEATURES, FEATURES)) / FEATURES**0.5
    first, second = (
        (rng.standard_normal((IMAGES, FEATURES)) @ mixing).astype(np.float32) for _ in range(2)
    )
    raw: dict[str, list[float]] = {"ours": [], "plain": []}
    raw["plain"].append(once(lambda: fid.frechet_distance(first, second)))
    raw["ours"] += [once(lambda: frechet_distance(first, second)) for _ in range(ROUNDS)]
    return {
        "what": f"FID of {IMAGES:,} and {IMAGES:,} images, after {FEATURES:,} features",
        "aim": FID_AIM,
        **raw,
    }


def once(work: Callable[[], object]) -> float:
    """Seconds of work that ends on the CPU."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
