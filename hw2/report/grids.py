"""Pictures made of images: the first faces, the digit grid, the steps of the reverse process."""

import re

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hw2.core.errors import UserError
from hw2.data.arrays import ImageSet

FACE_COLUMNS, FACE_COUNT = 8, 32
DIGIT_COLUMNS = 10
GAP = 2
# A grey that reads on white and on black: these pictures stand on either ground.
LABEL_GREY = (128, 128, 128, 255)


def face_grid(samples: ImageSet) -> Image.Image:
    """The first 32 images, in rows of 8, at their own size."""
    return _picture(tile(samples.images[:FACE_COUNT], FACE_COLUMNS))


def row_of(images: np.ndarray, zoom: int) -> Image.Image:
    """(N, H, W, 3) uint8 images side by side, enlarged `zoom` times without smoothing."""
    return _picture(tile(enlarge(images, zoom), len(images)))


def digit_grid(samples: ImageSet, source: str, zoom: int = 2) -> Image.Image:
    """Rows: digits 0 to 9, labelled at the left; columns: up to ten initial noises.

    Args:
        samples: sorted by label; image k of every class began from the same noise.
        source: the file the samples came from, for the error message.
        zoom: whole-number enlargement.

    Raises:
        UserError: the samples have no labels.
    """
    if samples.labels is None:
        raise UserError(f"{source}: no labels beside the digits; delete it and run dvc repro")
    side = samples.images.shape[1]
    grid = np.zeros((10, DIGIT_COLUMNS, side, side, 4), np.uint8)
    for digit in range(10):
        images = samples.images[samples.labels == digit][:DIGIT_COLUMNS]
        grid[digit, : len(images), ..., :3] = images
        grid[digit, : len(images), ..., 3] = 255
    body = tile(enlarge(grid.reshape(-1, side, side, 4), zoom), DIGIT_COLUMNS)
    margin, step = 14 * zoom, side * zoom + GAP
    picture = Image.new("RGBA", (margin + body.shape[1], body.shape[0]))
    picture.paste(_picture(body), (margin, 0))
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(10 * zoom)
    for digit in range(10):
        at = (margin // 2 - zoom, digit * step + step // 2)
        draw.text(at, str(digit), LABEL_GREY, font, anchor="mm")
    return picture


def reverse_strip(frames: ImageSet, source: str, zoom: int = 4) -> Image.Image:
    """The reverse process from left, noise at t = T, to right, the digit at t = 0, labelled.

    Args:
        frames: images named ``t=<step>``.
        source: the file the frames came from, for the error message.
        zoom: whole-number enlargement.

    Raises:
        UserError: a frame has a name of another form.
    """
    steps = [_step(name, source) for name in frames.names]
    order = np.argsort([-step for step in steps], kind="stable")
    body = tile(enlarge(frames.images[order], zoom), len(order))
    font = ImageFont.load_default(4 * zoom)
    picture = Image.new("RGBA", (body.shape[1], body.shape[0] + 7 * zoom))
    picture.paste(_picture(body))
    draw, side = ImageDraw.Draw(picture), frames.images.shape[2] * zoom
    for column, index in enumerate(order):
        at = (column * (side + GAP) + side // 2, body.shape[0] + 4 * zoom)
        draw.text(at, f"t = {steps[index]}", LABEL_GREY, font, anchor="mm")
    return picture


def pairs_grid(generated: np.ndarray, nearest: np.ndarray, zoom: int) -> Image.Image:
    """(N, S, S, 3) generated images in a row, below each its nearest training image."""
    both = np.concatenate([generated, nearest])
    return _picture(tile(enlarge(both, zoom), len(generated)))


def enlarge(images: np.ndarray, zoom: int) -> np.ndarray:
    """(N, H, W, C) to (N, zoom H, zoom W, C), each pixel a square."""
    return images.repeat(zoom, axis=1).repeat(zoom, axis=2)


def tile(images: np.ndarray, columns: int, gap: int = GAP) -> np.ndarray:
    """(N, H, W, 3 or 4) uint8 to one RGBA array, row by row, transparent between the images."""
    count, height, width, channels = images.shape
    rows = -(-count // columns)
    shape = rows * (height + gap) - gap, columns * (width + gap) - gap, 4
    canvas = np.zeros(shape, np.uint8)
    for index, image in enumerate(images):
        top, left = index // columns * (height + gap), index % columns * (width + gap)
        canvas[top : top + height, left : left + width, 3] = 255
        canvas[top : top + height, left : left + width, :channels] = image
    return canvas


def _picture(array: np.ndarray) -> Image.Image:
    return Image.fromarray(array, "RGBA")


def _step(name: str, source: str) -> int:
    match = re.fullmatch(r"t=(\d+)", name)
    if match is None:
        raise UserError(f"{source}: frame {name!r} is not named t=<step>; run dvc repro")
    return int(match[1])
