"""Face rate: the share of images in which a face detector finds exactly one face.

The course's scorer calls ``face_recognition.face_locations(image, model="HOG")``, which is dlib's
frontal face detector (histograms of oriented gradients, Dalal and Triggs 2005) after one doubling
of the image. The detector is part of dlib and needs no model file.
"""

import functools
import threading
from collections.abc import Callable, Sized
from dataclasses import dataclass

import dlib
import numpy as np

from hw2.core.sharing import shared_out_to_threads

UPSAMPLINGS = 1
IMAGES_AT_A_TIME = 50  # of a thread


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
    parts = (images[k : k + IMAGES_AT_A_TIME] for k in range(0, len(images), IMAGES_AT_A_TIME))
    faces = np.concatenate(shared_out_to_threads(parts, _faces))
    return FaceCounts(int((faces == 0).sum()), int((faces == 1).sum()), int((faces > 1).sum()))


def _faces(images: np.ndarray) -> np.ndarray:
    """How many the detector finds in each image, (N,)."""
    detector = _detector(threading.get_ident())
    return np.array([len(detector(np.ascontiguousarray(i), UPSAMPLINGS)) for i in images])


@functools.cache
def _detector(thread: int) -> Callable[[np.ndarray, int], Sized]:
    """One for each thread: a detector keeps what it works on."""
    return dlib.get_frontal_face_detector()


def face_rate(images: np.ndarray) -> float:
    """Share of (N, 64, 64, 3) uint8 images with exactly one face, in [0, 1]."""
    return count_faces(images).rate
