"""The adaptation tables: each pair over all nets, each digit, and report 003's with DSN."""

from hw2.report.comparison import (
    BASELINES,
    Comparison,
    baselines,
    compare,
    compare_reported,
    is_baseline,
)
from hw2.report.reported import reported_accuracy, reported_pairs
from hw2.report.sources import Measurements, Metrics
from hw2.report.table import (
    NONE,
    Format,
    Table,
    as_printed,
    basis,
    interval,
    pair_words,
    percent,
    share_with_deviation,
    systems,
    words,
)

SEPARATION_REPORT = "003"
SEPARATION_METHODS = ("source_only", "dann", "target_only", "dsn")  # in that report's order


def adapt_tables(measured: Measurements) -> dict[str, Table]:
    """For each pair and net: source only, adapted, target only; measured, and as printed."""
    headers = ["Net", "Report", "Method", "Figures", "Source only, %", "Adapted, %"]
    headers += ["95 % interval", "Target only, %", "Gap closed, %"]
    tables = {}
    for pair, entries in by_pair(measured).items():
        shown = _adapting(entries)
        rows = []
        for entry in shown:
            method = NONE if is_baseline(entry) else words(entry["method"])
            start = [entry["net"], systems(entry), method]
            rows.append([*start, "measured", *_measured(entry, measured)])
            if entry["report"]:
                printed = _cells(compare_reported(entry), as_printed)
                rows.append([*start, "reported", *printed[:2], NONE, *printed[2:]])
        counted = f"val images of {words(entries[0]['target'])}"
        notes = [basis(entries, measured.data, counted), _borrowed(shown, entries)]
        notes.append(order_sentence(shown, measured))
        caption = " ".join(filter(None, notes))
        tables[pair] = Table(pair_words(pair), headers, rows, caption, 4)
    return tables


def separation_table(measured: Measurements) -> Table | None:
    """DANN and DSN over the three pairs, as report 003 prints them; None without runs of it."""
    entries = [e for e in measured.adapt.values() if SEPARATION_REPORT in e["report"]]
    if not entries:
        return None
    found = {(entry["pair"], entry["method"]): entry for entry in entries}
    pairs = reported_pairs(SEPARATION_REPORT)
    headers = ["Method"]
    for pair in pairs:
        headers += [f"{pair_words(pair)}, %", "Report, %"]
    rows = []
    for method in SEPARATION_METHODS:
        row = [words(method)]
        for pair in pairs:
            printed = reported_accuracy([SEPARATION_REPORT], pair, method)
            ours = share_with_deviation(found.get((pair, method), {}), "accuracy")
            row += [ours, as_printed(printed)]
        rows.append(row)
    title = f"Report {SEPARATION_REPORT}: accuracy on the target"
    return Table(title, headers, rows, basis(entries, measured.data, "val images of a target"))


def order_sentence(entries: list[Metrics], measured: Measurements) -> str:
    """In how many of the runs source only < adapted < target only, and which break that order."""
    found = [(entry, compare(entry, measured.adapt)) for entry in entries]
    known = [(entry, triple) for entry, triple in found if triple.in_order is not None]
    if not known:
        return ""
    broken = [
        f"{entry['net']} {words(entry['method'])} ({', '.join(_cells(triple, percent)[:3])})"
        for entry, triple in known
        if not triple.in_order
    ]
    held = f"{len(known) - len(broken)} of {len(known)}"
    sentence = f"Source only < adapted < target only, as measured: in {held}"
    return f"{sentence}; not in {', '.join(broken)}." if broken else f"{sentence}."


def by_pair(measured: Measurements) -> dict[str, list[Metrics]]:
    """Adaptation runs by pair, net by net; in each net source only first, target only last."""
    pairs: dict[str, list[Metrics]] = {}
    for entry in measured.adapt.values():
        pairs.setdefault(entry["pair"], []).append(entry)
    rank = {BASELINES[0]: 0, BASELINES[1]: 2}
    for entries in pairs.values():
        nets = list(dict.fromkeys(entry["net"] for entry in entries))
        entries.sort(key=lambda entry: (nets.index(entry["net"]), rank.get(entry["method"], 1)))
    return pairs


def _adapting(entries: list[Metrics]) -> list[Metrics]:
    """Every adapting run, and one baseline of each net that has none: a row for each."""
    adapting = {entry["net"] for entry in entries if not is_baseline(entry)}
    shown: list[Metrics] = []
    for entry in entries:
        alone = entry["net"] not in adapting and entry["net"] not in {e["net"] for e in shown}
        if alone or not is_baseline(entry):
            shown.append(entry)
    return shown


def _borrowed(shown: list[Metrics], entries: list[Metrics]) -> str:
    """Which nets are compared with the baselines of another net of their report."""
    notes = []
    for entry in shown:
        others = {run["net"] for run in baselines(entry, entries).values()} - {entry["net"]}
        if others:
            notes.append(f"The baselines of {entry['net']} are those of {', '.join(others)}.")
    return " ".join(notes)


def _measured(entry: Metrics, measured: Measurements) -> list[str]:
    """Source only, adapted, its interval, target only, and the share of the gap closed."""
    found = baselines(entry, measured.adapt.values())
    low, high = (share_with_deviation(found.get(name, {}), "accuracy") for name in BASELINES)
    closed = percent(compare(entry, measured.adapt).closed)
    if is_baseline(entry):
        return [low, NONE, NONE, high, closed]
    return [
        low,
        share_with_deviation(entry, "accuracy"),
        interval(entry.get("interval")),
        high,
        closed,
    ]


def _cells(triple: Comparison, form: Format) -> list[str]:
    shares = (triple.source_only, triple.adapted, triple.target_only)
    return [*map(form, shares), percent(triple.closed)]
