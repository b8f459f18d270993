"""Everything round the head: background, neck, clothes, ears."""

import numpy as np

from hw2.raw.starter.face_canvas import (
    bump,
    inside,
    linear,
    noise,
    paint,
    smoothstep,
    stroke,
)
from hw2.raw.starter.face_head import View
from hw2.raw.starter.face_light import SKIN_WRAP, Light, lit, normals
from hw2.raw.starter.face_traits import Head, choose

BACKGROUNDS = {
    "wall": 3,
    "studio": 2,
    "bokeh": 2,
    "leaves": 1.5,
    "sky": 1,
    "panels": 2,
    "dark": 1.5,
}


def random_colour(rng: np.random.Generator, saturation: float, value: float) -> np.ndarray:
    """A linear colour of random hue, (3, 1, 1); saturation and value in [0, 1]."""
    hue = rng.random() * 6
    wheel = np.clip(np.abs((hue + np.array([0.0, 4.0, 2.0])) % 6 - 3) - 1, 0, 1)
    return linear(255 * value * (1 - saturation * (1 - wheel)))


def background(view: View, rng: np.random.Generator) -> np.ndarray:
    """A scene out of focus, (3, FINE, FINE) linear light."""
    kind = choose(rng, BACKGROUNDS)
    x, y = view.x, view.y
    base = random_colour(rng, rng.beta(1, 5), rng.uniform(0.25, 1.0))
    slope = 1 + rng.normal(0, 0.12) * x + rng.normal(0, 0.1) * y
    image = base * slope * (1 + 0.08 * noise(rng, 5))
    if kind == "wall":
        image = image * (1 + 0.03 * noise(rng, 50))
    elif kind == "studio":
        image = image * np.exp(-0.22 * (x * x + y * y))
    elif kind == "dark":
        image = image * 0.06 * (1 + 0.6 * noise(rng, 5))
    elif kind == "sky":
        image = _sky(y, rng)
    elif kind == "leaves":
        green = linear((60, 92, 40)) * rng.uniform(0.4, 1.6)
        clumps = noise(rng, 9) + 0.7 * noise(rng, 20)
        image = green * np.clip(1 + 0.5 * clumps, 0.1, 3) + 0.2 * smoothstep(clumps, 1.6, 2.6)
    elif kind == "bokeh":
        image = _bokeh(image * 0.3, x, y, rng)
    else:
        image = _panels(image, x, y, rng)
    return np.maximum(np.broadcast_to(image, (3, *x.shape)), 0.002)


def _sky(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blue with clouds above a horizon, land below."""
    clouds = smoothstep(noise(rng, 4, 7) + 0.5 * noise(rng, 10, 16), 0.0, 1.6)
    sky = linear((124, 160, 204)) + 0.15 * (y + 1)
    sky = sky + clouds * (0.9 - sky)
    land = smoothstep(y + 0.15 * noise(rng, 6), 0.3, 0.8)
    return sky + land * (linear((96, 104, 74)) * (1 + 0.3 * noise(rng, 16)) - sky)


def _bokeh(image: np.ndarray, x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Discs of light on a dim ground."""
    for _ in range(int(rng.integers(5, 12))):
        radius = rng.uniform(0.12, 0.4)
        disc = inside(np.hypot(x - rng.uniform(-2.2, 2.2), y - rng.uniform(-2.2, 2)) - radius, 0.12)
        image = image + 0.6 * rng.random() * disc * random_colour(rng, 0.6, 1.0)
    return image


def _panels(
    image: np.ndarray, x: np.ndarray, y: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Upright and level edges of a room: doors, shelves, a window."""
    image = np.broadcast_to(image, (3, *x.shape)).copy()
    for _ in range(int(rng.integers(2, 6))):
        along = x if rng.random() < 0.7 else y
        edge = along * rng.choice([-1, 1]) - rng.uniform(-0.5, 1.8)
        colour = random_colour(rng, rng.beta(1, 4), rng.uniform(0.15, 1.0))
        paint(image, rng.uniform(0.5, 1) * inside(edge, 0.15), colour)
    return image


def paint_neck(
    image: np.ndarray, head: Head, view: View, light: Light, rng: np.random.Generator
) -> None:
    """Neck and chest in skin colour, then clothes, all in the shadow of the chin."""
    spread = smoothstep(view.y, 1.35, 2.2)
    width = head.neck * (1 + 0.08 * spread) + 1.3 * np.maximum(0, view.y - 1.72) ** 1.2
    neck = inside((np.abs(view.x) - width), 0.06) * (view.y > 0.6)
    round_ = 0.55 * np.sqrt(np.maximum(0, 1 - (view.x / width) ** 2))
    solid = normals(round_, view.pixels_per_unit)
    shadow = 1 - 0.62 * bump(view.x / 1.1, (view.y - 1.35) / 0.62) ** 0.5
    bright = lit(solid, light, SKIN_WRAP)
    paint(image, neck, linear(head.skin) * 0.92 * bright * shadow)
    _paint_clothes(image, head, view, bright, rng)


def _paint_clothes(
    image: np.ndarray, head: Head, view: View, bright: np.ndarray, rng: np.random.Generator
) -> None:
    """Shoulders in cloth: a round, V or high neckline, at times a collar or stripes."""
    side = np.abs(view.x)
    shoulder = 1.62 + 0.32 * np.maximum(0, side - head.neck) - view.y
    kind = choose(rng, {"round": 2, "v": 2, "high": 1, "collar": 1})
    drop = {
        "round": 1.95 - 0.4 * side**2,
        "v": 2.3 - 0.95 * side,
        "high": 1.5,
        "collar": 2.2 - 0.9 * side,
    }
    neckline = drop[kind] + rng.normal(0, 0.05) - view.y
    cloth = inside(np.maximum(shoulder, neckline * (side < 1.4)), 0.07)
    colour = random_colour(rng, rng.beta(1, 2), rng.choice([0.12, 0.3, 0.6, 0.95]))
    folds = 1 + 0.16 * noise(rng, 9, 5)
    if rng.random() < 0.2:
        stripes = stroke(np.sin((view.x if rng.random() < 0.5 else view.y) * 14), 0.8, 0.5)
        colour = colour + stripes * (random_colour(rng, 0.5, rng.random()) - colour)
    paint(image, cloth, colour * folds * bright)
    if kind == "collar":
        collar = stroke(neckline + 0.12, 0.24) * inside(np.abs(side - 0.4) - 0.4) * (view.y > 1.5)
        paint(image, collar, random_colour(rng, 0.1, 0.95) * bright)


def paint_ears(image: np.ndarray, head: Head, view: View, yaw: float, light: Light) -> None:
    """Two ears at the sides of the head; turning hides the far one and bares the near one."""
    skin = linear(head.skin) * np.array([0.95, 0.8, 0.78]).reshape(3, 1, 1)
    turned = np.maximum(0, np.sign(view.x) * np.sin(yaw))
    out = np.abs(view.x) - head.width * (0.99 - 0.35 * turned)
    radius = np.hypot(out / 0.15, (view.y - 0.22 + 0.2 * out) / 0.34)
    solid = normals(0.2 * np.maximum(0, 1 - radius * radius), view.pixels_per_unit)
    bowl = 1 - 0.4 * np.maximum(0, 1 - ((radius - 0.45) / 0.35) ** 2)
    bare = inside((radius - 1) * 0.2) * inside(-0.12 - view.behind, 0.1)
    paint(image, bare, skin * bowl * lit(solid, light, SKIN_WRAP))
