"""Drawn faces: the same bytes every time, no two alike, and faces to the detector."""

import dlib
import numpy as np
import pytest

from hw2.core.seeds import numpy_generator
from hw2.raw.starter.face_canvas import bump, inside, moved, noise, smoothstep
from hw2.raw.starter.face_head import DEPTH, view_head
from hw2.raw.starter.face_light import PLAIN_WRAP, Light, lit, normals
from hw2.raw.starter.face_traits import Pose, sample_features, sample_head
from hw2.raw.starter.faces import draw_faces


@pytest.fixture(scope="module")
def val_faces() -> np.ndarray:
    return draw_faces(100, seed=0, split="val")


def test_shape_and_type(val_faces: np.ndarray) -> None:
    assert val_faces.shape == (100, 64, 64, 3)
    assert val_faces.dtype == np.uint8


def test_none_is_an_empty_array() -> None:
    assert draw_faces(0, seed=0, split="val").shape == (0, 64, 64, 3)


def test_a_face_depends_on_neither_count_nor_time(val_faces: np.ndarray) -> None:
    np.testing.assert_array_equal(draw_faces(8, seed=0, split="val"), val_faces[:8])


def test_workers_draw_the_same_bytes(val_faces: np.ndarray) -> None:
    np.testing.assert_array_equal(draw_faces(60, seed=0, split="val", workers=2), val_faces[:60])


def test_drawing_leaves_the_global_random_state_alone() -> None:
    np.random.seed(1)
    expected = np.random.random()
    np.random.seed(1)
    draw_faces(2, seed=0, split="val")
    assert np.random.random() == expected


@pytest.mark.parametrize(("seed", "split"), [(0, "train"), (1, "val")])
def test_another_split_or_seed_shares_no_face(val_faces: np.ndarray, seed: int, split: str) -> None:
    others = draw_faces(30, seed=seed, split=split).reshape(30, 1, -1).astype(np.int16)
    difference = np.abs(others - val_faces.reshape(1, 100, -1)).mean(axis=2)
    assert difference.min() > 8


def test_faces_are_varied(val_faces: np.ndarray) -> None:
    flat = val_faces[:50].reshape(50, -1).astype(np.float64)
    gram = flat @ flat.T
    square = np.diag(gram)[:, None] + np.diag(gram)[None, :] - 2 * gram
    distance = np.sqrt(np.maximum(square, 0) / flat.shape[1])[np.triu_indices(50, 1)]
    assert distance.min() > 15
    assert distance.mean() > 60


def test_pictures_use_the_range_and_are_in_colour(val_faces: np.ndarray) -> None:
    assert 80 < val_faces.mean() < 160
    assert val_faces.std() > 45
    red, blue = val_faces[..., 0].mean(), val_faces[..., 2].mean()
    assert red > blue + 5  # skin


def test_the_detector_finds_one_face_in_most(val_faces: np.ndarray) -> None:
    detector = dlib.get_frontal_face_detector()
    one = [len(detector(image, 1)) == 1 for image in val_faces]
    assert np.mean(one) >= 0.9


def test_soft_shapes_at_known_points() -> None:
    np.testing.assert_allclose(inside(np.array([-1.0, 0.0, 1.0])), [1, 0.5, 0])
    np.testing.assert_allclose(smoothstep(np.array([0.0, 1.0, 2.0]), 0, 2), [0, 0.5, 1])
    np.testing.assert_allclose(smoothstep(np.array([0.0, 2.0]), 2, 0), [1, 0])
    hill = bump(np.array([0.0, 1.0, 0.5]), np.zeros(3))
    np.testing.assert_allclose(hill, [1, 0, 0.75**2])


def test_moving_a_mask_shifts_it() -> None:
    mask = np.zeros((128, 128))
    mask[60, 60] = 1
    assert np.argwhere(moved(mask, 3.2, -2)).tolist() == [[58, 63]]


def test_a_window_of_noise_is_a_part_of_the_whole() -> None:
    whole = noise(numpy_generator(0, "noise"), 12)
    part = noise(numpy_generator(0, "noise"), 12, shape=(40, 50))
    np.testing.assert_array_equal(part, whole[:40, :50])
    assert abs(whole.mean()) < 0.5 and 0.5 < whole.std() < 1.5


def test_light_on_a_plane_that_faces_it() -> None:
    one = np.ones((3, 1, 1))
    light = Light(np.array([0.0, 0.0, 1.0]), 0.7 * one, 0.2 * one, 1.0, 0.0, 0.0)
    facing = lit(normals(np.zeros((4, 4)), 1.0), light)
    np.testing.assert_allclose(facing, 0.7 + 0.2 * 0.8)
    edge_on = lit(np.array([1.0, 0.0, 0.0]).reshape(3, 1, 1), light)
    np.testing.assert_allclose(edge_on, 0.7 * PLAIN_WRAP / (1 + PLAIN_WRAP) + 0.2 * 0.8)


def test_turning_the_head_turns_the_face() -> None:
    """On the forehead, where nothing stands off: u = x cos(yaw) - depth sin(yaw)."""
    rng = numpy_generator(0, "head")
    head = sample_head(rng)
    features = sample_features(rng, head)
    frontal = view_head(head, features, Pose(32, 32, 16, 0, 0, 0))
    np.testing.assert_allclose(frontal.u, np.broadcast_to(frontal.x, frontal.u.shape))
    yaw = 0.3
    turned = view_head(head, features, Pose(32, 32, 16, 0, yaw, 0))
    forehead = np.argmin(np.abs(turned.x) + np.abs(turned.y + 0.5))
    x, u, depth = (array.ravel()[forehead] for array in (turned.x, turned.u, turned.depth))
    assert 0.5 * DEPTH < depth <= DEPTH
    assert u == pytest.approx(x * np.cos(yaw) - depth * np.sin(yaw))
