"""The two sides of an adaptation run: batches of the source and of the target."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from hw2.adapt.shared.params import AdaptNetSettings, AdaptRun
from hw2.core.lookup import build
from hw2.core.paths import prepared
from hw2.core.run import Run
from hw2.data.arrays import load_images
from hw2.data.batches import Augment, Batches
from hw2.data.colour_jitter import colour_jitter
from hw2.data.values import DIGITS


@dataclass(frozen=True)
class Side:
    """One domain's training images: their file, their batches, and what jitters them."""

    file: Path
    batches: Batches
    jitter: torch.Generator


def make_side(
    run: Run, side: str, domain: str, labelled: bool, names: AdaptRun, settings: AdaptNetSettings
) -> Side:
    """The batches of one side.

    Args:
        side: ``source`` or ``target``; each has its own random streams.
        labelled: whether the batches carry labels.
    """
    file, jitter = prepared(domain, "train"), run.generator("jitter", side)
    order = run.generator("order", side, on_cpu=True)
    augment, strong = (
        make_augment(names, settings, jitter),
        make_view(side, names, settings, jitter),
    )
    images = load_images(file)
    batches = Batches(images, settings.batch, order, run.device, labelled, DIGITS, augment, strong)
    return Side(file, batches, jitter)


def make_augment(
    names: AdaptRun, settings: AdaptNetSettings, rng: torch.Generator
) -> Augment | None:
    """Colour jitter where this run has one; it draws from `rng`."""
    jitter = settings.colour_jitter
    if jitter is None or jitter.target != names.target:
        return None
    return partial(colour_jitter, rng=rng, **jitter.model_dump(exclude={"target"}))


def make_view(
    side: str, names: AdaptRun, settings: AdaptNetSettings, rng: torch.Generator
) -> Augment | None:
    """The strong view of one side's images, where this network has one; it draws from `rng`."""
    if settings.views is None:
        return None
    key = f"adapt.nets.{names.net}.views"
    steps = [
        build("hw2.data.augment", view.kind, f"{key}.{view.kind}", **view.args)
        for view in settings.views
        if side in view.sides
        and view.source in (None, names.source)
        and view.target in (None, names.target)
    ]

    def strong(images: Tensor) -> Tensor:
        for step in steps:
            images = step(images, rng)
        return images

    return strong
