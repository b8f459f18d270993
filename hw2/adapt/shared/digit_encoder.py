"""Encoder and head of the repository that report 003 cites for its DANN, and again for its DSN.

The report prints neither; their layers are reconstructed from that repository.
"""

from torch import Tensor, nn


class DigitEncoder(nn.Module):
    """Images (B, 3, 28, 28) in [-1, 1] -> code (B, 512), not negative."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(3, 64, 5),
            nn.BatchNorm2d(64),
            nn.MaxPool2d(2),  # (B, 64, 12, 12)
            nn.ReLU(inplace=True),
            nn.Conv2d(64, 50, 5),
            nn.BatchNorm2d(50),
            nn.Dropout2d(0.5),
            nn.MaxPool2d(2),  # (B, 50, 4, 4)
            nn.ReLU(inplace=True),
        )
        self.fc = nn.Sequential(
            nn.Linear(800, 512), nn.BatchNorm1d(512), nn.Dropout(0.5), nn.ReLU(inplace=True)
        )

    def forward(self, images: Tensor) -> Tensor:
        code: Tensor = self.fc(self.conv(images).flatten(1))
        return code


def digit_head(outputs: int) -> list[nn.Module]:
    """The layers from a code (B, 512) to logits (B, outputs)."""
    hidden = [nn.Linear(512, 100), nn.BatchNorm1d(100), nn.ReLU(inplace=True)]
    return [*hidden, nn.Linear(100, outputs)]
