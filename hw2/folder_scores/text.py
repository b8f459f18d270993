"""Scores of a folder of images as text for a terminal."""

from tabulate import tabulate

from hw2.folder_scores.scores import FolderScores

# Of each score: which way is better, and what it says.
MEANINGS = {
    "face_rate": ("higher", "share of images with exactly one face"),
    "judge_accuracy": ("higher", "share that the judge reads as labelled"),
    "judge_confidence": ("", "mean probability of what the judge reads"),
    "course_judge_accuracy": ("higher", "share that the course's judge reads as labelled"),
    "diversity": ("near 1", "distances within a digit, over those of real digits"),
    "nearer_than_val": (
        "near 0.5",
        "how often nearer to a training image than real ones; 1: copies",
    ),
    "copied": ("near 0.01", "share as near as the nearest 1 % of real images"),
    "swd": ("lower", "sliced Wasserstein distance between patches"),
    "fid": ("lower", "Frechet distance"),
    "inception_score": ("higher", "how sure and how various the classes are"),
    "inception_score_split_std": ("", "its deviation over ten splits"),
    "fd": ("lower", "Frechet distance"),
    "kid": ("near 0", "kernel distance"),
    "kid_subset_std": ("", "its deviation over subsets"),
    "precision": ("higher", "share that lies among real images"),
    "recall": ("higher", "share of real images that lie among these"),
    "density": ("near 1", "how densely real images surround these"),
    "coverage": ("higher", "share of real images with one of these nearby"),
}
RANDOM = "random_"
DIGITS = [str(digit) for digit in range(10)]


def scores_text(found: FolderScores) -> str:
    """A table of the scores, one of each digit where there is one, and what was left out.

    The column `real` holds the same score of real images, where it is known.
    """
    rows = [
        [name, f"{value:.4g}", _number(found.real.get(name)), *_meaning(name)]
        for name, value in found.scores.items()
        if isinstance(value, float)
    ]
    headers = ["score", "value", "real", "better", "meaning"]
    blocks = [tabulate(rows, headers, disable_numparse=True)]
    if per_class := found.scores.get("per_class"):
        lines = [[digit, *facts.values()] for digit, facts in per_class.items()]
        facts_of = ["digit", *next(iter(per_class.values()))]
        blocks.append(tabulate(lines, facts_of, floatfmt=".3f", missingval="–"))
        if absent := [digit for digit in DIGITS if digit not in per_class]:
            blocks.append(f"no image is labelled {', '.join(absent)}")
    if found.left_out:
        reasons: dict[str, list[str]] = {}
        for name, why in found.left_out.items():
            reasons.setdefault(why, []).append(name)
        blocks.append(
            "\n".join(f"left out: {', '.join(names)}: {why}" for why, names in reasons.items())
        )
    return "\n\n".join(blocks)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _meaning(name: str) -> tuple[str, str]:
    better, text = MEANINGS.get(name.removeprefix(RANDOM), ("", ""))
    return better, f"{text}, random network" if name.startswith(RANDOM) else text
