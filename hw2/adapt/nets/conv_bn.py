"""DANN network of report 001 for 28x28 images (exact: printed layer by layer)."""

from torch import nn

from hw2.adapt.shared.interface import AdaptNet


class ConvBn(AdaptNet):
    """Two 5x5 convolutions with BatchNorm, 768 features, two fully connected heads."""

    EXTRACTOR = "feature"
    LABEL_HEAD = "classifier"
    DOMAIN_HEAD = "discriminator"

    def __init__(self) -> None:
        super().__init__()
        self.feature = nn.Sequential(
            nn.Conv2d(3, 32, 5),
            nn.BatchNorm2d(32),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),  # (B, 32, 12, 12)
            nn.Conv2d(32, 48, 5),
            nn.BatchNorm2d(48),
            nn.Dropout2d(0.5),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),  # (B, 48, 4, 4)
        )
        self.classifier = nn.Sequential(*_hidden(768, 384), *_hidden(384, 192), nn.Linear(192, 10))
        self.discriminator = nn.Sequential(*_hidden(768, 384), nn.Linear(384, 2))


def _hidden(before: int, after: int) -> list[nn.Module]:
    return [nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU(inplace=True)]


def build() -> ConvBn:
    """The network with torch's default initialisation, drawn from its global generator."""
    return ConvBn()
