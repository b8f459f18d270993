"""The adaptation tables below the main ones: each run's accuracy with its interval; each digit."""

from hw2.report.adapt_tables import by_pair
from hw2.report.sources import Measurements, Metrics
from hw2.report.table import (
    DIGITS,
    Table,
    basis,
    interval,
    pair_words,
    percent,
    share_with_deviation,
    words,
)


def adapt_accuracy_tables(measured: Measurements) -> dict[str, Table]:
    """For each pair: every run's target accuracy, its interval, and its single trainings."""
    tables = {}
    for pair, entries in by_pair(measured).items():
        rows = [[*_name(entry), *_accuracy(entry)] for entry in entries]
        headers = ["Net", "Method", "Accuracy, %", "95 % interval", "Each training", "On source"]
        title = f"{pair_words(pair)}, accuracy on the target"
        notes = "Interval: Wilson, of all predictions of all trainings as if independent."
        caption = f"{_basis(pair, entries, measured)} {notes}"
        tables[pair] = Table(title, headers, rows, caption, 2)
    return tables


def adapt_class_tables(measured: Measurements) -> dict[str, Table]:
    """For each pair: every run's accuracy on the target for each digit."""
    tables = {}
    for pair, entries in by_pair(measured).items():
        rows = [[*_name(entry), *map(percent, entry["per_class"])] for entry in entries]
        title = f"{pair_words(pair)}, accuracy by digit, %"
        headers = ["Net", "Method", *DIGITS]
        tables[pair] = Table(title, headers, rows, _basis(pair, entries, measured), 2)
    return tables


def _name(entry: Metrics) -> list[str]:
    return [entry["net"], words(entry["method"])]


def _accuracy(entry: Metrics) -> list[str]:
    each = " ".join(map(percent, entry.get("accuracies", [entry["accuracy"]])))
    bounds, source = interval(entry.get("interval")), percent(entry.get("source_accuracy"))
    return [share_with_deviation(entry, "accuracy"), bounds, each, source]


def _basis(pair: str, entries: list[Metrics], measured: Measurements) -> str:
    counted = f"val images of {words(pair.split('_')[1])}"
    return basis(entries, measured.data, counted)
