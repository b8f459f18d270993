"""Every score of generated images: its key, its name in a table, how it is written, what is better.

Keys are those of the metrics files; a mean over draws of samples has its standard deviation beside
it, under ``<key>_std``.
"""

from collections.abc import Iterable
from typing import NamedTuple

from hw2.report.sources import Metrics
from hw2.report.table import NONE, Format, as_printed, decimal, percent


class Score(NamedTuple):
    """One score.

    Attributes:
        key: in the metrics file.
        header: its name and unit.
        form: how a measured figure is written.
        printed: how a report's figure is written.
        better: ``high`` or ``low``; empty where neither end is.
    """

    key: str
    header: str
    form: Format
    printed: Format
    better: str


def tenths(value: float | None) -> str:
    """A distance with one decimal; a dash for None."""
    return NONE if value is None else f"{value:,.1f}".replace("-", "−")


def thousandths(value: float | None) -> str:
    """A distance times 1,000 with one decimal; a dash for None."""
    return tenths(None if value is None else 1000 * value)


def share(value: float | None) -> str:
    """A share or ratio with two decimals; a dash for None."""
    return NONE if value is None else f"{value:.2f}"


FACE_RATE = Score("face_rate", "Face rate, %", percent, as_printed, "high")
SWD = Score("swd", "SWD", tenths, decimal, "low")
FID = Score("fid", "FID", tenths, decimal, "low")
KID = Score("kid", "KID × 10³", thousandths, decimal, "low")
INCEPTION_SCORE = Score("inception_score", "Inception score", decimal, decimal, "high")
PRECISION = Score("precision", "Precision", share, share, "high")
RECALL = Score("recall", "Recall", share, share, "high")
DENSITY = Score("density", "Density", share, share, "high")
COVERAGE = Score("coverage", "Coverage", share, share, "high")
RANDOM_FD = Score("random_fd", "Random FD", tenths, decimal, "low")
RANDOM_KID = Score("random_kid", "Random KID", tenths, decimal, "low")
JUDGE = Score("judge_accuracy", "Judge accuracy, %", percent, as_printed, "high")
COURSE_JUDGE = Score("course_judge_accuracy", "Course’s judge, %", percent, as_printed, "high")
CONFIDENCE = Score("judge_confidence", "Confidence, %", percent, as_printed, "")
DIVERSITY = Score("diversity", "Diversity", share, share, "")
NEARER = Score("nearer_than_val", "Nearer than val, %", percent, percent, "")
COPIED = Score("copied", "Copies, %", percent, percent, "")

FACE_SCORES = (FACE_RATE, FID, KID, INCEPTION_SCORE, SWD)
FACE_SCORES_WITHOUT_WEIGHTS = (FACE_RATE, SWD, RANDOM_FD, RANDOM_KID)
SPREAD = (PRECISION, RECALL, DENSITY, COVERAGE)
RANDOM_SPREAD = tuple(one._replace(key=f"random_{one.key}") for one in SPREAD)
RANDOM_SCORES = (RANDOM_FD, RANDOM_KID, *RANDOM_SPREAD)
DIGIT_SCORES = (JUDGE, COURSE_JUDGE, CONFIDENCE, DIVERSITY, NEARER, COPIED)
DIGIT_DISTANCES = (SWD, *RANDOM_SCORES)
# What a report may have printed, and SWD beside it.
REPORTED_FACE_SCORES = (FACE_RATE, FID, INCEPTION_SCORE, SWD)
REPORTED_DIGIT_SCORES = (JUDGE,)


def figure(entry: Metrics, key: str) -> float | None:
    """A score of a metrics file; None where it was not measured.

    A word is no score: the facts of a training hold one under ``precision``.
    """
    value = entry.get(key)
    return None if isinstance(value, str) else value


def written(entry: Metrics, score: Score) -> str:
    """A score of a metrics file, with its standard deviation where the file holds one."""
    text, deviation = score.form(figure(entry, score.key)), figure(entry, f"{score.key}_std")
    return text if deviation is None else f"{text} ± {score.form(deviation)}"


def measured_by_some(entries: Iterable[Metrics], scores: Iterable[Score]) -> list[Score]:
    """Those of `scores` that at least one entry has."""
    entries = list(entries)
    return [score for score in scores if any(figure(e, score.key) is not None for e in entries)]
