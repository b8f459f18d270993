"""PNG files read anew in each epoch, by worker processes."""

from collections.abc import Iterator
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

WORKERS = 2


class Folder(Dataset[tuple[Tensor, int]]):
    """The PNG files of a folder, in [-1, 1]; a digit's name begins with its label."""

    def __init__(self, folder: Path) -> None:
        self.paths = sorted(folder.glob("*.png"))
        self.transform = transforms.Compose(
            [transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)]
        )

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        path = self.paths[index]
        label = path.name.split("_")[0]
        image = self.transform(Image.open(path).convert("RGB"))
        return image, int(label) if label.isdigit() else -1


def endless(folder: Path, batch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of images (B, 3, H, W) and labels (B,), epoch after epoch, on the GPU if there is."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    loader = DataLoader(Folder(folder), batch, shuffle=True, num_workers=WORKERS, drop_last=True)
    while True:
        for images, labels in loader:
            yield images.to(device), labels.to(device)
