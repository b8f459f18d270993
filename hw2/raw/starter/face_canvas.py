"""What every part of a drawn face paints with: soft edges, noise, colours, the final exposure.

Images are linear light, (3, FINE, FINE) float64; masks are (FINE, FINE) in [0, 1]. Everything is
float64 and elementwise (no matrix products), so that rounding to bytes hides the last bits in
which processors may differ.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from scipy.ndimage import uniform_filter

SIDE = 64
SUPERSAMPLING = 2
FINE = SIDE * SUPERSAMPLING
EDGE = 0.045  # width of an anti-aliased edge in head units, about 1.5 fine pixels
GAMMA = 2.2


def linear(rgb: Sequence[float] | np.ndarray) -> np.ndarray:
    """An 8-bit display colour as linear light, (3, 1, 1) in [0, 1]."""
    return ((np.asarray(rgb, dtype=np.float64) / 255) ** GAMMA).reshape(3, 1, 1)


def inside(distance: np.ndarray, softness: float = EDGE) -> np.ndarray:
    """Coverage in [0, 1] of the region where a signed distance is negative."""
    return np.clip(0.5 - distance / softness, 0, 1)


def smoothstep(value: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 below `low`, 1 above `high`, a cubic between; `low > high` turns it round."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def bump(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A smooth hill: 1 at the origin, 0 outside the unit circle."""
    hill = np.maximum(0, 1 - x * x - y * y)
    return hill * hill


def stroke(distance: np.ndarray, width: float, softness: float = EDGE) -> np.ndarray:
    """Coverage of the line of the given width along distance 0."""
    return inside(np.abs(distance) - width / 2, softness)


def paint(image: np.ndarray, mask: np.ndarray, colour: np.ndarray) -> None:
    """Cover `image` in place with `colour`, (3, 1, 1) or (3, FINE, FINE), where `mask` says."""
    image += mask * (colour - image)


def blur(mask: np.ndarray, radius: int) -> np.ndarray:
    """A box filter run twice: close to a Gaussian of standard deviation 0.8 `radius`."""
    size = 2 * radius + 1
    return uniform_filter(uniform_filter(mask, size, mode="nearest"), size, mode="nearest")


def moved(mask: np.ndarray, right: float, down: float) -> np.ndarray:
    """`mask` moved by whole fine pixels; what leaves at one border does not come back."""
    dx, dy = round(right), round(down)
    padded = np.pad(mask, ((max(dy, 0), max(-dy, 0)), (max(dx, 0), max(-dx, 0))), mode="edge")
    return padded[max(-dy, 0) :, max(-dx, 0) :][:FINE, :FINE]


@cache
def _cubic_taps(pixels: int, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """Start index and the four cubic B-spline weights of each fine pixel in a row of cells."""
    position = (np.arange(pixels) + 0.5) / FINE * cells
    start = position.astype(np.int64)
    t = position - start
    weights = [(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3]
    return start, np.stack(weights) / 6


def noise(
    rng: np.random.Generator,
    across: int,
    down: int | None = None,
    shape: tuple[int, ...] = (FINE, FINE),
) -> np.ndarray:
    """Smooth noise, roughly standard normal, of `shape` (at most FINE by FINE) fine pixels.

    The whole picture would hold `across` cells by `down` (as many as across when None).
    """
    rows, columns = down or across, across
    grid = rng.standard_normal((rows + 3, columns + 3)) * 2
    y, y_weights = _cubic_taps(shape[0], rows)
    x, x_weights = _cubic_taps(shape[1], columns)
    tall = sum(y_weights[k][:, None] * grid[y + k] for k in range(4))
    return np.asarray(sum(x_weights[k] * tall[:, x + k] for k in range(4)))


def strands(rng: np.random.Generator, across: np.ndarray, per_unit: float) -> np.ndarray:
    """Noise that depends on one coordinate only: fibres that run where `across` is constant."""
    knots = rng.standard_normal(257)
    return np.interp(np.mod(across * per_unit, 256), np.arange(257), knots)


def expose(image: np.ndarray, exposure: float, contrast: float, white: np.ndarray) -> np.ndarray:
    """Linear light to display values: average the fine pixels, scale, encode, bend.

    Returns:
        (SIDE, SIDE, 3) in [0, 1].
    """
    blocks = image.reshape(3, SIDE, SUPERSAMPLING, SIDE, SUPERSAMPLING).mean(axis=(2, 4))
    light = blocks * white * exposure
    shoulder = np.where(light > 0.7, 0.7 + 0.3 * np.tanh((light - 0.7) / 0.3), light)
    display = np.maximum(shoulder, 0) ** (1 / GAMMA)
    bent = display + contrast * display * (1 - display) * (2 * display - 1)
    return np.clip(bent, 0, 1).transpose(1, 2, 0)
