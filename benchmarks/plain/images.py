"""PNG files read anew in each epoch, by worker processes: ... FOLDER BATCH EPOCHS."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from hw2.core.vision import torchvision

WORKERS = 2


class Folder(Dataset[tuple[Tensor, int]]):
    """The PNG files of a folder, in [-1, 1]; a digit's name begins with its label and "_"."""

    def __init__(self, folder: Path) -> None:
        self.paths = sorted(folder.glob("*.png"))
        transforms = torchvision.transforms
        self.transform = transforms.Compose(
            [transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)]
        )

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        path = self.paths[index]
        digit, underscore, _ = path.name.partition("_")
        image = self.transform(Image.open(path).convert("RGB"))
        return image, int(digit) if underscore else -1


def loader(folder: Path, batch: int) -> DataLoader[Any]:
    """Shuffled batches of images (B, 3, H, W) and labels (B,), on the CPU."""
    return DataLoader(
        Folder(folder),
        batch,
        shuffle=True,
        num_workers=WORKERS,
        drop_last=True,
        pin_memory=torch.cuda.is_available(),
        persistent_workers=True,
    )


def endless(folder: Path, batch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches epoch after epoch, on the GPU if there is one."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    batches = loader(folder, batch)
    while True:
        for images, labels in batches:
            yield images.to(device, non_blocking=True), labels.to(device, non_blocking=True)


def read(folder: Path, batch: int, epochs: int) -> None:
    """Read every image once an epoch, and do nothing with it."""
    batches = loader(folder, batch)
    for _ in range(epochs):
        for images, _ in batches:
            del images


if __name__ == "__main__":
    read(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
