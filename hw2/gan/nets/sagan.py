"""SAGAN (Zhang et al. 2019) at 64x64, as report 001 B prints it.

Spectral normalisation is on every convolution but the last and those of the attention. All
convolutions have a bias and keep torch's initialisation. The layers are registered in the order
of the print (l4, l1, l2, l3, last, attn1, attn2), which is not the one in which they run.
"""

import torch
from torch import Tensor, nn

from hw2.gan.interface import ImageGenerator, Networks
from hw2.nn.self_attention import SelfAttention
from hw2.nn.spectral_norm import spectral_norm


class Generator(ImageGenerator):
    """z (B, latent) -> images (B, 3, 64, 64) in [-1, 1], with attention at 16x16 and 32x32.

    Args:
        latent: size of z, drawn from N(0, 1).
    """

    def __init__(self, latent: int) -> None:
        super().__init__()
        self.latent = latent
        self.l4 = _up(128, 64, stride=2, padding=1)
        self.l1 = _up(latent, 512, stride=1, padding=0)
        self.l2 = _up(512, 256, stride=2, padding=1)
        self.l3 = _up(256, 128, stride=2, padding=1)
        self.last = nn.Sequential(nn.ConvTranspose2d(64, 3, 4, 2, 1), nn.Tanh())
        self.attn1 = SelfAttention(128)
        self.attn2 = SelfAttention(64)

    def draw_latent(self, count: int, rng: torch.Generator) -> Tensor:
        """z (count, latent) from N(0, 1)."""
        return torch.randn(count, self.latent, generator=rng, device=rng.device)

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images (B, 3, 64, 64); `labels` are ignored."""
        features = self.l1(latent[:, :, None, None])  # (B, 512, 4, 4)
        features = self.l2(features)  # (B, 256, 8, 8)
        features = self.attn1(self.l3(features))  # (B, 128, 16, 16)
        features = self.attn2(self.l4(features))  # (B, 64, 32, 32)
        images: Tensor = self.last(features)  # (B, 3, 64, 64)
        return images


class Discriminator(nn.Module):
    """Images (B, 3, 64, 64) in [-1, 1] -> scores (B,), unbounded; attention at 8x8 and 4x4."""

    def __init__(self) -> None:
        super().__init__()
        self.l4 = _down(256, 512)
        self.l1 = _down(3, 64)
        self.l2 = _down(64, 128)
        self.l3 = _down(128, 256)
        self.last = nn.Sequential(nn.Conv2d(512, 1, 4))
        self.attn1 = SelfAttention(256)
        self.attn2 = SelfAttention(512)

    def forward(self, images: Tensor) -> Tensor:
        """Scores (B,): higher is more real."""
        features = self.l2(self.l1(images))  # (B, 128, 16, 16)
        features = self.attn1(self.l3(features))  # (B, 256, 8, 8)
        features = self.attn2(self.l4(features))  # (B, 512, 4, 4)
        scores: Tensor = self.last(features).flatten()  # (B,)
        return scores


def _up(before: int, after: int, stride: int, padding: int) -> nn.Sequential:
    convolution = spectral_norm(nn.ConvTranspose2d(before, after, 4, stride, padding))
    return nn.Sequential(convolution, nn.BatchNorm2d(after), nn.ReLU())


def _down(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(spectral_norm(nn.Conv2d(before, after, 4, 2, 1)), nn.LeakyReLU(0.1))


def build(latent: int) -> Networks:
    """Both networks; torch's global generator draws the weights."""
    return Networks(Generator(latent), Discriminator())
