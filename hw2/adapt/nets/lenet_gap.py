"""DANN network of report 004 for 28x28 images (exact: the report gives its source code)."""

from torch import Tensor, nn

from hw2.adapt.shared.interface import AdaptNet

CHANNELS = 3


class LenetGap(AdaptNet):
    """Two 5x5 convolutions, a pooling that enlarges, 1200 features; no norms, no dropout."""

    LABEL_HEAD = "task_classifier"
    DOMAIN_HEAD = "domain_classifier"

    def __init__(self) -> None:
        super().__init__()
        self.extractor = nn.Sequential(
            nn.Conv2d(CHANNELS, 32, 5),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),  # (B, 32, 12, 12)
            nn.Conv2d(32, 48, 5),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),  # (B, 48, 4, 4)
        )
        # As in the report: each of the 5x5 windows averages one, two or four of the 4x4 values.
        self.avgpool = nn.AdaptiveAvgPool2d((5, 5))
        self.task_classifier = nn.Sequential(
            nn.Linear(1200, 100),
            nn.ReLU(inplace=True),
            nn.Linear(100, 100),
            nn.ReLU(inplace=True),
            nn.Linear(100, 10),
        )
        self.domain_classifier = nn.Sequential(
            nn.Linear(1200, 100), nn.ReLU(inplace=True), nn.Linear(100, 2)
        )

    def features(self, images: Tensor) -> Tensor:
        """(B, 3, 28, 28), or grey (B, 1, 28, 28) repeated to three channels -> (B, 1200)."""
        images = images.expand(-1, CHANNELS, -1, -1)  # (B, 3, 28, 28)
        return self.avgpool(self.extractor(images)).flatten(1)


def build() -> LenetGap:
    """The network with torch's default initialisation, drawn from its global generator."""
    return LenetGap()
