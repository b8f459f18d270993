"""The tables of accuracies on real images, as Markdown for pages of docs/."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import mean

import pandas as pd
from tabulate import tabulate

from benchmarks.measure import ROOT
from benchmarks.quality import PRECISIONS
from hw2.core.params import read_yaml
from hw2.report.comparison import BASELINES, baselines, compare
from hw2.report.label_free_tables import CRITERIA, rank_correlation
from hw2.report.reported import reported_accuracy, reported_systems
from hw2.report.scores import share
from hw2.report.sources import Metrics
from hw2.report.table import (
    NONE,
    as_printed,
    pair_words,
    percent,
    share_with_deviation,
    words,
)

RUN = ["pair", "net", "method"]
FAST, _ = PRECISIONS
SEEDS = 3
HEADERS = ["pair (N)", "net", "report", "source only", "adapted", "target only", "the report's"]
OWN_METHODS = ["source_only", "dann", "self_training", "target_only"]
OWN_HEADERS = [
    *("pair (N)", "network", "steps", *map(words, OWN_METHODS), "agreement"),
    *("best adapted net above", "the reports' best adapted", "their best target only on the pair"),
]

LABEL_FREE_HEADERS = ["pair (N)", "runs", "accuracies, %", *(one.header for one in CRITERIA)]


def markdown(found: pd.DataFrame) -> dict[str, str]:
    """The tables by the names of their places in the pages."""
    fast = found[found.computed_in == FAST]
    return {
        "real_adaptation": accuracies(longest(fast)),
        "real_self_training": self_training(fast),
        "real_precisions": precisions(found),
        "real_label_free": label_free(fast),
    }


def longest(found: pd.DataFrame) -> pd.DataFrame:
    """Of each run only the trainings with the most steps, so that no mean mixes lengths."""
    return found[found.steps == found.groupby(RUN).steps.transform("max")]


def precisions(found: pd.DataFrame) -> str:
    """A row for each run trained in both precisions and as long: mean, deviation, each seed."""
    headers = ["run", "N", *(f"{each}, %" for each in PRECISIONS)]
    rows = []
    for (*names, _), of_run in found.groupby([*RUN, "steps"]):
        shares = [of_run[of_run.computed_in == each].target_accuracy for each in PRECISIONS]
        if all(len(each) for each in shares):
            cells = [_with_seeds(each) for each in shares]
            rows.append(["-".join(names), f"{of_run.n.iloc[0]:,}", *cells])
    return tabulate(rows, headers, "pipe", disable_numparse=True)


def _with_seeds(shares: pd.Series) -> str:
    each = ", ".join(map(percent, shares))
    return f"{share_with_deviation(_spread(shares), 'accuracy')} ({each})"


def accuracies(found: pd.DataFrame) -> str:
    """A row for each network and adapting method of each pair, beside what its report printed."""
    reports = _reports()
    adapting = [run for run in _runs() if reports[run[1]] and run[2] not in BASELINES]
    order = list(dict.fromkeys(pair for pair, _, _ in adapting))
    runs = {
        tuple(names): _named(names, reports) | _spread(shares)
        for names, shares in found.groupby(RUN).target_accuracy
    }
    rows = []
    for pair, net, method in sorted(adapting, key=lambda name: order.index(name[0])):
        around = baselines(_named((pair, net, method), reports), runs.values())
        below, above = (_cell(around.get(each), net) for each in BASELINES)
        printed = [reported_accuracy(reports[net], pair, each) for each in _triple(method)]
        middle = f"{words(method)} {_cell(runs.get((pair, net, method)), net)}"
        row = [_pair_and_n(found, pair), net, ", ".join(reports[net]), below, middle, above]
        rows.append([*row, " / ".join(map(as_printed, printed))])
    table = tabulate(rows, HEADERS, "pipe", disable_numparse=True)
    return f"{table}\n\n{order_sentence(found, adapting)}"


def self_training(found: pd.DataFrame) -> str:
    """A row for each pair, network of no report and length, with the methods that were run so.

    Beside them the best mean of a report's network and the best that any report printed.
    """
    reports = _reports()
    adapted = {method for _, _, method in _runs() if method not in BASELINES}
    theirs = found[found.net.map(reports).astype(bool) & found.method.isin(adapted)]
    best = longest(theirs).groupby(RUN).target_accuracy.mean().groupby("pair").max()
    rows = []
    for pair, net in dict.fromkeys((pair, net) for pair, net, _ in _runs() if not reports[net]):
        printed = [_best_printed(pair, methods) for methods in (adapted, ["target_only"])]
        compared = [percent(best.get(pair)), *map(as_printed, printed)]
        of_net = found[(found.pair == pair) & (found.net == net)]
        for steps, of_length in of_net.groupby("steps"):
            columns = [of_length[of_length.method == each].target_accuracy for each in OWN_METHODS]
            columns.append(of_length[of_length.method == "self_training"].agreement.dropna())
            measured = [_text(_spread(column)) for column in columns]
            rows.append([_pair_and_n(found, pair), net, f"{steps:,}", *measured, *compared])
    return tabulate(rows, OWN_HEADERS, "pipe", disable_numparse=True)


def label_free(found: pd.DataFrame) -> str:
    """A row for each pair: how well criteria that need no label rank its runs, each a length.

    Of the runs with all criteria on record.
    """
    keys = [one.key for one in CRITERIA]
    known = found[found[keys].notna().all(axis=1) & (found.method != BASELINES[1])]
    rows = []
    for pair, of_pair in known.groupby("pair"):
        runs = [
            {"accuracies": list(run.target_accuracy), "label_free": run[keys].to_dict("list")}
            for _, run in of_pair.groupby([*RUN, "steps"])
        ]
        ranks = [share(rank_correlation(runs, one)).replace("-", "−") for one in CRITERIA]
        shares = [mean(run["accuracies"]) for run in runs]
        between = f"{percent(min(shares))} to {percent(max(shares))}"
        rows.append([_pair_and_n(found, pair), f"{len(runs)}", between, *ranks])
    return tabulate(rows, LABEL_FREE_HEADERS, "pipe", disable_numparse=True)


def order_sentence(found: pd.DataFrame, adapting: Iterable[Sequence[str]]) -> str:
    """In how many trainings the order of the reports comes out, and where it does not.

    Only of trainings that have both baselines with the same seed, of their own network or, where
    it has none, of their report.
    """
    reports = _reports()
    by_seed: dict[int, dict[str, Metrics]] = {seed: {} for seed in sorted(found.seed.unique())}
    for *names, seed, right in found[[*RUN, "seed", "target_accuracy"]].values:
        by_seed[seed]["-".join(names)] = _named(names, reports) | {"accuracy": right}
    held, broken = 0, []
    for name in map("-".join, adapting):
        for seed, runs in by_seed.items():
            if name not in runs:
                continue
            compared = compare(runs[name], runs)
            if compared.in_order:
                held += 1
            elif compared.in_order is not None:
                figures = (compared.source_only, compared.adapted, compared.target_only)
                where = f"{runs[name]['net']} {pair_words(runs[name]['pair'])} with seed {seed}"
                broken.append(f"{where} ({', '.join(map(percent, figures))})")
    count = held + len(broken)
    start = f"Training by training, source only < adapted < target only in {held} of {count}"
    return f"{start}; not in {'; '.join(broken)}." if broken else f"{start}."


def _pair_and_n(found: pd.DataFrame, pair: str) -> str:
    counts = found[found.pair == pair].n.unique()
    return f"{pair_words(pair)} ({', '.join(f'{n:,}' for n in counts)})"


def _reports() -> dict[str, list[str]]:
    """The reports of each network."""
    nets = read_yaml(ROOT / "params.yaml")["adapt"]["nets"]
    return {net: entry["report"] for net, entry in nets.items()}


def _named(names: Sequence[str], reports: Mapping[str, list[str]]) -> Metrics:
    """A run by pair, network and method, with the network's reports."""
    return dict(zip(RUN, names, strict=True)) | {"report": reports[names[1]]}


