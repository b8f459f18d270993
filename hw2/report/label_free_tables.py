"""How well criteria that need no label rank the runs of a pair by their accuracy on the target."""

from collections.abc import Sequence
from statistics import mean
from typing import NamedTuple

from hw2.report.adapt_tables import by_pair
from hw2.report.comparison import BASELINES
from hw2.report.scores import share
from hw2.report.sources import Measurements, Metrics
from hw2.report.table import Table, basis, pair_words

SEES_LABELS = BASELINES[1]
FEWEST_RUNS = 3
NOTES = (
    "Spearman’s rank correlation over the runs of a pair, each with the means of its trainings: 1, "
    "the criterion orders them as accuracy does; 0, at random; −1, the other way round. "
    "Entropy counts negative: low is good. Target only is left out, for it saw labels. "
    "The runs are few and related, so that a high figure is optimistic: by chance alone three runs "
    "fall into perfect order once in six times. Entropy and information mislead where a method "
    "lowers or raises them itself."
)


class Criterion(NamedTuple):
    """A figure of a network's answers on target images, for which no label is needed.

    Attributes:
        key: in ``label_free`` of a metrics file, one value a training.
        header: its name.
        sign: 1 where high values are good, -1 where low ones are.
    """

    key: str
    header: str
    sign: int


CRITERIA = (
    Criterion("entropy", "Entropy", -1),
    Criterion("information", "Information", 1),
    Criterion("agreement", "Agreement of views", 1),
)


def label_free_table(measured: Measurements) -> Table:
    """A row for each pair: how many runs, and how well each criterion ranks them."""
    rows, ranked = [], []
    for pair, entries in by_pair(measured).items():
        runs = [e for e in entries if e["method"] != SEES_LABELS and "label_free" in e]
        figures = [share(rank_correlation(runs, criterion)) for criterion in CRITERIA]
        rows.append([pair_words(pair), f"{len(runs)}", *(f.replace("-", "−") for f in figures)])
        ranked += runs
    headers = ["Pair", "Runs", *(criterion.header for criterion in CRITERIA)]
    caption = f"{NOTES} {basis(ranked, measured.data, 'val images of the target')}"
    return Table("Choosing without labels: what the criteria rank right", headers, rows, caption)


def rank_correlation(runs: Sequence[Metrics], criterion: Criterion) -> float | None:
    """Spearman's, in [-1, 1], of the criterion and the accuracy over runs, equal values tied.

    None where it is not defined, or says nothing: fewer than three runs, or all of them equal.

    Args:
        runs: metrics with ``accuracies`` and ``label_free``, whose values are one a training.
    """
    from scipy.stats import spearmanr  # here: no other table needs it, and it takes a second

    if len(runs) < FEWEST_RUNS:
        return None
    accuracy = [mean(run["accuracies"]) for run in runs]
    values = [criterion.sign * mean(run["label_free"][criterion.key]) for run in runs]
    if min(len(set(accuracy)), len(set(values))) == 1:
        return None
    return float(spearmanr(values, accuracy).statistic)
