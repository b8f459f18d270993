"""Reported beside measured: for each report, every score of every system that it describes."""

from collections.abc import Iterator
from dataclasses import dataclass

from hw2.report.face_tables import NO_WEIGHTS
from hw2.report.reported import ReportedGap, reported_accuracy, reported_gaps, reported_score
from hw2.report.scores import REPORTED_DIGIT_SCORES, REPORTED_FACE_SCORES, written
from hw2.report.sources import Measurements, Metrics
from hw2.report.table import (
    Table,
    as_printed,
    basis,
    pair_words,
    percent,
    share_with_deviation,
    words,
)

HEADERS = ["System", "Run", "Score", "Reported", "Measured", "N", "Steps"]
TEXT_COLUMNS = 3
FAMILIES = ("GAN", "diffusion", "adaptation")


@dataclass(frozen=True)
class _Row:
    """One score of one system: cells of text, and the metrics file that they come from."""

    system: str
    family: str
    run: str
    score: str
    reported: str
    measured: str
    entry: Metrics

    @property
    def report(self) -> str:
        """``004`` of the system ``004 A``."""
        return self.system.split()[0]

    def cells(self) -> list[str]:
        """The row as `HEADERS` names it; the pair of domains stands for the family adaptation."""
        run = self.run if self.family == FAMILIES[2] else f"{self.family} {self.run}"
        budget = [f"{self.entry['n']:,}", f"{self.entry['steps']:,}"]
        return [self.system, run, self.score, self.reported, self.measured, *budget]


def reported_tables(measured: Measurements) -> list[Table]:
    """A table for each report, in the order of their names.

    Rows: GANs, then diffusion, then adaptation; a row for each system and score. A run that stands
    for systems of two reports has rows in both.
    """
    rows = sorted(_rows(measured), key=lambda row: row.system)
    rows += _gap_rows(measured)
    rows.sort(key=lambda row: (row.report, FAMILIES.index(row.family)))
    tables = []
    for report in dict.fromkeys(row.report for row in rows):
        own = [row for row in rows if row.report == report]
        caption = basis([row.entry for row in own], measured.data, "images a run")
        cells = [row.cells() for row in own]
        tables.append(Table(f"Report {report}", HEADERS, cells, caption, TEXT_COLUMNS))
    return tables


def reported_notes(measured: Measurements) -> str:
    """What a reader has to know of all these tables."""
    notes = [
        "Every system of the reports with every score of its kind; a dash under Reported: the "
        "report printed none. Reported accuracies are not rounded. The reports "
        "used the course’s data and budgets of their own. SWD is measured here only."
    ]
    if any("fid" not in entry for entry in measured.faces.values()):
        notes.append(NO_WEIGHTS)
    return " ".join(notes)


def _rows(measured: Measurements) -> Iterator[_Row]:
    """The rows of every run, once for each of its systems."""
    gan, diffusion, adaptation = FAMILIES
    for run, entry in measured.gan.items():
        yield from _image_rows(gan, run, entry, run in measured.faces)
    for run, entry in measured.diffusion.items():
        yield from _image_rows(diffusion, run, entry, run in measured.faces)
    for entry in measured.adapt.values():
        run = f"{pair_words(entry['pair'])}, {entry['net']}, {words(entry['method'])}"
        accuracy = share_with_deviation(entry, "accuracy")
        for system in entry["report"]:
            figure = as_printed(reported_accuracy([system], entry["pair"], entry["method"]))
            yield _Row(system, adaptation, run, "Target accuracy, %", figure, accuracy, entry)


def _image_rows(family: str, run: str, entry: Metrics, faces: bool) -> Iterator[_Row]:
    kind = "faces" if faces else "digits"
    for system in entry["report"]:
        for one in REPORTED_FACE_SCORES if faces else REPORTED_DIGIT_SCORES:
            figure = one.printed(reported_score(kind, [system], one.key))
            yield _Row(system, family, run, one.header, figure, written(entry, one), entry)


def _gap_rows(measured: Measurements) -> Iterator[_Row]:
    """The differences that a report states of two systems, where both have a run."""
    for gap in reported_gaps():
        better, worse = (_run_of(system, measured) for system in (gap.better, gap.worse))
        if better is not None and worse is not None:
            yield _gap_row(gap, better, worse, measured)


def _gap_row(gap: ReportedGap, better: str, worse: str, measured: Measurements) -> _Row:
    first, second = measured.faces[better], measured.faces[worse]
    return _Row(
        f"{gap.better} − {gap.worse}",
        FAMILIES[0],
        f"{better} − {worse}",
        "Face rate, points",
        f"about {100 * gap.face_rate:.0f}",
        percent(first["face_rate"] - second["face_rate"]),
        first,
    )


def _run_of(system: str, measured: Measurements) -> str | None:
    return next((run for run, e in measured.faces.items() if system in e["report"]), None)
