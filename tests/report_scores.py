"""Invented figures for the report's tests, as the metrics files hold them."""

from typing import Any

ACCURACY = {"source_only": 0.4, "dann": 0.5, "target_only": 0.9, "dsn": 0.6}
SPREAD = {"precision": 0.7, "recall": 0.3, "density": 0.9, "coverage": 0.8}
RANDOM = {"random_fd": 30.2, "random_kid": 0.01} | {f"random_{k}": v for k, v in SPREAD.items()}
INCEPTION = {"fid": 50.1, "kid": 0.0123, "inception_score": 1.9, **SPREAD}
COMMON: dict[str, Any] = {"seed": 0, "hardware": "2 CPU cores"}
LABEL_FREE = ("entropy", "information", "agreement")
DRAWS, TRAININGS = 3, 3
PER_CLASS = [0.7, 0.8, 0.75, 0.6, 0.9, 0.5, 0.85, 0.95, 0.65, 0.8]


def spread(scores: dict[str, Any], deviation: float) -> dict[str, Any]:
    """The scores with a standard deviation beside each, that share of its value."""
    return scores | {f"{key}_std": abs(value) * deviation for key, value in scores.items()}


def face_scores(run: str, weights: bool) -> dict[str, Any]:
    """Scores of generated faces, and of real ones beside them.

    Args:
        weights: whether the Inception weights were at hand.
    """
    scores = {"face_rate": 0.712 if run != "wgan_clip" else 0.7, "swd": 20.1, **RANDOM}
    floor = {"face_rate": 0.95, "swd": 5.0, **RANDOM}
    if weights:
        scores, floor = scores | INCEPTION, floor | INCEPTION
    facts = {"n": 1000, "seeds": DRAWS, "k": 5}
    real = {**facts, **spread(floor, 0.01), "face_rate_val": 0.96}
    return {**facts, **spread(scores, 0.1), "real": real}


def digit_scores(accuracy: float) -> dict[str, Any]:
    """What a judge and the distances say of generated digits."""
    scores = {
        "judge_accuracy": accuracy,
        "judge_confidence": 0.9,
        "diversity": 0.8,
        "nearer_than_val": 0.55,
        "copied": 0.02,
        "swd": 30.0,
        **RANDOM,
    }
    real = spread({"judge_confidence": 0.99, "diversity": 1.0, "swd": 3.0, **RANDOM}, 0.01)
    facts = {"n": 1000, "seeds": DRAWS, "k": 5, "per_class": PER_CLASS, "judge_on_real": 0.98}
    return {**facts, **spread(scores, 0.1), "real": real}


def sampler_scores() -> dict[str, Any]:
    """Three samplers with few and many evaluations of the network, one with all of them."""
    points = [
        {"sampler": name, "evaluations": steps, "judge_accuracy": accuracy, "swd": 30.0}
        | {"interval": [accuracy - 0.1, accuracy + 0.08], "judge_confidence": 0.6}
        | {"diversity": 0.9}
        for name in ("ancestral", "ddim", "dpm_solver")
        for steps, accuracy in ((5, 0.2), (10, 0.4), (20, 0.8))
    ]
    points.append({**points[-1], "sampler": "ddpm", "evaluations": 600, "judge_accuracy": 0.83})
    known = {"report": ["004"], "parameters": {"unet": 6590211}, "steps": 500}
    guidance = {"guidance": 0.5, "guidance_interval": None, "autoguidance": None}
    return {**known, **guidance, "n": 100, "points": points}


def truncation_scores(weights: bool) -> dict[str, Any]:
    """Faces at three truncations: the nearer to the mean, the more faces and the less variety."""
    shown = RANDOM | (INCEPTION if weights else {})
    points = [
        {
            "truncation": psi,
            **spread({"face_rate": 1 - psi / 5, "swd": 30 - 10 * psi, **shown}, 0.1),
        }
        for psi in (0.0, 0.5, 1.0)
    ]
    known = {"report": [], "parameters": {"generator": 1, "discriminator": 1}, "steps": 100}
    return {**known, "n": 1000, "seeds": DRAWS, "n_real": 1000, "points": points}
