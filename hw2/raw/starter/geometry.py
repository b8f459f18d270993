"""Batched resampling of small grey images: every image has a transform of its own."""

import numpy as np
from scipy import ndimage


def centred_grid(size: int) -> np.ndarray:
    """Homogeneous pixel coordinates (3, size * size): y, x from the image's centre, and 1."""
    axis = np.arange(size, dtype=np.float32) - (size - 1) / 2
    y, x = np.meshgrid(axis, axis, indexing="ij")
    return np.stack([y.ravel(), x.ravel(), np.ones(size * size, np.float32)])


def warp(images: np.ndarray, matrices: np.ndarray, size: int, shift: np.ndarray) -> np.ndarray:
    """Resample each image through its homography, bilinearly; the border is continued outwards.

    Args:
        images: (N, H, H) float32.
        matrices: (N, 3, 3); image n takes its value at output pixel p from input pixel
            matrices[n] @ p, both as (y, x, 1) in pixels from the centre.
        size: height and width of the output.
        shift: (N, 2, size, size), input pixels added after the homography, or (1, 2, 1, 1) zeros.

    Returns:
        (N, size, size) float32.
    """
    points = matrices.astype(np.float32) @ centred_grid(size)  # (N, 3, size * size)
    where = (points[:, :2] / points[:, 2:]).reshape(-1, 2, size, size)
    where = where + shift + (images.shape[-1] - 1) / 2
    warped = np.empty((len(images), size, size), np.float32)
    for image, coordinates, output in zip(images, where, warped, strict=True):
        ndimage.map_coordinates(image, coordinates, output, order=1, mode="nearest")
    return warped


def linear_maps(
    scale_y: np.ndarray, scale_x: np.ndarray, slant: np.ndarray, angle: np.ndarray
) -> np.ndarray:
    """Homographies (N, 3, 3) that turn by `angle` (radians), slant (dx/dy), then scale each axis.

    All arguments are (N,); a scale is input pixels per output pixel, so 2 halves the picture.
    """
    matrices = np.zeros((len(angle), 3, 3))
    cos, sin = np.cos(angle), np.sin(angle)
    matrices[:, 0, 0], matrices[:, 0, 1] = scale_y * cos, -scale_y * sin
    matrices[:, 1, 0] = scale_x * (sin + slant * cos)
    matrices[:, 1, 1] = scale_x * (cos - slant * sin)
    matrices[:, 2, 2] = 1
    return matrices


def elastic_shift(
    count: int, size: int, smoothness: float, strength: float, generator: np.random.Generator
) -> np.ndarray:
    """Random smooth displacements (Simard et al. 2003, "Best Practices for CNNs").

    Args:
        smoothness: standard deviation of the smoothing Gaussian, in pixels.
        strength: standard deviation of the displacement, in pixels.

    Returns:
        (count, 2, size, size) float32, in pixels.
    """
    noise = generator.standard_normal((count, 2, size, size), dtype=np.float32)
    shift: np.ndarray = ndimage.gaussian_filter(noise, (0, 0, smoothness, smoothness), mode="wrap")
    shift *= strength / shift.std()
    return shift
