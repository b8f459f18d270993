"""Adaptation on real images: what trained runs reach, as a file and as a table.

    python -m benchmarks.real_adaptation [FOLDER ...]

Each FOLDER is a checkout in which adaptation runs were trained, with its runs/. The accuracy of
every training goes to docs/real_adaptation.csv, in place of an older one of the same run, seed and
precision; then the tables of docs/results.md and docs/speed.md are written anew from that file;
without a folder, that alone.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from tabulate import tabulate

from benchmarks.measure import ROOT
from benchmarks.quality import PRECISIONS
from hw2.core.errors import UserError, exit_on_user_error
from hw2.core.files import read_arrays, read_json, write_text
from hw2.core.params import read_yaml
from hw2.core.paths import TRAINING
from hw2.data.arrays import load_images
from hw2.evaluation.classification import accuracy
from hw2.report.comparison import BASELINES, Comparison, baselines
from hw2.report.readme import fill
from hw2.report.reported import reported_accuracy
from hw2.report.sources import Metrics
from hw2.report.table import (
    NONE,
    as_printed,
    pair_words,
    percent,
    share_with_deviation,
    words,
)

CSV = ROOT / "docs" / "real_adaptation.csv"
PAGES = (ROOT / "docs" / "results.md", ROOT / "docs" / "speed.md")
RUN = ["pair", "net", "method"]
KEYS = [*RUN, "seed", "computed_in"]
FAST, _ = PRECISIONS
SEEDS = 3
HEADERS = ["pair (N)", "net", "report", "source only", "adapted", "target only", "the report's"]


def main() -> None:
    """Read the command line, add what the folders hold, write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    folders: list[Path] = parser.parse_args().folders
    with exit_on_user_error():
        found = pd.read_csv(CSV)
        for folder in folders:
            found = merged(found, trainings(folder))
        write_text(CSV, found.to_csv(index=False, float_format="%.4f", lineterminator="\n"))
        tables = markdown(pd.read_csv(CSV))  # rounded, as they stand there
        for page in PAGES:
            write_text(page, fill(page.read_text(encoding="utf-8"), tables, str(page)))
        print(f"{CSV}: {len(found)} trainings; {' and '.join(map(str, PAGES))} show them")


def trainings(folder: Path) -> list[dict[str, Any]]:
    """A row for each training of the runs that ended in a checkout.

    Raises:
        UserError: there is none, or a file is damaged.
    """
    outcomes = sorted(folder.glob("runs/adapt/*/val.npz"))
    if not outcomes:
        raise UserError(f"{folder}: no trained adaptation runs (runs/adapt/*/val.npz)")
    return [row for outcome in outcomes for row in _rows(folder, outcome)]


def _rows(folder: Path, outcome: Path) -> Iterator[dict[str, Any]]:
    pair, net, method = outcome.parent.name.split("-")
    labels = {
        side: load_images(folder / f"runs/prepared/{domain}_val.npz").digits
        for side, domain in zip(("source", "target"), pair.split("_"), strict=True)
    }
    known, predicted = read_json(outcome.with_name(TRAINING)), read_arrays(outcome)
    for number in range(len(predicted["target_predicted"])):
        yield {
            **{"pair": pair, "net": net, "method": method, "seed": known["seed"] + number},
            **{"steps": known["steps"], "n": len(labels["target"])},
            **{
                f"{side}_accuracy": accuracy(predicted[f"{side}_predicted"][number], labels[side])
                for side in ("target", "source")
            },
            "computed_in": known["computed_in"],
            "hardware": known["hardware"],
        }


