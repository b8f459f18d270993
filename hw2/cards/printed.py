"""What the reports printed beside a run: its own report, or the best of all for one of none."""

from hw2.cards.facts import Run
from hw2.report.comparison import BASELINES, Comparison
from hw2.report.reported import reported_accuracy, reported_score, reported_systems
from hw2.report.scores import Score

ADAPTING = ("dann", "dsn")


def header(run: Run) -> str:
    """Of the column that holds such figures."""
    return "Its report" if run.settings["report"] else "Best report"


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
    """Target accuracies on the run's pair; of a method that no report has, beside DANN and DSN."""
    method = run.settings["method"]
    low, high = (_accuracy(run, name) for name in BASELINES)
    if method in BASELINES:
        return Comparison(low, None, high)
    of_method = _accuracy(run, method)
    others = [figure for name in ADAPTING if (figure := _accuracy(run, name)) is not None]
    if of_method is None and not run.settings["report"]:
        of_method = max(others, default=None)
    return Comparison(low, of_method, high)


def _accuracy(run: Run, method: str) -> float | None:
    """What its report printed for a method; for a run of no report the best of all."""
    pair = f"{run.settings['source']}_{run.settings['target']}"
    systems = run.settings["report"]
    if systems:
        return reported_accuracy(systems, pair, method)
    figures = [reported_accuracy([each], pair, method) for each in reported_systems("adapt")]
    return max((figure for figure in figures if figure is not None), default=None)
