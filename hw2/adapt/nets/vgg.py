"""DANN network of report 002 for 28x28 images: a guess.

The report describes it in prose alone: an extractor like VGG, and two fully connected classifiers.
Depth, widths, BatchNorm and Dropout are ours.
"""

from torch import nn

from hw2.adapt.shared.interface import AdaptNet


class Vgg(AdaptNet):
    """Six 3x3 convolutions in three stages, 2304 features, two heads of width 512."""

    EXTRACTOR = "feature"
    LABEL_HEAD = "class_classifier"
    DOMAIN_HEAD = "domain_classifier"

    def __init__(self) -> None:
        super().__init__()
        self.feature = nn.Sequential(
            *_stage(3, 64),  # (B, 64, 14, 14)
            *_stage(64, 128),  # (B, 128, 7, 7)
            *_stage(128, 256),  # (B, 256, 3, 3)
            nn.Flatten(),
        )
        self.class_classifier = nn.Sequential(*_head(10))
        self.domain_classifier = nn.Sequential(*_head(2))


def _stage(before: int, after: int) -> list[nn.Module]:
    """Two convolutions, then half the side."""
    layers: list[nn.Module] = []
    for channels in (before, after):
        layers += [
            nn.Conv2d(channels, after, 3, padding=1),
            nn.BatchNorm2d(after),
            nn.ReLU(inplace=True),
        ]
    return [*layers, nn.MaxPool2d(2)]


def _head(outputs: int) -> list[nn.Module]:
    hidden = [nn.Linear(2304, 512), nn.ReLU(inplace=True), nn.Dropout(0.5)]
    return [*hidden, nn.Linear(512, outputs)]


def build() -> Vgg:
    """The network with torch's default initialisation, drawn from its global generator."""
    return Vgg()
