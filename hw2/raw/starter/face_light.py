"""Light on a drawn face: normals of a solid, matt and glossy reflection, shadows."""

from dataclasses import dataclass

import numpy as np

from hw2.raw.starter.face_canvas import blur, moved

# Light enters skin and leaves nearby, red farthest: the edge of a shadow is soft and reddish.
SKIN_WRAP = np.array([0.3, 0.16, 0.12]).reshape(3, 1, 1)
PLAIN_WRAP = np.full((3, 1, 1), 0.15)


@dataclass(frozen=True)
class Light:
    """A key light from a direction (towards the light), a fill from all round, a camera."""

    key: np.ndarray
    key_colour: np.ndarray
    fill_colour: np.ndarray
    exposure: float
    contrast: float
    grain: float


def sample_light(rng: np.random.Generator) -> Light:
    """From soft studio light to a hard lamp at one side; warm or cool."""
    direction = np.array([rng.normal(0, 0.55), -abs(rng.normal(0.5, 0.25)), 1.0])
    warmth = rng.normal(0, 0.08)
    tint = np.array([1 + warmth, 1.0, 1 - warmth]).reshape(3, 1, 1)
    fill = rng.uniform(0.1, 0.4)
    fill_tint = np.array([1 - 0.6 * warmth, 1.0, 1 + 0.6 * warmth]).reshape(3, 1, 1)
    return Light(
        key=direction / np.linalg.norm(direction),
        key_colour=tint * (1.12 - fill) * rng.uniform(0.9, 1.1),
        fill_colour=fill * fill_tint,
        exposure=float(np.exp(rng.normal(0.2, 0.14))),
        contrast=rng.uniform(0.0, 0.45),
        grain=rng.uniform(0.001, 0.008),
    )


def normals(height: np.ndarray, pixels_per_unit: float) -> np.ndarray:
    """Unit normals (3, FINE, FINE) of a height field: right, down, towards the camera."""
    down, right = np.gradient(height * pixels_per_unit)
    length = np.sqrt(right * right + down * down + 1)
    return np.stack([-right, -down, np.ones_like(right)]) / length


def lit(normal: np.ndarray, light: Light, wrap: np.ndarray = PLAIN_WRAP) -> np.ndarray:
    """Light that reaches a matt surface, (3, FINE, FINE): wrapped Lambert key and sky fill."""
    toward = normal[0] * light.key[0] + normal[1] * light.key[1] + normal[2] * light.key[2]
    key = np.maximum(0, (toward + wrap) / (1 + wrap))
    return light.key_colour * key + light.fill_colour * (0.8 - 0.3 * normal[1])


def glint(normal: np.ndarray, light: Light, hardness: int) -> np.ndarray:
    """Blinn's specular term for a camera in front, raised to 2**hardness; (FINE, FINE)."""
    half = light.key + np.array([0.0, 0.0, 1.0])
    half = half / np.linalg.norm(half)
    shine = np.maximum(0, normal[0] * half[0] + normal[1] * half[1] + normal[2] * half[2])
    for _ in range(hardness):
        shine = shine * shine
    return shine


def contact_shadow(mask: np.ndarray, light: Light, reach: float) -> np.ndarray:
    """Where `mask` keeps the key light from a surface just behind it; `reach` in fine pixels."""
    return blur(moved(mask, -light.key[0] * reach, -light.key[1] * reach), 2)
