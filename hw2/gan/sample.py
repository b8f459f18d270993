"""Images from a trained generator."""

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from hw2.data.values import to_uint8
from hw2.gan.interface import ImageGenerator

CHUNK = 100


@torch.inference_mode()
def sample(
    generator: ImageGenerator, count: int, rng: torch.Generator, labels: Tensor | None = None
) -> np.ndarray:
    """`count` images (count, H, W, 3) uint8, in evaluation mode (running BatchNorm statistics).

    Args:
        rng: generator of the latents.
        labels: (count,), for conditional generators.
    """
    generator.eval()
    chunks = []
    for start in tqdm(range(0, count, CHUNK), desc="sample", unit="chunk", disable=None):
        part = slice(start, min(start + CHUNK, count))
        latent = generator.draw_latent(part.stop - part.start, rng)
        images = generator(latent, None if labels is None else labels[part])
        chunks.append(to_uint8(images).cpu())
    return torch.cat(chunks).numpy()
