"""A run's scores, one a row, beside what its report printed and what real images reach."""

from hw2.cards.accuracies import accuracy_table
from hw2.cards.facts import DIGITS, DOMAINS, FACES, Run
from hw2.cards.markdown import untitled
from hw2.cards.printed import header, printed_score
from hw2.report.face_tables import neighbour_note
from hw2.report.scores import (
    COPIED,
    DIGIT_DISTANCES,
    DIGIT_SCORES,
    FACE_SCORES,
    JUDGE,
    NEARER,
    RANDOM_SCORES,
    SPREAD,
    Score,
    measured_by_some,
    written,
)
from hw2.report.sources import Metrics
from hw2.report.table import NONE, Table, basis, percent

SCORES = {
    FACES: (*FACE_SCORES, *SPREAD, *RANDOM_SCORES, NEARER, COPIED),
    DIGITS: (*DIGIT_SCORES, *DIGIT_DISTANCES),
}
COUNTED = {FACES: "generated faces against real val faces", DIGITS: "generated digits"}
BETTER = {"high": "higher", "low": "lower", "": NONE}
NOT_YET = "Not measured yet: metrics/ has no file of this run. `{command}` makes it."


def scores(run: Run) -> str:
    """The section: the table of scores, and where there are digits their accuracies."""
    entry = run.scores
    if entry is None:
        return NOT_YET.format(command=command(run))
    table = accuracy_table(run, entry) if run.kind == DOMAINS else _image_table(run, entry)
    texts = [untitled(table)]
    if "per_class" in entry:
        row = [*map(percent, entry["per_class"])]
        each = Table("Accuracy by digit, %", list("0123456789"), [row], "", 0)
        texts.append(each.markdown().strip())
    source = "What each score is and what it can see: [docs/scores.md](../scores.md)."
    known = "Figures on real images, where there are any: [docs/results.md](../results.md)."
    return "\n\n".join([*texts, f"{source} {known}"])


def command(run: Run) -> str:
    """The command that trains and scores the run."""
    name = "" if run.kind == DOMAINS else f"@{run.name}"
    return f"dvc repro score_{run.family}{name}"


def real_scores(run: Run, entry: Metrics) -> Metrics:
    """Scores of real images in place of generated ones; digits with the judge's of val."""
    judge = run.project.measured.judge["accuracy"]
    real: Metrics = entry.get("real", {})
    return real if run.kind == FACES else {JUDGE.key: judge, **real}


def _image_table(run: Run, entry: Metrics) -> Table:
    found = measured_by_some([entry], SCORES[run.kind])
    real = real_scores(run, entry)
    rows = [
        [
            score.header if not score.key.startswith("random_") else _random(score),
            BETTER[score.better],
            written(entry, score),
            score.printed(printed_score(run, score)),
            written(real, score),
        ]
        for score in found
    ]
    caption = basis([entry], run.project.measured.data, COUNTED[run.kind])
    headers = ["Score", "Better", "This run", header(run), "Real images"]
    real_row = "Real images: train images in place of generated ones, the floor of the distances."
    return Table("Scores", headers, rows, f"{caption} {real_row} {neighbour_note([entry])}", 2)


def _random(score: Score) -> str:
    """``Random precision``: beside it stands the one of the FID Inception network."""
    header = score.header
    return header if header.startswith("Random") else f"Random {header.lower()}"
