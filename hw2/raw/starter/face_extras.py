"""Glasses, hats and earrings: what about a third of the faces wear."""

import numpy as np

from hw2.raw.starter.face_canvas import bump, inside, linear, noise, paint, smoothstep, stroke
from hw2.raw.starter.face_features import EYE_X
from hw2.raw.starter.face_head import View
from hw2.raw.starter.face_light import Light, contact_shadow, lit, normals
from hw2.raw.starter.face_scene import random_colour
from hw2.raw.starter.face_traits import Hair, Head, choose


def paint_extras(
    image: np.ndarray,
    head: Head,
    hair: Hair,
    view: View,
    light: Light,
    rng: np.random.Generator,
) -> None:
    """Decide what is worn and paint it over the finished head."""
    worn = choose(rng, {"nothing": 0.8, "glasses": 0.14, "sunglasses": 0.06})
    if worn != "nothing":
        _paint_glasses(image, view, light, worn == "sunglasses", rng)
    hat = choose(rng, {"nothing": 0.88, "cap": 0.05, "beanie": 0.04, "brim": 0.03})
    if hat != "nothing":
        _paint_hat(image, head, hair, view, light, hat, rng)
    if not head.masculine and rng.random() < 0.2:
        _paint_earrings(image, head, view, rng)


def _paint_glasses(
    image: np.ndarray, view: View, light: Light, tinted: bool, rng: np.random.Generator
) -> None:
    """Two rounded lenses, a bridge and arms; a reflection runs over tinted ones."""
    half_width, half_height = rng.uniform(0.26, 0.33), rng.uniform(0.18, 0.27)
    rounding = rng.uniform(0.08, half_height)
    thickness = rng.uniform(0.03, 0.07)
    dark = np.full((3, 1, 1), 0.02)
    colour = dark if rng.random() < 0.6 else random_colour(rng, 0.5, rng.uniform(0.2, 0.8))
    side = np.abs(view.u)
    level = view.v - 0.05
    across = np.maximum(0, np.abs(side - EYE_X - 0.01) - half_width + rounding)
    down = np.maximum(0, np.abs(level) - half_height + rounding)
    rim = np.hypot(across, down) - rounding
    if tinted:
        streak = bump(np.zeros_like(rim), (view.u + view.v) / 0.2)
        glass = 0.02 + 0.1 * smoothstep(view.v, -0.25, 0.35) + 0.1 * streak
        paint(image, 0.93 * inside(rim), glass * (0.6 + colour))
    else:
        image += 0.05 * inside(rim) * light.key_colour
    bridge = stroke(level + 0.06 - 0.3 * side * side, thickness)
    bridge *= side < EYE_X - half_width + 0.05
    arms = stroke(level + 0.08, thickness) * (side > EYE_X + half_width) * view.mask
    frame = np.maximum(np.maximum(stroke(rim, thickness), bridge), arms)
    image *= 1 - 0.3 * contact_shadow(frame, light, 3) * view.mask
    paint(image, frame, colour)


def _paint_hat(
    image: np.ndarray,
    head: Head,
    hair: Hair,
    view: View,
    light: Light,
    kind: str,
    rng: np.random.Generator,
) -> None:
    """A dome over the hair with a band, a peak or a brim, and its shadow on the forehead."""
    width = head.width + max(hair.volume_side, 0) + 0.06
    top = head.top + 0.22 + (0.12 if kind == "beanie" else 0)
    edge = -0.66 + rng.normal(0, 0.04) + 0.1 * view.u * view.u
    radius = np.hypot(view.x / width, view.y / top)
    dome = inside(np.maximum((radius - 1) * width, view.v - edge), 0.06)
    height = 0.95 * np.sqrt(np.maximum(0, 1 - radius * radius))
    solid = normals(height, view.pixels_per_unit)
    colour = random_colour(rng, rng.uniform(0, 0.8), rng.choice([0.12, 0.3, 0.55, 0.9]))
    weave = 1 + 0.1 * noise(rng, 50)
    brim = np.zeros_like(dome)
    if kind == "cap":
        brim = inside(np.hypot(view.u / 0.85, (view.v + 0.68) / 0.2) - 1, 0.15)
    elif kind == "brim":
        brim = inside(np.hypot(view.x / 1.75, (view.v + 0.7 - 0.05 * view.x**2) / 0.17) - 1, 0.15)
    else:
        ribs = 1 + 0.22 * np.sin(view.u * 30)
        weave = weave * ribs * (1 - 0.3 * stroke(view.v - edge + 0.3, 0.05))
    image *= 1 - 0.5 * contact_shadow(np.maximum(dome, brim), light, 9) * view.mask
    paint(image, dome, colour * weave * lit(solid, light))
    paint(image, brim, colour * weave * 0.75 * (light.fill_colour + 0.4 * light.key_colour))
    if kind == "brim":
        band = stroke(view.v - edge + 0.22, 0.16) * dome
        paint(image, band, linear((30, 26, 26)) * lit(solid, light))


def _paint_earrings(image: np.ndarray, head: Head, view: View, rng: np.random.Generator) -> None:
    """A drop below each ear."""
    colour = linear(rng.choice([(230, 200, 120), (225, 225, 230)]))
    drop = inside(np.hypot(np.abs(view.x) - head.width * 0.97, (view.y - 0.66) / 1.4) - 0.055)
    paint(image, drop, colour * 1.3)
