"""The tables of generated digits: what the judge reads in them, and how they spread."""

from hw2.report.face_tables import neighbour_note, score_table
from hw2.report.scores import DIGIT_DISTANCES, DIGIT_SCORES, JUDGE, measured_by_some
from hw2.report.sources import Measurements, Metrics
from hw2.report.table import DIGITS, Table, basis, percent


def digit_tables(measured: Measurements) -> list[Table]:
    """The judge's reading beside the reports' figures, then distances to real digits.

    The last row of each holds real train digits in place of generated ones; the judges read val
    digits there, for they may know the others by heart.
    """
    runs = measured.digits
    caption = basis(runs.values(), measured.data, "generated digits a run")
    real: Metrics = next((entry["real"] for entry in runs.values() if "real" in entry), {})
    judged = {JUDGE.key: measured.judge["accuracy"], **real}
    tables = [score_table("Generated digits", runs, DIGIT_SCORES, caption, "digits", judged)]
    if measured_by_some(runs.values(), DIGIT_DISTANCES):
        title = "Generated digits, distances to real val digits"
        spread = f"{caption} {neighbour_note(runs.values())}"
        tables.append(score_table(title, runs, DIGIT_DISTANCES, spread, real=real or None))
    return tables


def digit_class_table(measured: Measurements) -> Table:
    """Judge accuracy of generated digits for each digit."""
    rows = [[run, *map(percent, e["per_class"])] for run, e in measured.digits.items()]
    caption = basis(measured.digits.values(), measured.data, "generated digits a run")
    return Table("Generated digits, judge accuracy by digit, %", ["Run", *DIGITS], rows, caption)
