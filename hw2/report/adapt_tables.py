"""The adaptation tables: source only, methods and target only, pair by pair."""

from hw2.report.reported import reported_accuracy, reported_gap_inputs
from hw2.report.sources import Measurements, Metrics
from hw2.report.summary import BASELINES, closed, measured_gap
from hw2.report.table import DIGITS, Table, basis, interval, pair_words, percent, words


def adapt_tables(measured: Measurements) -> dict[str, Table]:
    """For each pair: source only, methods and target only, for each net."""
    headers = ["Net", "Report", "Method", "Accuracy, %", "95 % interval", "Report, %"]
    headers += ["Gap closed, %", "Gap closed, report, %"]
    tables = {}
    for pair, entries in _by_pair(measured).items():
        rows = [
            [
                entry["net"],
                entry["report"],
                words(entry["method"]),
                percent(entry["accuracy"]),
                interval(entry.get("interval")),
                percent(reported_accuracy(entry["report"], pair, entry["method"])),
                percent(measured_gap(entry, measured.adapt)),
                percent(_reported_gap(entry)),
            ]
            for entry in entries
        ]
        caption = basis(entries, measured.data, f"val images of {words(entries[0]['target'])}")
        tables[pair] = Table(pair_words(pair), headers, rows, caption, 3)
    return tables


def adapt_class_tables(measured: Measurements) -> dict[str, Table]:
    """For each pair: accuracy on the target for each digit."""
    tables = {}
    for pair, entries in _by_pair(measured).items():
        rows = [
            [entry["net"], words(entry["method"]), *map(percent, entry["per_class"])]
            for entry in entries
        ]
        caption = basis(entries, measured.data, f"val images of {words(entries[0]['target'])}")
        title = f"{pair_words(pair)}, accuracy by digit, %"
        tables[pair] = Table(title, ["Net", "Method", *DIGITS], rows, caption, 2)
    return tables


def _by_pair(measured: Measurements) -> dict[str, list[Metrics]]:
    pairs: dict[str, list[Metrics]] = {}
    for entry in measured.adapt.values():
        pairs.setdefault(entry["pair"], []).append(entry)
    rank = {BASELINES[0]: 0, BASELINES[1]: 2}
    for entries in pairs.values():
        nets = list(dict.fromkeys(entry["net"] for entry in entries))
        entries.sort(key=lambda entry: (nets.index(entry["net"]), rank.get(entry["method"], 1)))
    return pairs


def _reported_gap(entry: Metrics) -> float | None:
    figures = reported_gap_inputs(entry)
    return None if entry["method"] in BASELINES or figures is None else closed(*figures)
