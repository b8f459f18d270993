"""Endless shuffled batches from images held in memory or on the device."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import torch
from torch import Tensor

from hw2.core.errors import UserError
from hw2.core.processes import count, own_rows
from hw2.data.arrays import ImageSet
from hw2.data.values import Pixels

Augment = Callable[[Tensor], Tensor]


def in_turn(steps: Sequence[Augment]) -> Augment:
    """One augmentation that does all of `steps`."""
    return lambda images: reduce(lambda done, step: step(done), steps, images)


@dataclass(frozen=True)
class Batch:
    """Images (B, 3, H, W) as a network sees them and, where they may be seen, labels (B,).

    `strong` are the same images, strongly augmented, where a method wants such a second view.
    """

    images: Tensor
    labels: Tensor | None = None
    strong: Tensor | None = None


class Batches:
    """Epoch after epoch in a new order each; the last, incomplete batch of an epoch is dropped.

    Of several processes each has all images, and gets its rows of each batch.

    Args:
        images: the set; it is moved to `device` once, as uint8.
        batch: images in a batch.
        generator: CPU generator of the order.
        labelled: False hides the labels from whoever reads the batches.
        pixels: size and value range of the batches.
        augment: what is done to each batch of images, e.g. colour jitter.
        strong: what makes the second view of each batch, if there is one.

    Raises:
        UserError: the set is smaller than one batch, or has no labels where they are needed.
    """

    def __init__(
        self,
        images: ImageSet,
        batch: int,
        generator: torch.Generator,
        device: torch.device,
        labelled: bool,
        pixels: Pixels,
        augment: Augment | None = None,
        strong: Augment | None = None,
    ) -> None:
        if batch % count():
            raise UserError(
                f"batch {batch} cannot be shared out evenly among {count()} processes; "
                "change batch or compute.devices"
            )
        if len(images) < batch:
            raise UserError(
                f"batch {batch} is larger than the data set ({len(images)} images); lower batch"
            )
        if labelled and images.labels is None:
            raise UserError("labels are needed, but this data set has none")
        self._images = torch.from_numpy(images.images).to(device)
        labels = images.labels if labelled else None
        self._labels = None if labels is None else torch.from_numpy(labels).to(device)
        self._batch, self._generator = batch, generator
        self._pixels, self._augment, self._strong = pixels, augment, strong
        self._order = torch.empty(0, dtype=torch.int64)
        self._next = 0

    def draw(self) -> Batch:
        """The next batch, or this process's share of it."""
        if self._next + self._batch > len(self._order):
            order = torch.randperm(len(self._images), generator=self._generator)
            self._order, self._next = order.to(self._images.device), 0
        chosen = own_rows(self._order[self._next : self._next + self._batch])
        self._next += self._batch
        labels = None if self._labels is None else self._labels[chosen]
        images = self._pixels.to_model(self._images[chosen])
        images = self._augment(images) if self._augment else images
        return Batch(images, labels, self._strong(images) if self._strong else None)

    def state_dict(self) -> dict[str, Any]:
        """Where in which order the next batch begins."""
        return {"order": self._order, "next": self._next, "rng": self._generator.get_state()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a saved place."""
        self._order, self._next = state["order"].to(self._images.device), state["next"]
        self._generator.set_state(state["rng"])
