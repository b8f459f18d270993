"""DANN network of report 003 for 28x28 images (reconstructed from the repository that it cites).

Both heads end in LogSoftmax, for the negative log-likelihood. Log-probabilities are logits too, and
softmax leaves them as they are: the cross-entropy of the methods is that same loss.
"""

from torch import Tensor, nn

from hw2.adapt.shared.digit_encoder import DigitEncoder, digit_head
from hw2.adapt.shared.interface import AdaptNet


class ConvMlp(AdaptNet):
    """Two 5x5 convolutions and a fully connected layer, 512 features, two heads of width 100."""

    EXTRACTOR = "feature_extractor"
    LABEL_HEAD = "class_classifier"
    DOMAIN_HEAD = "domain_classifier"

    def __init__(self) -> None:
        super().__init__()
        self.feature_extractor = DigitEncoder()
        self.class_classifier = nn.Sequential(*digit_head(10), nn.LogSoftmax(dim=1))
        self.domain_classifier = nn.Sequential(*digit_head(2), nn.LogSoftmax(dim=1))

    def label_logits(self, features: Tensor) -> Tensor:
        """(B, 512) -> log-probabilities (B, 10), float32."""
        return _log_probabilities(self.class_classifier, features)

    def domain_logits(self, features: Tensor) -> Tensor:
        """(B, 512) -> log-probabilities (B, 2), float32."""
        return _log_probabilities(self.domain_classifier, features)


def _log_probabilities(head: nn.Sequential, features: Tensor) -> Tensor:
    logits = head[:-1](features)
    # Rounded to bfloat16, log-probabilities no longer sum to 1.
    log_probabilities: Tensor = head[-1](logits.float())
    return log_probabilities


def build() -> ConvMlp:
    """The network with torch's default initialisation, drawn from its global generator."""
    return ConvMlp()
