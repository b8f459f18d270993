"""1,000 guided digits: what the sampling stage calls, against ancestral sampling in small batches.

Both sides are timed on a part, of which the rest is a repetition: ours on one block of images
through all its steps, the plain one on a few of the T steps of one batch. The times of 1,000 digits
are scaled up from these. Whether fewer steps cost quality is not measured here.
"""

from collections.abc import Callable
from contextlib import chdir
from dataclasses import asdict
from typing import Any

import numpy as np
import torch

from benchmarks.machine import READ_AND_WRITTEN, seconds
from benchmarks.plain.sampling import load, sample
from benchmarks.project import SAMPLED, SAMPLED_WEIGHTS, Project
from benchmarks.work import Flops, Work
from hw2.core.generators import torch_generator
from hw2.data.asked import Asked
from hw2.diffusion.params import DiffusionModel
from hw2.diffusion.sample import BLOCK
from hw2.diffusion.trained import TrainedDiffusion

IMAGES = 1000
SAMPLER = "ancestral"  # the cheapest that lost nothing (docs/speed.md), with its steps at full
ROUNDS = 3
SMALL_BATCH = 10  # of the plain sampler: one image of each digit
PLAIN_STEPS = {"cpu": 5, "cuda": 100}  # timed, of all T
AIM = {"cpu": 20, "cuda": 50}
FLOAT = 4  # bytes


def measure(project: Project, device: torch.device) -> dict[str, Any]:
    """The entry of the results: the work of 1,000 digits, and the seconds of both sides."""
    with chdir(project.folder):
        model = TrainedDiffusion(SAMPLED, SAMPLER)
        block, settings = BLOCK[device.type], model.settings
        asked = Asked({0: block})

        def ours() -> None:
            np.concatenate(list(model.images(asked, 0)))

        plain, steps = plain_part(device), PLAIN_STEPS[device.type]
        with Flops() as flops:
            ours()
    raw: dict[str, list[float]] = {"ours": [], "plain": []}
    for _ in range(ROUNDS):
        raw["ours"] += seconds(ours, device, 1)
        raw["plain"] += seconds(plain, device, 1)
    blocks, batches = IMAGES / block, IMAGES / SMALL_BATCH
    moved = blocks * model.evaluations * bytes_of_evaluation(project, block, settings)
    return {
        "what": f"{IMAGES:,} guided digits, context_unet, {SAMPLER}, {model.evaluations} steps",
        "batch": block,
        "precision": project.params["compute"]["precision"],
        "work": asdict(Work(blocks * flops.total, moved)),
        "raw": raw,
        "plain_steps": {"timed": steps, "of": settings.timesteps, "batch": SMALL_BATCH},
        "ours": [blocks * each for each in raw["ours"]],
        "plain": [batches * settings.timesteps / steps * each for each in raw["plain"]],
        "aim": AIM[device.type],
    }


def bytes_of_evaluation(project: Project, block: int, settings: DiffusionModel) -> int:
    """Each weight read once; images, of which guidance asks twice, read and written once."""
    weights = (project.folder / SAMPLED_WEIGHTS).stat().st_size
    asked = 2 if settings.guidance else 1
    return weights + READ_AND_WRITTEN * FLOAT * asked * block * 3 * settings.image_size**2


def plain_part(device: torch.device) -> Callable[[], object]:
    """The first steps of one small batch."""
    net, settings, beta = load(SAMPLED_WEIGHTS, device)
    rng = torch_generator(device, 0, "benchmarks", "sampling")
    shape = (SMALL_BATCH, 3, settings.image_size, settings.image_size)
    x = torch.randn(shape, generator=rng, device=device)
    labels = torch.arange(SMALL_BATCH, device=device)
    steps = PLAIN_STEPS[device.type]
    return lambda: sample(net, x, labels, beta, settings.guidance, steps)
