"""Hair: styles as numbers, and one way to draw them all.

Hair is an outline round the head minus an opening for the face. Behind the head it is drawn
whole; in front, without the opening.
"""

import numpy as np

from hw2.raw.starter.face_canvas import bump, inside, linear, noise, smoothstep, strands
from hw2.raw.starter.face_head import View
from hw2.raw.starter.face_light import Light, glint, lit, normals
from hw2.raw.starter.face_traits import HAIR, HAIR_ODDS, Hair, Head, choose

LEVEL = 0.1  # v at which the sides of outline and opening stop curving and run down
NO_FRINGE = 9.0
MEN = {
    "bald": 1.0,
    "balding": 1.0,
    "buzz": 1.5,
    "short": 3.5,
    "quiff": 1.5,
    "fringe": 1.0,
    "curls": 1.2,
    "long": 0.5,
    "waves": 0.3,
}
WOMEN = {
    "short": 0.8,
    "fringe": 0.4,
    "curls": 0.8,
    "updo": 1.6,
    "bob": 1.6,
    "long": 3.5,
    "waves": 3.0,
}
# What sets each style apart: lowest and highest value of some of the numbers that Hair names.
STYLES: dict[str, dict[str, tuple[float, float]]] = {
    "bald": {},
    "balding": {"volume_top": (-0.35, -0.2), "opening_height": (2.2, 2.4)},
    "buzz": {"volume_top": (0.02, 0.05), "volume_side": (0.0, 0.03)},
    "short": {"volume_top": (0.12, 0.3)},
    "quiff": {"volume_top": (0.3, 0.45), "fringe_slope": (-0.3, 0.3)},
    "fringe": {"volume_top": (0.14, 0.26), "fringe": (-0.62, -0.4)},
    "curls": {"volume_top": (0.25, 0.5), "volume_side": (0.15, 0.4), "curl": (0.7, 1)},
    "updo": {"volume_top": (0.08, 0.2), "volume_side": (0.0, 0.04)},
    "bob": {"length": (0.9, 1.5), "volume_side": (0.16, 0.3), "flare": (0.0, 0.12)},
    "long": {"length": (2.0, 3.0), "volume_side": (0.14, 0.28), "flare": (0.02, 0.2)},
    "waves": {
        "length": (1.8, 3.0),
        "volume_side": (0.22, 0.4),
        "flare": (0.1, 0.25),
        "wave": (0.5, 1.0),
    },
}
FALLING = {"bob", "long", "waves"}


def sample_hair(rng: np.random.Generator, head: Head) -> Hair:
    """A style, its numbers and a natural colour; now and then a dyed one."""
    style = choose(rng, MEN if head.masculine else WOMEN)
    falls = style in FALLING
    numbers = {
        "volume_top": rng.uniform(0.1, 0.24),
        "volume_side": rng.uniform(0.03, 0.09),
        "length": rng.uniform(0.1, 0.4),
        "flare": 0.0,
        "opening_width": rng.uniform(0.86, 0.97),
        "opening_height": rng.uniform(1.0, 1.28),
        "spread": rng.uniform(-0.16, 0.12) if falls else 0.3,
        "fringe": NO_FRINGE,
        "fringe_slope": rng.normal(0, 0.12),
        "parting": rng.choice([-0.45, 0.0, 0.45]) + rng.normal(0, 0.1),
        "wave": 0.0,
        "curl": rng.choice([0.05, 0.2, 0.5]) * rng.random(),
    }
    if falls or style == "short":
        swept = rng.random() < 0.45
        numbers["fringe"] = rng.uniform(-0.85, -0.5) if swept else NO_FRINGE
        numbers["fringe_slope"] = rng.uniform(-0.5, 0.5)
    for name, (low, high) in STYLES[style].items():
        numbers[name] = rng.uniform(low, high)
    return Hair(style=style, colour=_sample_colour(rng, head), **numbers)


def _sample_colour(rng: np.random.Generator, head: Head) -> np.ndarray:
    """Dark hair with dark skin, grey with age, at times a dyed colour."""
    odds = HAIR_ODDS.copy()
    odds[3:8] *= np.clip((head.skin[0] - 150) / 60, 0.02, 1)
    odds[8:] *= 0.2 + 5 * max(0.0, head.age - 0.35)
    name = rng.choice(list(HAIR), p=odds / odds.sum())
    colour = np.array(HAIR[str(name)], dtype=np.float64) * rng.uniform(0.85, 1.15)
    if not head.masculine and rng.random() < 0.04:
        colour = rng.uniform(40, 170, 3)
    return np.clip(colour + rng.normal(0, 3, 3), 8, 245)


