"""Images from a trained model, block by block."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from hw2.core.sharing import progress_bar, shared_out
from hw2.data.asked import Asked, Block
from hw2.data.values import Pixels
from hw2.diffusion.interface import Predictor, Sampler
from hw2.diffusion.process import Process
from hw2.diffusion.schedule import Schedule

# Images that a network sees at once. It is no setting, since it changes how networks round. A CPU
# is hardly slower by tens than by hundreds, and few images are wasted where few are asked for.
BLOCK = {"cpu": 10, "cuda": 100}


@dataclass(frozen=True)
class Denoiser:
    """All that leads from noise to images.

    Attributes:
        predict: the network, with guidance.
        steps: t's that the sampler visits, from T to 0.
        pixels: what the network's values mean.
        conditional: whether the network knows digits.
    """

    predict: Predictor
    sampler: Sampler
    schedule: Schedule
    steps: Sequence[int]
    pixels: Pixels
    conditional: bool = True


@torch.inference_mode()
def sample(
    denoiser: Denoiser,
    asked: Asked,
    purpose: tuple[int, *tuple[str, ...]],
    device: torch.device,
    size: int,
    process: Process | None = None,
) -> Iterator[np.ndarray]:
    """Yield the images asked for, (B, size, size, 3) uint8; none depends on the others.

    Image k of each digit begins from the same noise x_T; what samplers add is each image's own.
    Without digits both come from the image's one stream.
    Several processes make the blocks in turn.

    Args:
        purpose: the seed, then what the noise is for.
        process: notes the states on the way.
    """
    side, pixels = denoiser.pixels.size, denoiser.pixels

    def make(part: tuple[Block, int]) -> np.ndarray:
        block, count = part
        start = block.shared_streams(device, *purpose)
        noise = start.normal(3, side, side)
        if denoiser.conditional:
            labels, added = block.labels(device), block.streams(device, *purpose)
        else:
            labels, added = torch.zeros(len(noise), dtype=torch.int64, device=device), start
        states = denoiser.sampler(
            denoiser.predict, denoiser.schedule, denoiser.steps, noise, labels, added
        )
        for t, x in zip(denoiser.steps, states, strict=True):
            if process is not None:
                process.see(t, block, x, pixels)
        return pixels.to_uint8(x[:count], size).cpu().numpy()

    with progress_bar("sample", len(asked), "image") as bar:
        for images in shared_out(asked.blocks(BLOCK[device.type]), make):
            yield images
            bar.update(len(images))
    if process is not None:
        process.complete()
