"""Face rate: the share of images in which a face detector finds exactly one face.

The course's scorer calls ``face_recognition.face_locations(image, model="HOG")``, which is dlib's
frontal face detector (histograms of oriented gradients, Dalal and Triggs 2005) after one doubling
of the image. The detector is part of dlib and needs no model file.
"""

import functools
from collections.abc import Callable, Sized
from dataclasses import dataclass

import dlib
import numpy as np

UPSAMPLINGS = 1


@dataclass(frozen=True)
class FaceCounts:
    """How many images hold no face, exactly one face, and several faces."""

    none: int
    one: int
    several: int

    @property
    def rate(self) -> float:
        """Share of images with exactly one face, in [0, 1]."""
        return self.one / (self.none + self.one + self.several)


def count_faces(images: np.ndarray) -> FaceCounts:
    """Run the detector on each of (N, H, W, 3) uint8 images, N >= 1."""
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] != 3 or not len(images):
        raise ValueError(f"images are {images.dtype} {images.shape}, not uint8 (N >= 1, H, W, 3)")
    detector = _detector()
    faces = np.array([len(detector(np.ascontiguousarray(i), UPSAMPLINGS)) for i in images])
    return FaceCounts(int((faces == 0).sum()), int((faces == 1).sum()), int((faces > 1).sum()))


@functools.cache
def _detector() -> Callable[[np.ndarray, int], Sized]:
    return dlib.get_frontal_face_detector()


def face_rate(images: np.ndarray) -> float:
    """Share of (N, 64, 64, 3) uint8 images with exactly one face, in [0, 1]."""
    return count_faces(images).rate
