"""The tables of generated faces: scores beside the reports', and the spread of the images."""

from collections.abc import Iterable, Sequence

from hw2.report.reported import reported_score
from hw2.report.scores import (
    FACE_SCORES,
    FACE_SCORES_WITHOUT_WEIGHTS,
    FID,
    RANDOM_SCORES,
    SPREAD,
    Score,
    measured_by_some,
    written,
)
from hw2.report.sources import Measurements, Metrics
from hw2.report.table import NONE, Table, basis, percent, systems

REAL = "real images"
RANDOM = "a network of random weights"
NO_WEIGHTS = (
    "FID, KID and inception score are not measured: the weights of the FID Inception network were "
    "not at hand (hw2 weights inception fetches them)."
)


def face_tables(measured: Measurements) -> list[Table]:
    """Scores beside the reports' figures, then what each network says of quality and spread.

    The last row of each scores real train images in place of generated ones: the floor of the
    distances, the ceiling of the others.
    """
    runs = measured.faces
    caption = basis(runs.values(), measured.data, "generated faces a run against real val faces")
    real = next((entry["real"] for entry in runs.values() if "real" in entry), None)
    with_weights = any(FID.key in entry for entry in runs.values())
    scores = FACE_SCORES if with_weights else FACE_SCORES_WITHOUT_WEIGHTS
    ceiling = (real or {}).get("face_rate_val")
    notes = [caption] if ceiling is None else [caption, f"Face rate of val: {percent(ceiling)} %."]
    if not with_weights:
        notes.append(NO_WEIGHTS)
    tables = [score_table("Generated faces", runs, scores, " ".join(notes), "faces", real)]
    spread = f"{caption} {neighbour_note(runs.values())}"
    for network, columns in (("the FID Inception network", SPREAD), (RANDOM, RANDOM_SCORES)):
        if measured_by_some(runs.values(), columns):
            title = f"Generated faces, in {network}"
            tables.append(score_table(title, runs, columns, spread, real=real))
    return tables


def neighbour_note(entries: Iterable[Metrics]) -> str:
    """What k is, and that figures of a random-weight network compare with each other only."""
    k = " or ".join(sorted({str(entry["k"]) for entry in entries if "k" in entry}))
    return (
        f"Precision, recall, density and coverage with k = {k or NONE}; “random”: features of a "
        "network of fixed random weights, comparable among these rows only."
    )


def score_table(
    title: str,
    runs: dict[str, Metrics],
    scores: Iterable[Score],
    caption: str,
    reported: str = "",
    real: Metrics | None = None,
) -> Table:
    """A row a run and a column for each score that some run has.

    Args:
        reported: ``faces`` or ``digits``: set the figure of a run's report beside each score
            where some report printed one.
        real: scores of real images, the last row; None: no such row.
    """
    entries = list(runs.values())
    headers, last = ["Run", "Report"], [REAL, NONE]
    rows = [[run, systems(entry)] for run, entry in runs.items()]
    if not reported:  # a second table of the same runs: room for more scores
        headers, last, rows = headers[:1], last[:1], [row[:1] for row in rows]
    words = len(headers)
    for score in measured_by_some(entries, scores):
        printed = _printed(reported, entries, score)
        headers += [score.header] + ["reported"] * bool(printed)
        for index, (row, entry) in enumerate(zip(rows, entries, strict=True)):
            row += [written(entry, score), *printed[index : index + 1]]
        last += [written(real or {}, score), *[NONE] * bool(printed)]
    return Table(title, headers, [*rows, last] if real else rows, caption, words)


def _printed(kind: str, entries: list[Metrics], score: Score) -> Sequence[str]:
    """What the reports printed, one cell a run; empty where none printed the score."""
    if not kind:
        return []
    figures = [reported_score(kind, entry["report"], score.key) for entry in entries]
    return [] if all(figure is None for figure in figures) else [*map(score.printed, figures)]
