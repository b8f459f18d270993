"""Who is drawn: every chance decision about one face, taken before anything is painted.

Lengths are in head units: the eyes lie 0.94 apart on the line v = 0, v grows downwards, the mouth
is near v = 1 and the chin near v = 1.6. Angles are radians. Colours are 8-bit display values.
"""

from dataclasses import dataclass

import numpy as np

SKIN = np.array(
    [
        (246, 212, 192),
        (236, 194, 166),
        (224, 176, 144),
        (200, 152, 124),
        (160, 116, 92),
        (128, 92, 74),
    ]
)
HAIR = {
    "black": (24, 20, 20),
    "dark brown": (52, 34, 25),
    "brown": (78, 52, 38),
    "auburn": (96, 48, 32),
    "ginger": (150, 80, 44),
    "dark blond": (128, 98, 66),
    "blond": (184, 150, 104),
    "platinum": (232, 212, 170),
    "grey": (142, 138, 134),
    "white": (222, 218, 212),
}
HAIR_ODDS = np.array([0.22, 0.26, 0.2, 0.05, 0.03, 0.1, 0.08, 0.02, 0.03, 0.015])
IRIS = [(50, 32, 22), (76, 50, 30), (62, 76, 56), (62, 88, 116), (84, 96, 104)]


@dataclass(frozen=True)
class Pose:
    """Where the head is and how it is turned; `x`, `y`, `scale` in pixels of the 64x64 image."""

    x: float
    y: float
    scale: float
    roll: float
    yaw: float
    pitch: float


@dataclass(frozen=True)
class Head:
    """Outline of the head: half width, height above and below the eye line, jaw squareness."""

    width: float
    top: float
    chin: float
    taper: float
    jaw: float
    neck: float
    skin: np.ndarray
    age: float
    masculine: bool


@dataclass(frozen=True)
class Features:
    """Eyes, brows, nose, mouth and marks; the amounts lie in [0, 1] unless they are lengths."""

    eye_size: float
    eye_open: float
    eye_tilt: float
    gaze: float
    iris: tuple[int, int, int]
    brow_height: float
    brow_arch: float
    brow_width: float
    nose_width: float
    nose_length: float
    mouth_width: float
    mouth_height: float
    lip_fullness: float
    lip_red: float
    smile: float
    mouth_open: float
    teeth: bool
    makeup: float
    blush: float
    freckles: float
    stubble: float
    moustache: bool
    beard: bool


@dataclass(frozen=True)
class Hair:
    """Hair style as numbers: how far it stands off, how low it falls, what it leaves free."""

    style: str
    colour: np.ndarray
    volume_top: float
    volume_side: float
    length: float
    flare: float
    opening_width: float
    opening_height: float
    spread: float
    fringe: float
    fringe_slope: float
    parting: float
    wave: float
    curl: float

    @property
    def covers_ears(self) -> bool:
        """Long or bushy hair hides the ears; short hair leaves them in front."""
        return self.length > 0.5 or self.volume_side > 0.1


def choose(rng: np.random.Generator, odds: dict[str, float]) -> str:
    """One of the keys, in proportion to its value."""
    weights = np.array(list(odds.values()))
    return str(rng.choice(list(odds), p=weights / weights.sum()))


def sample_pose(rng: np.random.Generator) -> Pose:
    """Mostly frontal, with a tail of three-quarter views."""
    three_quarter = rng.random() < 0.34
    yaw = rng.choice([-1, 1]) * rng.uniform(0.25, 0.52) if three_quarter else rng.normal(0, 0.12)
    return Pose(
        x=32 + rng.normal(0, 0.7),
        y=32.5 + rng.normal(0, 0.7),
        scale=rng.normal(16.6, 0.5),
        roll=np.clip(rng.normal(0, 0.07), -0.18, 0.18),
        yaw=yaw,
        pitch=rng.normal(0.02, 0.06),
    )


def sample_head(rng: np.random.Generator) -> Head:
    """Skin tones are drawn evenly between neighbours of the palette."""
    masculine = bool(rng.random() < 0.5)
    tone = rng.uniform(0, len(SKIN) - 1.001)
    low = int(tone)
    skin = SKIN[low] + (tone - low) * (SKIN[low + 1] - SKIN[low]) + rng.normal(0, 3, 3)
    return Head(
        width=rng.normal(0.97, 0.035),
        top=rng.normal(1.4, 0.05),
        chin=rng.normal(1.62 if masculine else 1.55, 0.05),
        taper=rng.uniform(0.08, 0.2) if masculine else rng.uniform(0.16, 0.28),
        jaw=rng.uniform(0.4, 1.0) if masculine else rng.uniform(0.1, 0.6),
        neck=rng.normal(0.66 if masculine else 0.52, 0.04),
        skin=np.clip(skin, 0, 255),
        age=float(rng.beta(1.3, 2.2)),
        masculine=masculine,
    )


def sample_features(rng: np.random.Generator, head: Head) -> Features:
    """Expressions mix: closed and open smiles, neutral, surprised, half-closed eyes."""
    mood = choose(rng, {"neutral": 3, "smile": 3, "laugh": 3, "surprised": 0.6, "sleepy": 0.6})
    man = head.masculine
    beard = man and rng.random() < 0.28
    return Features(
        eye_size=rng.normal(0.232, 0.012),
        eye_open={"surprised": 1.3, "sleepy": 0.5, "laugh": 0.8}.get(mood, 1) * rng.normal(1, 0.1),
        eye_tilt=rng.normal(0.08, 0.08),
        gaze=rng.normal(0, 0.25),
        iris=_sample_iris(rng, head),
        brow_height=rng.normal(0.27, 0.03) + (0.08 if mood == "surprised" else 0),
        brow_arch=rng.normal(0.05 if man else 0.09, 0.025),
        brow_width=rng.normal(0.145 if man else 0.11, 0.015),
        nose_width=rng.normal(0.19 if man else 0.165, 0.02),
        nose_length=rng.normal(0.62, 0.035),
        mouth_width=rng.normal(0.36, 0.025) + {"smile": 0.05, "laugh": 0.09}.get(mood, 0),
        mouth_height=rng.normal(1.02, 0.03),
        lip_fullness=rng.normal(0.8 if man else 1.05, 0.12),
        lip_red=rng.uniform(0.05, 0.3) if man else rng.uniform(0.2, 1.0),
        smile={"smile": 0.8, "laugh": 1.0, "surprised": -0.1}.get(mood, 0.45) + rng.normal(0, 0.12),
        mouth_open={"laugh": rng.uniform(0.5, 1.1), "surprised": 1.1}.get(mood, 0.0),
        teeth=mood == "laugh",
        makeup=0.0 if man else float(rng.beta(1.5, 1.5)),
        blush=float(rng.beta(2, 3)),
        freckles=float(rng.random()) if rng.random() < 0.12 and head.skin[0] > 200 else 0.0,
        stubble=float(rng.random()) if man and rng.random() < 0.6 else 0.0,
        moustache=bool(man and (beard or rng.random() < 0.08)),
        beard=bool(beard),
    )


def _sample_iris(rng: np.random.Generator, head: Head) -> tuple[int, int, int]:
    """Brown eyes with dark skin; any colour with light skin."""
    light_eyes = 0.5 * np.clip((head.skin[0] - 190) / 40, 0, 1)
    odds = np.array([0.65, 0.35, 0, 0, 0]) * (1 - light_eyes)
    odds += np.array([0, 0, 0.3, 0.4, 0.3]) * light_eyes
    return IRIS[int(rng.choice(len(IRIS), p=odds))]
