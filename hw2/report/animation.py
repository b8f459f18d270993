"""The reverse process as a moving picture: ten images side by side, from noise to image."""

import io
import re
from pathlib import Path

import numpy as np
from PIL import Image

from hw2.core.errors import UserError
from hw2.core.files import write_bytes
from hw2.data.arrays import ImageSet
from hw2.report.grids import tile

FRAME_MS, LAST_FRAME_MS = 110, 2500
QUALITY = 85
GAP, GAP_GREY = 1, 128  # not transparent, which would double the file; reads on white and on black


def process_frames(process: ImageSet, source: str) -> np.ndarray:
    """(F, H, W, 3) uint8: the states of all digits, each state one row of pictures, noise first.

    Args:
        process: F states of 10 digits, or of 10 images by number, named ``t=<t>/<digit>``.
        source: the file they came from, for the error message.

    Raises:
        UserError: a name of another form, or a state that lacks a digit.
    """
    states: dict[int, dict[int, np.ndarray]] = {}
    for name, image in zip(process.names, process.images, strict=True):
        match = re.fullmatch(r"t=(\d+)/(\d)", name)
        if match is None:
            raise UserError(f"{source}: {name!r} is not named t=<t>/<digit>; run dvc repro")
        states.setdefault(int(match[1]), {})[int(match[2])] = image
    if any(set(digits) != set(range(10)) for digits in states.values()):
        raise UserError(f"{source}: a state lacks a digit; delete the file and run dvc repro")
    rows = [np.stack([states[t][d] for d in range(10)]) for t in sorted(states, reverse=True)]
    pictures = np.stack([tile(row, 10, GAP) for row in rows])  # (F, H, W, 4)
    return np.where(pictures[..., 3:] == 0, np.uint8(GAP_GREY), pictures[..., :3])


def save_animation(frames: np.ndarray, path: Path) -> None:
    """Write (F, H, W, 3) uint8 frames as an animated WebP that rests on the last one, and repeats.

    Equal frames give equal bytes.
    """
    pictures = [Image.fromarray(frame) for frame in frames]
    durations = [FRAME_MS] * (len(frames) - 1) + [LAST_FRAME_MS]
    buffer = io.BytesIO()
    pictures[0].save(
        buffer,
        format="webp",
        save_all=True,
        append_images=pictures[1:],
        duration=durations,
        loop=0,
        quality=QUALITY,
    )
    write_bytes(path, buffer.getvalue())
