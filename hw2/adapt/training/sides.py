"""The two sides of an adaptation run: batches of the source and of the target."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from hw2.adapt.shared.params import AdaptNetSettings, AdaptRun, ViewSettings
from hw2.core.lookup import build, find
from hw2.core.paths import prepared
from hw2.core.run import Run
from hw2.core.seeds import numpy_generator
from hw2.data.arrays import load_images
from hw2.data.batches import Augment, Batches, in_turn
from hw2.data.colour_jitter import colour_jitter
from hw2.data.values import DIGITS


@dataclass(frozen=True)
class Side:
    """One domain's training images: their file, their batches, and what jitters them."""

    file: Path
    batches: Batches
    jitter: torch.Generator


def make_side(
    run: Run, side: str, names: AdaptRun, settings: AdaptNetSettings, most: int | None
) -> Side:
    """The batches of one side, with what the run's method may see of them.

    Args:
        side: ``source`` or ``target``; each has its own random streams.
        most: of the images, drawn at random; None: all.
    """
    method = find("hw2.adapt.methods", names.method)
    labelled = side == "source" or method.SEES_TARGET_LABELS
    file = prepared(names.source if side == "source" else names.target, "train")
    order, jitter = run.generator("order", side, on_cpu=True), run.generator("jitter", side)
    always, strong = make_jitter(names, settings, jitter), make_view(side, names, settings, jitter)
    if not method.TWO_VIEWS:
        always, strong = [*always, *strong], []
    images = load_images(file).at_most(most, numpy_generator(*run.purpose("subset", side)))
    batches = Batches(
        images,
        settings.batch,
        order,
        run.device,
        labelled,
        DIGITS,
        in_turn(always),
        in_turn(strong) if method.TWO_VIEWS else None,
    )
    return Side(file, batches, jitter)


def make_jitter(names: AdaptRun, settings: AdaptNetSettings, rng: torch.Generator) -> list[Augment]:
    """Colour jitter where this run has one; it draws from `rng`."""
    jitter = settings.colour_jitter
    if jitter is None or jitter.target != names.target:
        return []
    return [partial(colour_jitter, rng=rng, **jitter.model_dump(exclude={"target"}))]


def make_view(
    side: str, names: AdaptRun, settings: AdaptNetSettings, rng: torch.Generator
) -> list[Augment]:
    """The augmentations of one side of this run, in their order; they draw from `rng`."""
    return [
        partial(build("hw2.data.augment", view.kind, key(names, view), **view.args), rng=rng)
        for view in settings.views or []
        if side in view.sides
        and view.source in (None, names.source)
        and view.target in (None, names.target)
    ]


def key(names: AdaptRun, view: ViewSettings) -> str:
    """Where params.yaml has the arguments."""
    return f"adapt.nets.{names.net}.views.{view.kind}"