def merged(old: pd.DataFrame, new: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Both, sorted; of two of the same run, seed and precision the new one."""
    both = pd.concat([old, pd.DataFrame(new)]).drop_duplicates(KEYS, keep="last")
    return both.sort_values(KEYS, ignore_index=True)


def markdown(found: pd.DataFrame) -> dict[str, str]:
    """The tables by the names of their places in the pages."""
    fast = found[found.computed_in == FAST]
    return {"real_adaptation": accuracies(fast), "real_precisions": precisions(found)}


def precisions(found: pd.DataFrame) -> str:
    """A row for each run that was trained in both precisions: mean, deviation and each seed."""
    headers = ["run", "N", *(f"{each}, %" for each in PRECISIONS)]
    rows = []
    for names, of_run in found.groupby(RUN):
        shares = [of_run[of_run.computed_in == each].target_accuracy for each in PRECISIONS]
        if all(len(each) for each in shares):
            cells = [_with_seeds(each) for each in shares]
            rows.append(["-".join(names), f"{of_run.n.iloc[0]:,}", *cells])
    return tabulate(rows, headers, "pipe", disable_numparse=True)


def _with_seeds(shares: pd.Series) -> str:
    each = ", ".join(map(percent, shares))
    return f"{share_with_deviation(_spread(shares), 'accuracy')} ({each})"


def accuracies(found: pd.DataFrame) -> str:
    """A row for each network and adapting method of each pair, beside what its report printed.

    Those of no report only where something was measured.
    """
    settings = read_yaml(ROOT / "params.yaml")["adapt"]
    reports = {net: entry["report"] for net, entry in settings["nets"].items()}
    adapting = [name.split("-") for name in settings["runs"] if not name.endswith(BASELINES)]
    order = list(dict.fromkeys(pair for pair, _, _ in adapting))
    runs = {
        (pair, net, method): {"pair": pair, "net": net, "method": method, "report": reports[net]}
        | _spread(shares)
        for (pair, net, method), shares in found.groupby(RUN).target_accuracy
    }
    rows = []
    for pair, net, method in sorted(adapting, key=lambda name: order.index(name[0])):
        of_pair = found[found.pair == pair]
        if not reports[net] and net not in set(of_pair.net):
            continue
        around = baselines({"pair": pair, "net": net, "report": reports[net]}, runs.values())
        below, above = (_cell(around.get(each), net) for each in BASELINES)
        printed = [reported_accuracy(reports[net], pair, each) for each in _triple(method)]
        middle = f"{words(method)} {_cell(runs.get((pair, net, method)), net)}"
        pair_and_n = f"{pair_words(pair)} ({', '.join(f'{n:,}' for n in of_pair.n.unique())})"
        row = [pair_and_n, net, ", ".join(reports[net]), below, middle, above]
        rows.append([*row, " / ".join(map(as_printed, printed))])
    table = tabulate(rows, HEADERS, "pipe", disable_numparse=True)
    return f"{table}\n\n{order_sentence(found, adapting)}"


def order_sentence(found: pd.DataFrame, adapting: Iterable[Sequence[str]]) -> str:
    """In how many trainings the order of the reports comes out, and where it does not.

    Only of networks that have both baselines with the same seed.
    """
    share = found.set_index([*RUN, "seed"]).target_accuracy
    held, broken = 0, []
    for pair, net, method in adapting:
        for seed in sorted(found.seed.unique()):
            shares = [share.get((pair, net, each, seed)) for each in _triple(method)]
            in_order = Comparison(*shares).in_order
            if in_order:
                held += 1
            elif in_order is not None:
                figures = ", ".join(map(percent, shares))
                broken.append(f"{net} {pair_words(pair)} with seed {seed} ({figures})")
    count = held + len(broken)
    start = f"Training by training, source only < adapted < target only in {held} of {count}"
    return f"{start}; not in {'; '.join(broken)}." if broken else f"{start}."


def _triple(method: str) -> tuple[str, str, str]:
    """An adapting method between the baselines."""
    return BASELINES[0], method, BASELINES[1]


def _spread(accuracies: pd.Series) -> Metrics:
    """Mean, standard deviation where there are several, and number of trainings."""
    several = {"accuracy_std": accuracies.std()} if len(accuracies) > 1 else {}
    return {"accuracy": accuracies.mean(), **several, "seeds": len(accuracies)}


def _cell(run: Metrics | None, net: str) -> str:
    """Its accuracy, and of how many trainings where not of three; or whose baseline it is."""
    if run is None:
        return NONE
    if run["net"] != net:
        return f"as {run['net']}"
    text = share_with_deviation(run, "accuracy")
    return text if run["seeds"] == SEEDS else f"{text} ({run['seeds']})"


if __name__ == "__main__":
    main()
