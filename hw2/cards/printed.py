"""What the reports printed beside a run: its own report, or the best of all for one of none."""

from typing import NamedTuple

from hw2.cards.facts import DOMAINS, Run
from hw2.report.comparison import BASELINES, Comparison
from hw2.report.reported import reported_accuracy, reported_score, reported_systems
from hw2.report.scores import Score
from hw2.report.table import words

ADAPTING = ("dann", "dsn")


class Best(NamedTuple):
    """The highest target accuracy that any report printed of one of some methods."""

    accuracy: float
    system: str
    method: str


def header(run: Run) -> str:
    """Of the column that holds such figures."""
    if run.settings["report"]:
        return "Its report"
    best = _best(run) if run.kind == DOMAINS else None
    return f"Report {best.system}, {words(best.method)}" if best else "Best report"


def printed_score(run: Run, score: Score) -> float | None:
    """A score of generated images; for a run of no report the best that any of them printed."""
    systems = run.settings["report"]
    if systems:
        return reported_score(run.kind, systems, score.key)
    figures = [reported_score(run.kind, [each], score.key) for each in reported_systems(run.kind)]
    known = [figure for figure in figures if figure is not None]
    if not known or not score.better:
        return None
    return max(known) if score.better == "high" else min(known)


def printed_accuracies(run: Run) -> Comparison:
    """Target accuracies on the run's pair.

    Those of a run of no report are from the one with the best figure, so that the gap is one that
    a report closed.
    """
    pair, method, systems = _pair(run), run.settings["method"], run.settings["report"]
    if not systems and (best := _best(run)):
        method, systems = best.method, [best.system]
    low, high = (reported_accuracy(systems, pair, name) for name in BASELINES)
    adapted = None if method in BASELINES else reported_accuracy(systems, pair, method)
    return Comparison(low, adapted, high)


def _best(run: Run) -> Best | None:
    """Of all reports, on the run's pair: of the same baseline, or of any adapting method."""
    method, pair = run.settings["method"], _pair(run)
    found = (
        Best(figure, system, name)
        for system in reported_systems("adapt")
        for name in ([method] if method in BASELINES else ADAPTING)
        if (figure := reported_accuracy([system], pair, name)) is not None
    )
    return max(found, default=None)


def _pair(run: Run) -> str:
    return f"{run.settings['source']}_{run.settings['target']}"
