"""Images from a trained generator."""

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from hw2.data.values import Pixels
from hw2.gan.interface import ImageGenerator

CHUNK = 100


@torch.inference_mode()
def sample(
    generator: ImageGenerator,
    count: int,
    rng: torch.Generator,
    pixels: Pixels,
    size: int,
    labels: Tensor | None = None,
) -> np.ndarray:
    """`count` images (count, size, size, 3) uint8, in evaluation mode (running BatchNorm means).

    Args:
        rng: generator of the latents.
        pixels: what the generator's values mean.
        labels: (count,), for conditional generators.
    """
    generator.eval()
    chunks = []
    for start in tqdm(range(0, count, CHUNK), desc="sample", unit="chunk", disable=None):
        part = slice(start, min(start + CHUNK, count))
        latent = generator.draw_sample_latent(part.stop - part.start, rng)
        images = generator(latent, None if labels is None else labels[part])
        chunks.append(pixels.to_uint8(images, size).cpu())
    return torch.cat(chunks).numpy()
