"""Features of a convolutional network with random weights, for images that ImageNet does not cover.

Naeem et al. 2020 (section 5) compare images by features of an untrained network, where those of
one trained on ImageNet would not fit. This is such a network, small (58 MFLOP for a 64x64 image)
and always the same: its weights come from a seed of their own, so figures of different runs, data
and machines compare with each other, though with nothing published.

Four 3x3 convolutions of 24, 48, 96 and 96 channels with ReLU, each but the last followed by
halving; weights normal with zero mean over each filter, but for six filters of the first layer,
which see brightness and colour. Channels are standardised once on 1/f noise, whose spectrum is
that of photographs (Field 1987). A feature is the logarithm of a channel's mean activation: over
the image in the first two layers (texture, sharpness, noise), over each of its four quarters in
the last two (what is where): 24 + 48 + 4 x 96 + 4 x 96 = 840 features.

What was tried, on 1,000 real faces against 1,000 others, intact or spoilt. With plain means instead
of logarithms, contrast times 0.7 moved the Frechet distance seven times as far as a blur of two
pixels (now about as far). With the last layer alone, noise of deviation 30 kept a precision of 0.92
(now 0.6). With activations normalised for each image, contrast times 0.7 kept a coverage of 0.78
(now 0.6). Without quarters, faces upside down kept a coverage of 0.7 to 0.8 (now 0.4). Another seed
changed the values but no order. docs/scores.md has the figures of the form chosen.
"""

import math
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from hw2.core.sharing import shared_out

WIDTHS = (24, 48, 96, 96)
GRIDS = (1, 1, 2, 2)  # a feature is a mean over each cell of this grid
FEATURES = sum(width * grid**2 for width, grid in zip(WIDTHS, GRIDS, strict=True))
PLAIN_FILTERS = 6  # filters of the first layer that see brightness and colour
WEIGHT_SEED = 2020
NOISE_IMAGES = 64
NOISE_DEVIATION = 0.5
SHARED_COLOUR = 0.65  # the part of the noise that its three colours have in common
FLOOR = 0.1  # added to an activation, whose deviation is 1, before the logarithm
BATCH = 100


class RandomNetwork:
    """Images to 840 features; the same for all images of one size.

    Args:
        size: side of the images in pixels, at least 16: 64 for faces, 28 for digits.
        device: where it computes.
    """

    def __init__(self, size: int, device: torch.device) -> None:
        generator = torch.Generator().manual_seed(WEIGHT_SEED)
        noise = _noise(size, generator)
        self._layers = _standardised(_draw_weights(generator), noise)
        deviation, mean = torch.std_mean(self._forward(noise), dim=0)
        self._mean, self._deviation = mean.to(device), deviation.to(device)
        self._layers = [(weight.to(device), bias.to(device)) for weight, bias in self._layers]
        self._device = device

    def features(self, images: np.ndarray) -> np.ndarray:
        """(N, size, size, 3) uint8 images to (N, 840) float32, standardised on the noise.

        Raises:
            ValueError: the images are not uint8 (N, H, W, 3).
        """
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] != 3:
            raise ValueError(f"images are {images.dtype} {images.shape}, not uint8 NHW3")

        def extract(start: int) -> np.ndarray:
            part = torch.from_numpy(images[start : start + BATCH]).to(self._device)
            values = part.permute(0, 3, 1, 2).float() / 127.5 - 1
            return ((self._forward(values) - self._mean) / self._deviation).cpu().numpy()

        # TensorFloat-32 would round each product on a GPU to three digits.
        exact = torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False)
        with torch.inference_mode(), exact:
            return np.concatenate(list(shared_out(range(0, len(images), BATCH), extract)))

    def _forward(self, images: Tensor) -> Tensor:
        """(B, 3, size, size) in [-1, 1] to (B, 840)."""
        found = []
        x = images
        for layer, (weight, bias) in enumerate(self._layers):
            x = F.relu(_convolve(_halved(x, layer), weight) + bias[:, None, None])
            cells = F.adaptive_avg_pool2d(x, GRIDS[layer])  # (B, C, grid, grid)
            found.append((cells + FLOOR).log().flatten(1))
        return torch.cat(found, dim=1)


def _draw_weights(generator: torch.Generator) -> list[Tensor]:
    """(outputs, inputs, 3, 3) for each layer."""
    weights = []
    for layer, (inputs, outputs) in enumerate(pairwise((3, *WIDTHS))):
        weight = torch.randn(outputs, inputs, 3, 3, generator=generator)
        balanced = weight[PLAIN_FILTERS:] if layer == 0 else weight
        balanced -= balanced.mean(dim=(1, 2, 3), keepdim=True)
        weights.append(weight)
    return weights


def _standardised(weights: list[Tensor], noise: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Weight and bias (outputs,) of each layer: on the noise, channels have mean 0, deviation 1."""
    layers = []
    x = noise
    for layer, weight in enumerate(weights):
        x = _convolve(_halved(x, layer), weight)
        deviation, mean = torch.std_mean(x, dim=(0, 2, 3))
        layers.append((weight / deviation[:, None, None, None], -mean / deviation))
        x = F.relu((x - mean[:, None, None]) / deviation[:, None, None])
    return layers


def _convolve(images: Tensor, weight: Tensor) -> Tensor:
    return F.conv2d(F.pad(images, (1, 1, 1, 1), mode="reflect"), weight)


def _halved(images: Tensor, layer: int) -> Tensor:
    """The input of a layer: half the size of the output before it; the first gets the images."""
    return F.avg_pool2d(images, 2) if layer else images


def _noise(size: int, generator: torch.Generator) -> Tensor:
    """(64, 3, size, size) in [-1, 1]: noise whose amplitude falls as 1 / frequency."""
    frequency = torch.fft.fftfreq(size)
    radius = torch.hypot(frequency[:, None], frequency)
    radius[0, 0] = 1 / (2 * size)  # brightness varies most, as in photographs
    white = torch.randn(NOISE_IMAGES, 3, size, size, generator=generator)
    white = (1 - SHARED_COLOUR) * white + SHARED_COLOUR * white.sum(dim=1, keepdim=True)
    noise = torch.fft.ifft2(torch.fft.fft2(white) / radius).real
    return (noise * (NOISE_DEVIATION / math.sqrt(noise.var().item()))).clamp(-1, 1)
