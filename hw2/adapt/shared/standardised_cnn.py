"""The layers of the networks that see all digits with the same contrast.

Not of a report: they follow common practice for small images (3x3 convolutions, BatchNorm, leaky
ReLU, dropout, global average pooling).
"""

import torch
from torch import Tensor, nn

from hw2.adapt.shared.interface import AdaptNet
from hw2.data.values import resize, standardised

SIDE = 32
SLOPE = 0.1


class StandardisedCnn(AdaptNet):
    """Seven convolutions on standardised channels; features are their means over the image.

    Args:
        channels: that `look` makes of an image.
        width: channels of the first convolution; up to four times as many later.
        dropout: probability, after the second and the third pooling.
        negatives: in evaluation, whether features are the mean of an image's and its negative's;
            for trainings that show both, after which neither tells more than the other.
    """

    EXTRACTOR = "extractor"
    LABEL_HEAD = "label_head"
    DOMAIN_HEAD = "domain_head"

    def __init__(self, channels: int, width: int, dropout: float, negatives: bool) -> None:
        super().__init__()
        self.negatives = negatives
        n = width
        self.extractor = nn.Sequential(
            *_convolution(channels, n, 5),
            nn.MaxPool2d(2),  # (B, n, 16, 16)
            *_convolution(n, 2 * n),
            *_convolution(2 * n, 2 * n),
            nn.MaxPool2d(2),  # (B, 2n, 8, 8)
            nn.Dropout2d(dropout),
            *_convolution(2 * n, 4 * n),
            *_convolution(4 * n, 4 * n),
            *_convolution(4 * n, 4 * n),
            nn.MaxPool2d(2),  # (B, 4n, 4, 4)
            nn.Dropout2d(dropout),
            *_convolution(4 * n, 4 * n),
            nn.AdaptiveAvgPool2d(1),  # (B, 4n, 1, 1)
        )
        self.label_head = nn.Linear(4 * n, 10)
        self.domain_head = nn.Sequential(
            nn.Linear(4 * n, 4 * n), nn.LeakyReLU(SLOPE, inplace=True), nn.Linear(4 * n, 2)
        )

    def look(self, images: Tensor) -> Tensor:
        """Images (B, 3, 28, 28) in [-1, 1] -> (B, channels, 28, 28), of any contrast."""
        raise NotImplementedError

    def features(self, images: Tensor) -> Tensor:
        """Images (B, 3, 28, 28) in [-1, 1] -> (B, 4 width)."""
        seen = resize(standardised(self.look(images)), SIDE)  # (B, channels, 32, 32)
        seen = seen.contiguous(memory_format=torch.channels_last)
        if self.training or not self.negatives:
            return super().features(seen)
        return torch.stack(super().features(torch.cat([seen, -seen])).chunk(2)).mean(0)


def _convolution(before: int, after: int, kernel: int = 3) -> list[nn.Module]:
    return [
        nn.Conv2d(before, after, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(after),
        nn.LeakyReLU(SLOPE, inplace=True),
    ]
