"""Face rate: counting, on images whose number of faces is known."""

import numpy as np
import pytest

from hw2.evaluation import face_rate as module
from hw2.evaluation.face_rate import FaceCounts, count_faces, face_rate


def test_plain_and_noisy_images_hold_no_face() -> None:
    grey = np.full((1, 64, 64, 3), 128, dtype=np.uint8)
    noise = np.random.default_rng(0).integers(0, 256, size=(3, 64, 64, 3), dtype=np.uint8)
    assert count_faces(np.concatenate([grey, noise])) == FaceCounts(none=4, one=0, several=0)
    assert face_rate(noise) == 0


def test_only_exactly_one_face_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def detector(image: np.ndarray, upsamplings: int) -> list[str]:
        assert upsamplings == 1
        return ["face"] * int(image[0, 0, 0])

    monkeypatch.setattr(module, "_detector", lambda thread: detector)
    images = np.zeros((5, 64, 64, 3), dtype=np.uint8)
    images[:, 0, 0, 0] = [0, 1, 1, 2, 3]
    assert count_faces(images) == FaceCounts(none=1, one=2, several=2)
    assert face_rate(images) == pytest.approx(0.4)


def test_other_arrays_are_refused() -> None:
    for images in [np.zeros((2, 64, 64, 3)), np.zeros((0, 64, 64, 3), dtype=np.uint8)]:
        with pytest.raises(ValueError, match="not uint8"):
            face_rate(images)
