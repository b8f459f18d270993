"""ACGAN (Odena et al. 2017) for 32x32 digits, as report 003 prints it.

BatchNorm's eps of 0.8 is the print's: the implementation that the report cites passes the number
by position, where eps stands. That the label's embedding multiplies z, which no print can show, is
that implementation's too.
"""

import torch
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.gan.interface import CLASSES, ImageGenerator, Networks
from hw2.nn.init import dcgan_init

EPS = 0.8


class Generator(ImageGenerator):
    """z (B, latent) and labels (B,) -> images (B, 3, 32, 32) in [-1, 1].

    Args:
        latent: size of z, drawn from N(0, 1).
        classes: number of labels, from 0.
    """

    def __init__(self, latent: int, classes: int) -> None:
        super().__init__()
        self.latent, self.classes = latent, classes
        self.label_emb = nn.Embedding(classes, latent)
        self.l1 = nn.Sequential(nn.Linear(latent, 128 * 8 * 8))
        self.conv_blocks = nn.Sequential(
            nn.BatchNorm2d(128),
            *_up(128, 128),
            *_up(128, 64),
            nn.Conv2d(64, 3, 3, 1, 1),
            nn.Tanh(),
        )

    def draw_latent(self, count: int, rng: torch.Generator) -> Tensor:
        """z (count, latent) from N(0, 1)."""
        return torch.randn(count, self.latent, generator=rng, device=rng.device)

    def draw_labels(self, count: int, rng: torch.Generator) -> Tensor:
        """Labels (count,), each class equally likely."""
        return torch.randint(self.classes, (count,), generator=rng, device=rng.device)

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images (B, 3, 32, 32).

        Raises:
            UserError: there are no labels.
        """
        if labels is None:
            raise UserError("gan.models: the net 'acgan' needs labels; choose data that have some")
        features = self.l1(self.label_emb(labels) * latent)  # (B, 8192)
        images: Tensor = self.conv_blocks(features.unflatten(1, (128, 8, 8)))  # (B, 3, 32, 32)
        return images


class Discriminator(nn.Module):
    """Images (B, 3, 32, 32) in [-1, 1] -> probabilities of being real (B,) and of labels (B, K).

    Images of 28x28 fit as well: both sizes end at 2x2.

    Args:
        classes: number of labels, K.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv_blocks = nn.Sequential(
            *_down(3, 16),
            *_down(16, 32),
            nn.BatchNorm2d(32, eps=EPS),
            *_down(32, 64),
            nn.BatchNorm2d(64, eps=EPS),
            *_down(64, 128),
            nn.BatchNorm2d(128, eps=EPS),
        )
        self.adv_layer = nn.Sequential(nn.Linear(512, 1), nn.Sigmoid())
        self.aux_layer = nn.Sequential(nn.Linear(512, classes), nn.Softmax(dim=1))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Probabilities of being real (B,), and of each label (B, K)."""
        features = self.conv_blocks(images).flatten(1)  # (B, 512)
        # In bfloat16 the sigmoid is exactly 1 from 6 on, where the loss has no gradient left.
        real = self.adv_layer[1](self.adv_layer[0](features).float()).flatten()  # (B,)
        labels = self.aux_layer[1](self.aux_layer[0](features).float())  # (B, K)
        return real, labels


def _up(before: int, after: int) -> list[nn.Module]:
    return [
        nn.Upsample(scale_factor=2),
        nn.Conv2d(before, after, 3, 1, 1),
        nn.BatchNorm2d(after, eps=EPS),
        nn.LeakyReLU(0.2, inplace=True),
    ]


def _down(before: int, after: int) -> list[nn.Module]:
    convolution = nn.Conv2d(before, after, 3, 2, 1)
    return [convolution, nn.LeakyReLU(0.2, inplace=True), nn.Dropout2d(0.25)]


def build(latent: int, classes: int) -> Networks:
    """Both networks with DCGAN's initialisation, drawn from torch's global generator.

    The linear layers and the embedding keep torch's own.
    """
    nets = Networks(Generator(latent, classes), Discriminator(classes), frozenset({CLASSES}))
    for network in nets.modules().values():
        dcgan_init(network)
    return nets
