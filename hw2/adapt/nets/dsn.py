"""DSN network of report 003 for 28x28 images (Bousmalis et al. 2016, Domain Separation Networks).

Reconstructed: the report prints no layer and cites two repositories; this is the digits form of the
one that is also its source for DANN. What is shared is the code that both heads read.
"""

from torch import Tensor, nn

from hw2.adapt.shared.digit_encoder import DigitEncoder, digit_head
from hw2.adapt.shared.interface import SeparatingNet


class Dsn(SeparatingNet):
    """Three encoders of one form, private to the source, private to the target and shared.

    Every code has 512 values. The decoder reads the sum of a private and the shared code.
    """

    EXTRACTOR = "shared_encoder"
    LABEL_HEAD = "class_classifier"
    DOMAIN_HEAD = "domain_classifier"

    def __init__(self) -> None:
        super().__init__()
        self.source_encoder = DigitEncoder()
        self.target_encoder = DigitEncoder()
        self.shared_encoder = DigitEncoder()
        self.class_classifier = nn.Sequential(*digit_head(10))
        self.domain_classifier = nn.Sequential(*digit_head(2))
        self.decoder_fc = nn.Sequential(nn.Linear(512, 800), nn.ReLU(inplace=True))
        self.decoder_conv = nn.Sequential(
            *_grow(50, kernel=4, stride=2, padding=1),  # (B, 64, 8, 8)
            *_grow(64, kernel=5, stride=1, padding=0),  # (B, 64, 12, 12)
            *_grow(64, kernel=4, stride=2, padding=1),  # (B, 64, 24, 24)
            nn.ConvTranspose2d(64, 3, 5, bias=False),  # (B, 3, 28, 28)
            nn.Tanh(),
        )

    def source_code(self, images: Tensor) -> Tensor:
        """Private code: (B, 3, 28, 28) of the source -> (B, 512)."""
        code: Tensor = self.source_encoder(images)
        return code

    def target_code(self, images: Tensor) -> Tensor:
        """Private code: (B, 3, 28, 28) of the target -> (B, 512)."""
        code: Tensor = self.target_encoder(images)
        return code

    def reconstruct(self, code: Tensor) -> Tensor:
        """Private plus shared code (B, 512) -> images (B, 3, 28, 28) in [-1, 1], float32."""
        hidden = self.decoder_fc(code).unflatten(1, (50, 4, 4))  # (B, 50, 4, 4)
        values = self.decoder_conv[:-1](hidden)  # (B, 3, 28, 28)
        # In bfloat16 the tanh is exactly 1 from 3.5 on, where the loss has no gradient left.
        images: Tensor = self.decoder_conv[-1](values.float())
        return images


def _grow(channels: int, kernel: int, stride: int, padding: int) -> list[nn.Module]:
    """To a larger map of 64 channels."""
    convolution = nn.ConvTranspose2d(channels, 64, kernel, stride, padding, bias=False)
    return [convolution, nn.BatchNorm2d(64), nn.ReLU(inplace=True)]


def build() -> Dsn:
    """The network, drawn from torch's global generator and initialised as in that repository.

    Weights of (transposed) convolutions are uniform after Glorot & Bengio 2010, equation 16, those
    of BatchNorm N(1, 0.02); everything else keeps torch's initialisation.
    """
    network = Dsn()
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.xavier_uniform_(module.weight)
        elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1.0, 0.02)
    return network
