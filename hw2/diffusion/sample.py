"""Digits from a trained model: a fixed number a class, and the reverse process of the first one."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from hw2.data.arrays import ImageSet, digit_names
from hw2.data.values import Pixels
from hw2.diffusion.interface import Sampler, Unet
from hw2.diffusion.schedule import Schedule

# Images at a time. On a CPU the widest layer's tensor stays below 32 MiB: larger ones the C library
# maps and unmaps each time. 1,000 digits took 84 s so, and 91 s with 100 at a time (two cores).
CHUNK = {"cpu": 25, "cuda": 1000}


def timesteps(total: int, steps: int) -> list[int]:
    """`steps` + 1 steps t that fall evenly from `total` to 0; `steps` is at most `total`."""
    return [round(t) for t in np.linspace(total, 0, steps + 1).tolist()]


@torch.inference_mode()
def sample(
    net: Unet,
    sampler: Sampler,
    schedule: Schedule,
    steps: Sequence[int],
    noise: Tensor,
    classes: int,
    rng: torch.Generator,
    reverse_t: Sequence[int],
    pixels: Pixels,
    size: int,
) -> tuple[ImageSet, ImageSet]:
    """Generate len(noise) images of every class; image k of each class begins from noise[k].

    Args:
        net: the network, with guidance.
        steps: t's that the sampler visits, from T to 0.
        noise: (N, 3, H, W), x_T.
        reverse_t: which t's to keep of the first image of class 0; each is replaced by the
            nearest visited one.
        pixels: what the network's values mean.
        size: side of the images to return.

    Returns:
        The images, class after class, named ``<digit>_<001..>.png``; and the kept states of the
        first, named ``t=<t>``, from noise to image.
    """
    kept = {min(steps, key=lambda t: abs(t - wanted)) for wanted in reverse_t}
    labels = torch.arange(classes, device=noise.device).repeat_interleave(len(noise))
    starts = noise.repeat(classes, 1, 1, 1)
    chunk = CHUNK[noise.device.type]
    images: list[Tensor] = []
    frames: dict[int, Tensor] = {}
    with tqdm(total=len(labels), desc="sample", unit="image", disable=None) as bar:
        for start in range(0, len(labels), chunk):
            part = slice(start, start + chunk)
            states = sampler(net, schedule, steps, starts[part], labels[part], rng)
            for t, x in zip(steps, states, strict=True):
                if start == 0 and t in kept:
                    frames[t] = x[:1]
            images.append(pixels.to_uint8(x, size).cpu())
            bar.update(len(x))
    digits = labels.cpu().numpy()
    strip = pixels.to_uint8(torch.cat(list(frames.values())), size).cpu().numpy()
    return (
        ImageSet(torch.cat(images).numpy(), digit_names(digits), digits),
        ImageSet(strip, [f"t={t}" for t in frames]),
    )
