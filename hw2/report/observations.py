"""Sentences about generated images that follow from the scores; each says no more than they do."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hw2.data.arrays import load_images
from hw2.data.sizes import CLASSES
from hw2.report.confusion import confusion_matrix
from hw2.report.scores import (
    DIVERSITY,
    FACE_SCORES,
    JUDGE,
    NEARER,
    RANDOM_FD,
    Score,
    figure,
    measured_by_some,
    written,
)
from hw2.report.sources import Measurements, Metrics, find, read_columns
from hw2.report.table import percent

CLEAR = 2.0  # standard deviations from which a difference is called one
RANKED = (*FACE_SCORES, RANDOM_FD)


@dataclass(frozen=True)
class Brightness:
    """Mean pixel value of a set of images and how much the images' means differ, in [0, 255]."""

    mean: float
    spread: float

    def __str__(self) -> str:
        return f"{self.mean:.0f} ± {self.spread:.0f}"


def brightness(images: np.ndarray) -> Brightness:
    """Of (N, H, W, 3) uint8 images, all channels alike."""
    means = images.reshape(len(images), -1).mean(axis=1)
    return Brightness(float(means.mean()), float(means.std()))


def face_observations(measured: Measurements, root: Path) -> list[str]:
    """Which run is best by each score and how surely, then A against B of each report.

    Raises:
        UserError: samples or the real val faces are missing.
    """
    runs = measured.faces
    if len(runs) < 2:
        return []
    sentences = [best_by(runs, score) for score in measured_by_some(runs.values(), RANKED)]
    light = {run: brightness(load_images(path).images) for run, path in _samples(measured, root)}
    real = brightness(load_images(find(root, "runs/prepared/face_val.npz")).images)
    sentences += [
        versus(report, pair, runs, light, real) for report, pair in _by_report(runs).items()
    ]
    return sentences


def best_by(runs: Mapping[str, Metrics], score: Score) -> str:
    """The best run by one score and the next one, with the number of deviations between them."""
    sign = -1 if score.better == "high" else 1
    known = [run for run in runs if figure(runs[run], score.key) is not None]
    ranked = sorted(known, key=lambda run: sign * runs[run][score.key])
    first = f"{score.header}: best is {ranked[0]} ({written(runs[ranked[0]], score)})"
    if len(ranked) < 2:
        return f"{first}."
    text = f"{first}, then {ranked[1]} ({written(runs[ranked[1]], score)})"
    apart = deviations_apart(runs[ranked[0]], runs[ranked[1]], score.key)
    if apart is None:
        return f"{text}."
    if apart < CLEAR:
        return f"{text}: {apart:.1f} standard deviations apart, which draws alone may cause."
    return f"{text}: {apart:.1f} standard deviations apart."


def deviations_apart(first: Metrics, second: Metrics, key: str) -> float | None:
    """The difference of two means in standard deviations of that difference, both independent.

    None where a deviation is missing or both are zero.
    """
    if f"{key}_std" not in first or f"{key}_std" not in second:
        return None
    deviation = math.hypot(first[f"{key}_std"], second[f"{key}_std"])
    return abs(first[key] - second[key]) / deviation if deviation else None


def versus(
    report: str,
    pair: list[str],
    runs: Mapping[str, Metrics],
    light: Mapping[str, Brightness],
    real: Brightness,
) -> str:
    """The two systems of one report side by side: every ranked score, and brightness."""
    scores = measured_by_some((runs[run] for run in pair), RANKED)
    parts = [
        f"{score.header} {' against '.join(written(runs[run], score) for run in pair)}"
        for score in scores
    ]
    parts.append(f"mean pixel value {' against '.join(str(light[run]) for run in pair)} of 255")
    names = " against ".join(f"{run} ({letter})" for run, letter in zip(pair, "AB", strict=True))
    return f"Report {report}, {names}: {'; '.join(parts)} (real val faces: {real})."


def digit_observations(measured: Measurements, root: Path) -> list[str]:
    """The best run, what no better than guessing is, the hardest digits, copies and diversity."""
    runs = measured.digits
    if not runs:
        return []
    best = max(runs, key=lambda run: runs[run][JUDGE.key])
    sentences = [best_by(runs, JUDGE), *_guesses(runs), _easy_and_hard(best, runs[best])]
    if best in measured.diffusion:
        relative = f"plots/confusion/diffusion/{best}.csv"
        counts = confusion_matrix(read_columns(root, relative), relative)
        sentences += _common_misreading(best, counts)
    return sentences + [*_spread(runs)]


def _guesses(runs: Mapping[str, Metrics]) -> Iterator[str]:
    chance = 1 / CLASSES
    guessed = []
    for run, entry in runs.items():
        count = entry["n"] * entry.get("seeds", 1)
        deviation = math.sqrt(chance * (1 - chance) / count)
        if entry[JUDGE.key] < chance + CLEAR * deviation:
            guessed.append(run)
    if guessed:
        yield f"No better than guessing (10 %) by that accuracy: {', '.join(guessed)}."


def _easy_and_hard(run: str, entry: Metrics) -> str:
    shares = [math.nan if share is None else share for share in entry["per_class"]]
    easy, hard = int(np.nanargmax(shares)), int(np.nanargmin(shares))
    return (
        f"Of {run} the judge reads {easy} best ({percent(shares[easy])} %) and "
        f"{hard} worst ({percent(shares[hard])} %)."
    )


def _common_misreading(run: str, counts: np.ndarray) -> Iterator[str]:
    wrong = counts * (1 - np.eye(CLASSES, dtype=np.int64))
    if wrong.any():
        asked, read = divmod(int(wrong.argmax()), CLASSES)
        share = wrong[asked, read] / counts[asked].sum()
        found = f"{asked} as {read} ({percent(share)} % of the {asked}s)"
        yield f"Its most frequent misreading: {found}."


def _spread(runs: Mapping[str, Metrics]) -> Iterator[str]:
    for score, meaning in (
        (DIVERSITY, "Diversity within a class, 1 being that of real digits"),
        (NEARER, "Share nearer to a training digit than real val digits are, 50 % being fresh"),
    ):
        known = {run: entry for run, entry in runs.items() if figure(entry, score.key) is not None}
        if known:
            ranked = sorted(known, key=lambda run: known[run][score.key])
            ends = dict.fromkeys((ranked[0], ranked[-1]))
            cells = " to ".join(f"{written(known[run], score)} ({run})" for run in ends)
            yield f"{meaning}: {cells}."


def _by_report(runs: Mapping[str, Metrics]) -> dict[str, list[str]]:
    """Report to its runs A and B, where it has both."""
    found: dict[str, dict[str, str]] = {}
    for run, entry in runs.items():
        for system in entry["report"]:
            report, _, letter = system.partition(" ")
            found.setdefault(report, {})[letter] = run
    return {
        report: [found[report]["A"], found[report]["B"]]
        for report in sorted(found)
        if {"A", "B"} <= set(found[report])
    }


def _samples(measured: Measurements, root: Path) -> Iterator[tuple[str, Path]]:
    """The samples of each run that draws faces."""
    for run in measured.faces:
        yield run, find(root, f"runs/{measured.family(run)}/{run}/samples.npz")
