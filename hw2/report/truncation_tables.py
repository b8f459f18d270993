"""The tables of truncations: scores of one GAN's faces against the truncation of its latents."""

from hw2.report.scores import (
    FACE_SCORES,
    RANDOM_FD,
    RANDOM_SPREAD,
    SPREAD,
    measured_by_some,
    written,
)
from hw2.report.sources import Measurements, Metrics
from hw2.report.table import Table, basis

COLUMNS = (*FACE_SCORES, RANDOM_FD)


def truncation_tables(measured: Measurements) -> list[Table]:
    """Of each compared model a table: a row for each truncation psi."""
    return [_table(run, entry, measured) for run, entry in measured.truncations.items()]


def _table(run: str, entry: Metrics, measured: Measurements) -> Table:
    points = entry["points"]
    spread = SPREAD if measured_by_some(points, SPREAD) else RANDOM_SPREAD
    scores = measured_by_some(points, (*COLUMNS, *spread[1::2]))  # recall and coverage
    rows = [
        [f"{point['truncation']:g}", *(written(point, score) for score in scores)]
        for point in points
    ]
    caption = (
        f"{basis([entry], measured.data, 'generated faces a row against real val faces')} "
        "All rows are made from the same latents; ψ = 1 leaves them as in training."
    )
    return Table(f"Truncation of {run}", ["ψ", *(s.header for s in scores)], rows, caption)
