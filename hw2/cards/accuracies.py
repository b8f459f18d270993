"""The scores of an adaptation run: accuracies, each beside what the reports printed."""

from collections.abc import Sequence

from hw2.cards.facts import Run
from hw2.cards.printed import header, printed_accuracies
from hw2.report.comparison import BASELINES, compare, is_baseline
from hw2.report.label_free_tables import CRITERIA
from hw2.report.sources import Metrics
from hw2.report.table import (
    NONE,
    Table,
    as_printed,
    basis,
    interval,
    percent,
    share_with_deviation,
    words,
)

NO_LABELS = (
    "Entropy, in nats, information and agreement need no label (docs/scores.md): entropy is low, "
    "the others are high, where a network is sure, gives all digits, and sticks to its answers."
)


def accuracy_table(run: Run, entry: Metrics) -> Table:
    """Target accuracy, its spread, the bounds of the same network, the label-free criteria."""
    printed, method = printed_accuracies(run), entry["method"]
    own = dict(zip(BASELINES, (printed.source_only, printed.target_only), strict=True))
    figure = own.get(method, printed.adapted)
    target, each = words(entry["target"]), entry.get("accuracies", [])
    rows = [
        [f"Accuracy on {target}, %", share_with_deviation(entry, "accuracy"), as_printed(figure)],
        ["95 % interval", interval(entry.get("interval")), NONE],
        [f"Accuracy on {words(entry['source'])}, %", percent(entry.get("source_accuracy")), NONE],
    ]
    if len(each) > 1:
        rows.insert(2, ["Each training", " ".join(map(percent, each)), NONE])
    if not is_baseline(entry):
        ours = compare(entry, run.project.measured.adapt)
        rows += [
            ["Source only, %", percent(ours.source_only), as_printed(printed.source_only)],
            ["Target only, %", percent(ours.target_only), as_printed(printed.target_only)],
            ["Gap closed, %", percent(ours.closed), percent(printed.closed)],
        ]
    free = entry.get("label_free", {})
    rows += [[one.header, _mean(free[one.key]), NONE] for one in CRITERIA if one.key in free]
    caption = basis([entry], run.project.measured.data, f"val images of {target}")
    notes = "Interval: Wilson, for the choice of val images."
    if len(each) > 1:
        notes = f"{notes} ±: standard deviation over trainings."
    if free:
        notes = f"{notes} {NO_LABELS}"
    return Table("Scores", ["Score", "This run", header(run)], rows, f"{caption} {notes}")


def _mean(values: Sequence[float]) -> str:
    """Of a criterion over the trainings."""
    return f"{sum(values) / len(values):.3f}"