def _runs() -> list[list[str]]:
    """Pair, network and method of every adaptation run."""
    return [name.split("-") for name in read_yaml(ROOT / "params.yaml")["adapt"]["runs"]]


def _triple(method: str) -> tuple[str, str, str]:
    """An adapting method between the baselines."""
    return BASELINES[0], method, BASELINES[1]


def _spread(accuracies: pd.Series) -> Metrics:
    """Mean, standard deviation where there are several, and number of trainings."""
    mean = {"accuracy": accuracies.mean()} if len(accuracies) else {}
    several = {"accuracy_std": accuracies.std()} if len(accuracies) > 1 else {}
    return {**mean, **several, "seeds": len(accuracies)}


def _cell(run: Metrics | None, net: str) -> str:
    """Its accuracy, or whose baseline it is."""
    if run is None:
        return NONE
    return _text(run) if run["net"] == net else f"as {run['net']}"


def _text(spread: Metrics) -> str:
    """Mean and deviation, and of how many trainings where not of three."""
    text = share_with_deviation(spread, "accuracy")
    return text if spread["seeds"] in (0, SEEDS) else f"{text} ({spread['seeds']})"


def _best_printed(pair: str, methods: Iterable[str]) -> float | None:
    """The highest accuracy in [0, 1] of these methods that any report printed of a pair."""
    printed = (
        reported_accuracy([report], pair, method)
        for report in reported_systems("adapt")
        for method in methods
    )
    return max((share for share in printed if share is not None), default=None)
