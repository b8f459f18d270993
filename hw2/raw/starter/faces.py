"""Faces drawn by rule, 64x64: a stand-in for aligned photographs, made without any download."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
from tqdm import tqdm

from hw2.core.seeds import numpy_generator
from hw2.raw.starter import face_canvas as canvas
from hw2.raw.starter import face_extras as extras
from hw2.raw.starter import face_features as features
from hw2.raw.starter import face_hair as hairdo
from hw2.raw.starter import face_head as solid
from hw2.raw.starter import face_light as lighting
from hw2.raw.starter import face_scene as scene
from hw2.raw.starter import face_traits as traits

TASK_SIZE = 25


def draw_faces(count: int, seed: int, split: str, workers: int = 1) -> np.ndarray:
    """Draw the first `count` faces of a split.

    Face i depends on (seed, split, i) alone, so neither `count` nor `workers` changes it.

    Args:
        workers: processes to draw in; 1 draws in this one.

    Returns:
        (count, 64, 64, 3) uint8 RGB.
    """
    draw = partial(_draw_numbered, seed, split)
    bar = partial(tqdm, total=count, desc=f"{split} faces", unit="face", disable=None)
    if workers <= 1 or count <= TASK_SIZE:
        drawn = list(bar(map(draw, range(count))))
    else:
        # Not a Pool: that replaces workers that a signal ends, and waits for ever.
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            drawn = list(bar(pool.map(draw, range(count), chunksize=TASK_SIZE)))
    shape = (count, canvas.SIDE, canvas.SIDE, 3)
    return np.stack(drawn) if drawn else np.empty(shape, np.uint8)


def _draw_numbered(seed: int, split: str, index: int) -> np.ndarray:
    return draw_face(numpy_generator(seed, "starter", "face", split, index))


def draw_face(rng: np.random.Generator) -> np.ndarray:
    """One face, (64, 64, 3) uint8: decide its traits, paint from back to front, expose."""
    pose = traits.sample_pose(rng)
    head = traits.sample_head(rng)
    face = traits.sample_features(rng, head)
    light = lighting.sample_light(rng)
    hair = hairdo.sample_hair(rng, head)
    view = solid.view_head(head, face, pose)

    image = scene.background(view, rng)
    outline, height = hairdo.hair_outline(hair, head, view, rng)
    locks = hairdo.hair_colour(hair, height, view, light, rng)
    canvas.paint(image, outline, 0.55 * locks)
    scene.paint_neck(image, head, view, light, rng)

    front = outline * (1 - hairdo.face_opening(hair, view, rng))
    window = view.window()
    near = view.cropped(window)
    skin = _lit_face(head, face, hair, near, light, rng)
    skin *= 1 - 0.5 * (lighting.contact_shadow(front, light, 7) * (1 - front))[window]
    canvas.paint(image[:, *window], near.mask, skin)
    if hair.covers_ears:
        scene.paint_ears(image, head, view, pose.yaw, light)
    canvas.paint(image, front, locks)
    if not hair.covers_ears:
        scene.paint_ears(image, head, view, pose.yaw, light)
    extras.paint_extras(image, head, hair, view, light, rng)
    white = 1 + 0.04 * rng.standard_normal((3, 1, 1))
    display = canvas.expose(image, light.exposure, light.contrast, white)
    display += light.grain * rng.standard_normal(display.shape)
    return np.rint(255 * np.clip(display, 0, 1)).astype(np.uint8)


def _lit_face(
    head: traits.Head,
    face: traits.Features,
    hair: traits.Hair,
    view: solid.View,
    light: lighting.Light,
    rng: np.random.Generator,
) -> np.ndarray:
    """The bare face under the light, (3, FINE, FINE): colour times light, plus shine."""
    colour = features.skin_colour(head, face, view, rng)
    features.paint_nose(colour, face, view)
    features.paint_mouth(colour, head, face, view)
    features.paint_beard(colour, face, hair, view, rng)
    features.paint_eyes(colour, face, view)
    features.paint_brows(colour, face, hair, view)
    normal = lighting.normals(view.depth + solid.relief(head, face, view), view.pixels_per_unit)
    shine = 0.1 * lighting.glint(normal, light, 4) * (1 - 0.7 * face.beard)
    return colour * lighting.lit(normal, light, lighting.SKIN_WRAP) + shine * light.key_colour