def hair_outline(
    hair: Hair, head: Head, view: View, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Coverage of all the hair, and its height as a solid, both (FINE, FINE)."""
    low = np.maximum(view.y - LEVEL, 0)
    up = np.minimum(view.y - LEVEL, 0) / (head.top + hair.volume_top + LEVEL)
    ripple = 0.06 * hair.wave * np.sin(5.5 * view.y + 3 * hair.parting)
    width = head.width + hair.volume_side + hair.flare * low + ripple
    radius = np.sqrt((view.x / width) ** 2 + up * up * (0.6 + 0.4 * up * up))
    lumps = (0.015 + 0.06 * hair.curl) * noise(rng, 14) + 0.02 * noise(rng, 44)
    nape = 0.55 * smoothstep(view.behind, 0.0, 0.25)
    loose = 0.03 if hair.length < 0.5 else 0.08
    ends = view.y - np.maximum(hair.length, nape) - loose * noise(rng, 16)
    distance = np.maximum((radius - 1) * width, ends) + lumps
    if hair.style == "updo":
        bun = np.hypot(view.x - 0.8 * hair.parting, view.y + head.top + 0.12) - 0.36
        distance = np.minimum(distance, bun + lumps)
    coverage = inside(distance, 0.09) * (hair.style != "bald")
    return coverage, 0.9 * np.sqrt(np.maximum(0, 1.02 - radius * radius))


def face_opening(hair: Hair, view: View, rng: np.random.Generator) -> np.ndarray:
    """Coverage of the part of the face that hair leaves free, hairline and fringe included."""
    low = np.maximum(view.v - LEVEL, 0)
    across = view.u / (hair.opening_width + hair.spread * low)
    up = np.minimum(view.v - LEVEL, 0) / hair.opening_height
    ragged = 0.06 * noise(rng, 24) + 0.03 * strands(rng, view.u, 18)
    oval = np.sqrt(across * across + up * up * (0.6 + 0.4 * up * up)) - 1
    oval = np.maximum(oval, view.behind - 0.02 + 0.5 * np.minimum(0, view.v + 0.5))
    tilt = hair.fringe_slope * view.u
    fringe = hair.fringe + tilt + 0.25 * view.u * view.u - view.v
    if hair.fringe == NO_FRINGE:
        return inside(oval + 0.5 * ragged + 0.3 * tilt * (view.v < 0), 0.12)
    return inside(np.maximum(oval, fringe) + ragged, 0.12)


def hair_colour(
    hair: Hair, height: np.ndarray, view: View, light: Light, rng: np.random.Generator
) -> np.ndarray:
    """Lit hair, (3, FINE, FINE): strands from the parting, curls, a sheen across the strands."""
    across = (view.x - hair.parting) / (view.y + 2.4 + hair.volume_top)
    across = across + 0.03 * hair.wave * np.sin(6 * view.y) + 0.015 * noise(rng, 8)
    fibre = 0.6 * strands(rng, across, 24) + 0.5 * strands(rng, across, 60)
    clumps = noise(rng, 22)
    texture = (1 - hair.curl) * fibre + (0.3 + hair.curl) * clumps
    solid = normals(height + 0.025 * hair.curl * clumps, view.pixels_per_unit)
    bright = lit(solid, light)
    sheen = glint(solid, light, 3) + 0.5 * bump(view.x / 1.3, (view.y + 0.85) / 0.35)
    gloss = 0.5 * (1 - 0.6 * hair.curl) * sheen * np.clip(0.6 + 0.5 * fibre, 0, 2)
    under = 1 - 0.45 * smoothstep(view.y, 0.2, 1.6) * smoothstep(np.abs(view.x), 1.1, 0.7)
    colour = linear(hair.colour) * np.clip(1 + 0.36 * texture, 0.15, 2.4) * under
    return np.asarray(colour * bright + (0.35 * linear(hair.colour) + 0.025) * gloss * bright)
