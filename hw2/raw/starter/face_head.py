"""The head as a solid: its outline, a map from the picture to the face, relief, and light.

The head is an inflated outline of depth `DEPTH`. Turning it is done backwards: each pixel asks
which point (u, v) of the frontal face it sees, so every feature is painted as if seen from the
front and three-quarter views follow by themselves.
"""

from dataclasses import dataclass, replace

import numpy as np

from hw2.raw.starter.face_canvas import (
    FINE,
    SUPERSAMPLING,
    bump,
    inside,
    smoothstep,
)
from hw2.raw.starter.face_traits import Features, Head, Pose

DEPTH = 0.95
NOSE_PARALLAX = 0.26


@dataclass(frozen=True)
class View:
    """One head as the camera sees it; all arrays (FINE, FINE), lengths in head units.

    Attributes:
        x, y: position in the picture plane, upright with the head, 0 at its axis and eye line.
        u, v: the point of the frontal face that the pixel shows.
        behind: how far that point lies behind the line of the ears (negative: in front).
        depth: height of the head's surface towards the camera, 0 outside.
        mask: coverage of the head.
        pixels_per_unit: fine pixels in one head unit.
    """

    x: np.ndarray
    y: np.ndarray
    u: np.ndarray
    v: np.ndarray
    behind: np.ndarray
    depth: np.ndarray
    mask: np.ndarray
    pixels_per_unit: float

    def window(self) -> tuple[slice, slice]:
        """Rows and columns that hold the head, with a border of two fine pixels."""
        rows, columns = np.flatnonzero(self.mask.any(1)), np.flatnonzero(self.mask.any(0))
        top, left = max(rows[0] - 2, 0), max(columns[0] - 2, 0)
        return slice(top, rows[-1] + 3), slice(left, columns[-1] + 3)

    def cropped(self, window: tuple[slice, slice]) -> "View":
        """The same view, seen through a window."""
        names = ("x", "y", "u", "v", "behind", "depth", "mask")
        return replace(self, **{name: getattr(self, name)[window] for name in names})


def view_head(head: Head, features: Features, pose: Pose) -> View:
    """Place and turn the head; the face, not the skull, stays in the middle of the picture."""
    pixels_per_unit = pose.scale * SUPERSAMPLING
    centre = (np.arange(FINE) + 0.5) / pixels_per_unit
    across = (centre - pose.x / pose.scale)[None, :]
    down = (centre - pose.y / pose.scale)[:, None]
    x = across * np.cos(pose.roll) + down * np.sin(pose.roll) + 0.75 * np.sin(pose.yaw)
    y = down * np.cos(pose.roll) - across * np.sin(pose.roll)
    radius2 = _radius2(head, x, y)
    depth = DEPTH * np.sqrt(np.maximum(0, 1 - radius2))
    u = x * np.cos(pose.yaw) - depth * np.sin(pose.yaw)
    v = y * np.cos(pose.pitch) - (depth - 0.8) * np.sin(pose.pitch)
    behind = -depth * np.cos(pose.yaw) - x * np.sin(pose.yaw)
    nose = _nose(features, u, v)
    u = u - NOSE_PARALLAX * nose * np.sin(pose.yaw)
    v = v - NOSE_PARALLAX * nose * np.sin(pose.pitch)
    return View(x, y, u, v, behind, depth, inside((radius2 - 1) / 2), pixels_per_unit)


def _radius2(head: Head, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Squared radius of the outline: 1 on it; an ellipse above, a tapering jaw below."""
    up, low = np.maximum(-y, 0) / head.top, np.maximum(y, 0) / head.chin
    low2 = low * low
    width = head.width * (1 - head.taper * low)
    squareness = 0.25 + 0.4 * head.jaw
    up2 = up * up * (0.6 + 0.4 * up * up)
    return (x / width) ** 2 + up2 + low2 * (1 - squareness + squareness * low2)


def _nose(features: Features, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Height of the nose: a ridge that rises and widens towards a round tip."""
    tip = features.nose_length - 0.08
    along = smoothstep(v, -0.35, tip) * smoothstep(v, tip + 0.24, tip)
    ridge = np.maximum(0, 1 - (u / (0.24 + 0.08 * along)) ** 2) ** 2 * along * 0.45
    wings = bump((np.abs(u) - 0.6 * features.nose_width) / 0.13, (v - tip - 0.02) / 0.14)
    return ridge + 0.5 * bump(u / 0.3, (v - tip) / 0.28) + 0.4 * wings


def relief(head: Head, features: Features, view: View) -> np.ndarray:
    """Height of the face above the smooth head, in head units."""
    u, v = view.u, view.v
    side = np.abs(u)
    smile = max(features.smile, 0)
    mouth = v - features.mouth_height
    height = 0.2 * _nose(features, u, v)
    height -= 0.1 * bump((side - 0.45) / 0.36, (v - 0.02) / 0.26)
    height += 0.045 * bump((side - 0.42) / 0.45, (v + 0.3) / 0.2)
    height += (0.05 + 0.06 * smile) * bump((side - 0.56) / 0.42, (v - 0.5 + 0.06 * smile) / 0.36)
    height += 0.05 * bump(u / 0.55, mouth / 0.42) + 0.06 * bump(u / 0.36, (v - 1.42) / 0.26)
    height -= 0.03 * bump(u / 0.35, (mouth - 0.24) / 0.1)
    height -= (0.008 + 0.014 * smile + 0.02 * head.age) * _fold(features, side, v)
    return height


def _fold(features: Features, side: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The crease from the wing of the nose to the corner of the mouth."""
    start = features.nose_length - 0.05
    t = np.clip((v - start) / 0.42, 0, 1)
    line = features.nose_width + 0.03 + (features.mouth_width + 0.06 - features.nose_width) * t
    fade = smoothstep(v, start - 0.05, start + 0.1) * smoothstep(v, start + 0.5, start + 0.3)
    return bump((side - line) / 0.13, np.zeros_like(v)) * fade
