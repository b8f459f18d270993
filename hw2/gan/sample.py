"""Images from a generator, block by block."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import numpy as np
import torch

from hw2.core.sharing import progress_bar, shared_out
from hw2.data.asked import Asked, Block
from hw2.data.values import Pixels
from hw2.gan.interface import ImageGenerator

# Images that a network sees at once. It is no setting, since it changes how networks round.
BLOCK = {"cpu": 25, "cuda": 100}


@torch.inference_mode()
def sample(
    generator: ImageGenerator,
    asked: Asked,
    purpose: tuple[int, *tuple[str, ...]],
    device: torch.device,
    pixels: Pixels,
    size: int,
    autocast: Callable[[], AbstractContextManager[None]],
) -> Iterator[np.ndarray]:
    """Yield the images asked for, (B, size, size, 3) uint8; no image depends on the others.

    The generator is in evaluation mode: BatchNorm takes its running means. Several processes make
    the blocks in turn.

    Args:
        purpose: the seed, then what the noise is for.
        pixels: what the generator's values mean.
        autocast: a context in which networks compute at the precision wanted.
    """
    generator.eval()

    def make(part: tuple[Block, int]) -> np.ndarray:
        block, count = part
        labels = None if block.digit is None else block.labels(device)
        with autocast():
            latent = generator.draw_sample_latent(block.streams(device, *purpose))
            images = generator(latent, labels)
        return pixels.to_uint8(images[:count], size).cpu().numpy()

    with progress_bar("sample", len(asked), "image") as bar:
        for images in shared_out(asked.blocks(BLOCK[device.type]), make):
            yield images
            bar.update(len(images))
