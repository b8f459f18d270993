"""Skin, eyes, brows, mouth and beard, painted as colour onto the frontal face (u, v)."""

import numpy as np

from hw2.raw.starter.face_canvas import (
    blur,
    bump,
    inside,
    linear,
    noise,
    paint,
    smoothstep,
    stroke,
)
from hw2.raw.starter.face_head import View
from hw2.raw.starter.face_traits import Features, Hair, Head

EYE_X = 0.47
PUPIL = np.full((3, 1, 1), 0.008)
SCLERA = linear((196, 188, 184))
CATCHLIGHT = np.full((3, 1, 1), 0.8)
BLOOD = np.array([0.95, 0.42, 0.42]).reshape(3, 1, 1)  # what redness leaves of the skin's colour
TEETH = linear((232, 224, 212))
MOUTH_DARK = linear((52, 18, 18))


def skin_colour(head: Head, features: Features, view: View, rng: np.random.Generator) -> np.ndarray:
    """Colour of the bare face, (3, FINE, FINE): mottling, blush, shadowed sockets, freckles."""
    u, v, side = view.u, view.v, np.abs(view.u)
    mottle = 0.03 * noise(rng, 12, shape=u.shape)
    pores = (0.015 + 0.03 * head.age) * noise(rng, 40, shape=u.shape)
    skin = linear(head.skin) * (1 + mottle + pores)
    red = 0.5 * features.blush * bump((side - 0.56) / 0.4, (v - 0.5) / 0.34)
    red = red + 0.3 * bump(u / 0.24, (v - features.nose_length) / 0.22)
    red = red + 0.15 * bump(u / 0.3, (v - 1.42) / 0.25)
    skin = skin * (1 - np.clip(red, 0, 1) * (1 - BLOOD))
    tired = (0.22 + 0.2 * head.age) * bump((side - 0.44) / 0.3, (v - 0.14) / 0.2)
    socket = 0.3 * bump((side - 0.44) / 0.36, (v + 0.05) / 0.24)
    skin = skin * (1 - np.clip(tired + socket, 0, 0.8))
    if features.freckles:
        spots = smoothstep(noise(rng, 56, shape=u.shape), 1.2, 1.7) * bump(u / 0.9, (v - 0.4) / 0.5)
        skin = skin * (1 - 0.45 * features.freckles * spots)
    if head.age > 0.55:
        furrows = stroke(np.sin(14 * (v + 0.08 * u * u)), 0.3, 0.6) * bump(
            u / 0.7, (v + 0.72) / 0.3
        )
        skin = skin * (1 - 0.3 * (head.age - 0.4) * furrows)
    return skin


def paint_eyes(image: np.ndarray, features: Features, view: View) -> None:
    """Both eyes: white, iris, pupil, lid line, lashes, crease and make-up."""
    side = np.sign(view.u)
    outward = np.abs(view.u) - EYE_X
    level = view.v + features.eye_tilt * outward
    across = outward / features.eye_size
    almond = 1 - across * across
    upper = -0.48 * features.eye_size * features.eye_open * almond
    lower = 0.26 * features.eye_size * almond
    opening = inside(np.maximum(upper - level, level - lower))
    _paint_lids(image, features, across, level - upper, level - lower)
    ball = np.clip(1.02 - 0.35 * across * across, 0, 1) * smoothstep(level - upper, -0.02, 0.07)
    iris_x = outward - side * features.gaze * 0.05
    iris_y = level - upper * 0.15
    radius = np.sqrt(iris_x * iris_x + iris_y * iris_y)
    colour = SCLERA * (0.25 + 0.75 * ball)
    paint(colour, inside(radius - 0.11), linear(features.iris))
    paint(colour, inside(radius - 0.045), PUPIL)
    paint(image, opening, colour)
    spark = inside(np.hypot(iris_x + side * 0.03, iris_y + 0.035) - 0.016) * opening
    paint(image, 0.8 * spark, CATCHLIGHT)


def _paint_lids(
    image: np.ndarray, features: Features, across: np.ndarray, above: np.ndarray, below: np.ndarray
) -> None:
    """Lashes along the upper lid, a thin lower line, the crease above, eye shadow."""
    span = smoothstep(np.abs(across), 1.25, 0.85)
    shadow = 0.45 * features.makeup * bump(across / 1.5, (above + 0.09) / 0.16)
    image *= 1 - shadow * np.array([0.6, 0.85, 0.8]).reshape(3, 1, 1)
    image *= 1 - 0.45 * stroke(above + 0.085, 0.03, 0.06) * span
    lash = 0.04 + 0.025 * features.makeup
    image *= 1 - (0.75 + 0.2 * features.makeup) * stroke(above + 0.3 * lash, lash) * span
    image *= 1 - (0.3 + 0.35 * features.makeup) * stroke(below, 0.02, 0.05) * span


