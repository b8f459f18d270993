"""DANN network of report 000 for 28x28 images (exact: printed layer by layer).

It pools before the ReLU, where the network of report 001 (`conv_bn`) pools after it. The two orders
compute the same function, since the ReLU is monotone; only the print tells them apart.
"""

from torch import nn

from hw2.adapt.shared.interface import AdaptNet


class ConvWide(AdaptNet):
    """Two 5x5 convolutions with BatchNorm, 2048 features, two heads of width 100."""

    EXTRACTOR = "feature"
    LABEL_HEAD = "class_classifier"
    DOMAIN_HEAD = "domain_classifier"

    def __init__(self) -> None:
        super().__init__()
        self.feature = nn.Sequential(
            nn.Conv2d(3, 64, 5),
            nn.BatchNorm2d(64),
            nn.MaxPool2d(2),  # (B, 64, 12, 12)
            nn.ReLU(inplace=True),
            nn.Conv2d(64, 128, 5),
            nn.BatchNorm2d(128),
            nn.Dropout2d(0.5),
            nn.MaxPool2d(2),  # (B, 128, 4, 4)
            nn.ReLU(inplace=True),
            nn.Flatten(),
        )
        self.class_classifier = nn.Sequential(
            nn.Linear(2048, 100),
            nn.BatchNorm1d(100),
            nn.ReLU(inplace=True),
            nn.Linear(100, 100),
            nn.BatchNorm1d(100),
            nn.ReLU(),
            nn.Linear(100, 10),
        )
        self.domain_classifier = nn.Sequential(
            nn.Linear(2048, 100), nn.BatchNorm1d(100), nn.ReLU(inplace=True), nn.Linear(100, 2)
        )


def build() -> ConvWide:
    """The network with torch's default initialisation, drawn from its global generator."""
    return ConvWide()
