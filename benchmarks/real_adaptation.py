"""Adaptation on real images: what trained runs reach, as a file and as a table.

    python -m benchmarks.real_adaptation [FOLDER ...]

Each FOLDER is a checkout in which adaptation runs were trained, with its runs/. The accuracy of
every training goes to docs/real_adaptation.csv, in place of an older one of the same run and seed;
then the table of docs/results.md is written anew from that file; without a folder, that alone.
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from tabulate import tabulate

from benchmarks.measure import ROOT
from hw2.core.errors import UserError, exit_on_user_error
from hw2.core.files import read_arrays, read_json, write_text
from hw2.core.params import read_yaml
from hw2.data.arrays import load_images
from hw2.evaluation.classification import accuracy
from hw2.report.comparison import BASELINES
from hw2.report.readme import fill
from hw2.report.reported import reported_accuracy
from hw2.report.table import NONE, as_printed, pair_words, percent, words

CSV = ROOT / "docs" / "real_adaptation.csv"
PAGE = ROOT / "docs" / "results.md"
TABLE = "real_adaptation"
KEYS = ["pair", "net", "method", "seed"]
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
        page = PAGE.read_text(encoding="utf-8")
        write_text(PAGE, fill(page, {TABLE: markdown(found)}))
        print(f"{CSV}: {len(found)} trainings; {PAGE}: its table shows them")


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
    known, predicted = read_json(outcome.with_name("training.json")), read_arrays(outcome)
    for number in range(len(predicted["target_predicted"])):
        yield {
            **{"pair": pair, "net": net, "method": method, "seed": known["seed"] + number},
            **{"steps": known["steps"], "n": len(labels["target"])},
            **{
                f"{side}_accuracy": accuracy(predicted[f"{side}_predicted"][number], labels[side])
                for side in ("target", "source")
            },
            "hardware": known["hardware"],
        }


def merged(old: pd.DataFrame, new: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Both, sorted; of two of the same run and seed the new one."""
    both = pd.concat([old, pd.DataFrame(new)]).drop_duplicates(KEYS, keep="last")
    return both.sort_values(KEYS, ignore_index=True)


def markdown(found: pd.DataFrame) -> str:
    """A row for each network and adapting method of each pair, beside what its report printed.

    Those of no report only where something was measured.
    """
    settings = read_yaml(ROOT / "params.yaml")["adapt"]
    reports = {net: entry["report"] for net, entry in settings["nets"].items()}
    adapting = [name.split("-") for name in settings["runs"] if not name.endswith(BASELINES)]
    order = list(dict.fromkeys(pair for pair, _, _ in adapting))
    rows = []
    for pair, net, method in sorted(adapting, key=lambda name: order.index(name[0])):
        of_pair = found[found.pair == pair]
        if not reports[net] and net not in set(of_pair.net):
            continue
        below, above = (_baseline(of_pair, net, reports, method) for method in BASELINES)
        methods = (BASELINES[0], method, BASELINES[1])
        printed = [as_printed(reported_accuracy(reports[net], pair, each)) for each in methods]
        middle = f"{words(method)} {_spread(_of(of_pair, net, method))}"
        pair_and_n = f"{pair_words(pair)} ({', '.join(f'{n:,}' for n in of_pair.n.unique())})"
        row = [pair_and_n, net, ", ".join(reports[net]), below, middle, above]
        rows.append([*row, " / ".join(printed)])
    table = tabulate(rows, HEADERS, "pipe", disable_numparse=True)
    return f"{table}\n\n{order_sentence(found, [tuple(name) for name in adapting])}"


def order_sentence(found: pd.DataFrame, adapting: Iterable[tuple[str, str, str]]) -> str:
    """In how many trainings the order of the reports comes out, and where it does not.

    Only of networks that have both baselines with the same seed.
    """
    share = found.set_index(KEYS).target_accuracy
    held, broken = 0, []
    for pair, net, method in adapting:
        for seed in sorted(found.seed.unique()):
            keys = [(pair, net, each, seed) for each in (BASELINES[0], method, BASELINES[1])]
            if not all(key in share.index for key in keys):
                continue
            low, middle, high = (share[key] for key in keys)
            held += low < middle < high
            if not low < middle < high:
                figures = ", ".join(map(percent, (low, middle, high)))
                broken.append(f"{net} {pair_words(pair)} with seed {seed} ({figures})")
    count = held + len(broken)
    start = f"Training by training, source only < adapted < target only in {held} of {count}"
    return f"{start}; not in {'; '.join(broken)}." if broken else f"{start}."


def _of(found: pd.DataFrame, net: str, method: str) -> pd.Series:
    chosen: pd.Series = found[(found.net == net) & (found.method == method)].target_accuracy
    return chosen


def _baseline(found: pd.DataFrame, net: str, reports: dict[str, list[str]], method: str) -> str:
    """A network's own, or the name of the network of the same report that has one for both."""
    if len(own := _of(found, net, method)):
        return _spread(own)
    sharing = [other for other in reports if set(reports[other]) & set(reports[net])]
    others = [other for other in sharing if len(_of(found, other, method))]
    return f"as {others[0]}" if others else NONE


def _spread(accuracies: pd.Series) -> str:
    """Mean ± standard deviation in per cent, and how many where they are not three."""
    if accuracies.empty:
        return NONE
    text = percent(accuracies.mean())
    if len(accuracies) > 1:
        text += f" ± {percent(accuracies.std())}"
    return text if len(accuracies) == SEEDS else f"{text} ({len(accuracies)})"


if __name__ == "__main__":
    main()