def paint_brows(image: np.ndarray, features: Features, hair: Hair, view: View) -> None:
    """Two arched bands that taper outwards, a little darker than the hair."""
    colour = linear(np.minimum(hair.colour, 130)) * 0.3 + 0.1 * image
    t = (np.abs(view.u) - EYE_X + 0.25) / 0.55
    middle = -features.brow_height - features.brow_arch * (1 - (2 * t - 1.2) ** 2)
    half = 0.5 * features.brow_width * np.clip(1.15 - 0.75 * t, 0.15, 1)
    band = inside(np.abs(view.v - middle) - half, 0.07)
    ends = smoothstep(t, -0.08, 0.14) * smoothstep(t, 1.08, 0.85)
    paint(image, 0.88 * band * ends, colour)


def paint_nose(image: np.ndarray, features: Features, view: View) -> None:
    """Nostrils and the creases round the wings; the solid nose comes from relief and light."""
    side, base = np.abs(view.u), features.nose_length
    nostril = inside(
        np.hypot((side - 0.62 * features.nose_width) / 1.6, view.v - base - 0.03) - 0.024, 0.05
    )
    under = bump(view.u / (1.3 * features.nose_width), (view.v - base - 0.08) / 0.11)
    wing = stroke(
        np.hypot(side - features.nose_width * 0.72, view.v - base + 0.06) - 0.1, 0.03, 0.07
    )
    wing = wing * (side > features.nose_width * 0.8) * (view.v < base + 0.03)
    image *= 1 - 0.75 * nostril
    image *= 1 - 0.34 * under - 0.2 * wing


def paint_mouth(image: np.ndarray, head: Head, features: Features, view: View) -> None:
    """Lips round a mouth that may be open, with teeth when it laughs."""
    across = view.u / features.mouth_width
    almond = np.maximum(0, 1 - across * across)
    centre = features.mouth_height - 0.14 * features.smile * (across * across - 0.35)
    level = view.v - centre
    gap = 0.13 * features.mouth_open * almond
    cupid = 1 - 0.25 * np.maximum(0, 1 - np.abs(view.u) / 0.07)
    upper = 0.1 * features.lip_fullness * np.sqrt(almond) * cupid
    lower = 0.14 * features.lip_fullness * almond
    lips = inside(np.maximum(-level - upper - 0.3 * gap, level - lower - gap), 0.06)
    lips = lips * smoothstep(np.abs(across), 1.02, 0.9)
    tint = np.array([0.9, 0.5 - 0.25 * features.lip_red, 0.52 - 0.2 * features.lip_red])
    colour = linear(head.skin) * tint.reshape(3, 1, 1)
    colour = colour + 0.12 * features.lip_red * linear((200, 40, 60))
    shine = 1 + 0.25 * bump(across / 0.6, (level - gap - 0.5 * lower) / 0.06)
    paint(image, (0.65 + 0.3 * features.lip_red) * lips, colour * shine * (0.8 + 0.2 * (level > 0)))
    inner = inside(np.maximum(-level - 0.3 * gap, level - gap), 0.04) * (almond > 0)
    if features.mouth_open:
        paint(image, inner, MOUTH_DARK)
    if features.teeth:
        bite = inside(level - 0.72 * gap, 0.04) * smoothstep(np.abs(across), 0.95, 0.7)
        paint(image, inner * bite, TEETH * (1 - 0.55 * across * across))
    line = stroke(level - 0.35 * gap, 0.03, 0.06) * smoothstep(np.abs(across), 1.1, 0.95)
    image *= 1 - (0.1 if features.mouth_open else 0.65) * line
    corner = bump((np.abs(across) - 1) / 0.2, level / 0.07)
    image *= 1 - 0.5 * corner


def paint_beard(
    image: np.ndarray, features: Features, hair: Hair, view: View, rng: np.random.Generator
) -> None:
    """Stubble, beard and moustache: hair colour on jaw, chin and upper lip, lips left free."""
    if not (features.stubble or features.beard or features.moustache):
        return
    side, v = np.abs(view.u), view.v
    across = view.u / features.mouth_width
    lips = bump(across / 1.05, (v - features.mouth_height - 0.02) / 0.2) ** 0.5
    grain = 0.5 * (noise(rng, 60, shape=v.shape) + noise(rng, 30, shape=v.shape))
    jaw = smoothstep(v - 0.95 + 0.75 * side * side - 1.05 * np.maximum(0, side - 0.55), -0.06, 0.2)
    lip = inside(np.hypot(across / 1.15, (v - features.mouth_height + 0.2) / 0.13) - 1, 0.5)
    lip = np.maximum(lip, 0.9 * bump((side - features.mouth_width - 0.06) / 0.14, (v - 1.1) / 0.35))
    both = np.maximum(jaw, lip) * (1 - np.clip(1.5 * lips, 0, 1))
    colour = linear(hair.colour) * (0.75 + 0.3 * grain)
    if features.stubble:
        paint(image, 0.42 * features.stubble * blur(both, 2), colour + 0.25 * image)
    cover = np.clip(0.92 + 0.1 * grain, 0, 1)
    if features.beard:
        paint(image, cover * both, colour)
    elif features.moustache:
        paint(image, cover * lip * (1 - np.clip(1.5 * lips, 0, 1)), colour)
