"""Adaptation on real images: what trained runs reach, as a file and as a table.

    python -m benchmarks.real_adaptation [FOLDER ...]

Each FOLDER is a checkout in which adaptation runs were trained, with its runs/. What every
training reached goes to docs/real_adaptation.csv, in place of an older one of the same run, steps,
seed and precision; then the tables of docs/results.md, docs/scores.md and docs/speed.md are written
anew from that file; without a folder, that alone.
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.real_adaptation_tables import RUN
from benchmarks.real_pages import ADAPTED, write_pages
from hw2.core.errors import UserError, exit_on_user_error
from hw2.core.files import read_arrays, read_json, write_text
from hw2.core.paths import TRAINING
from hw2.data.arrays import load_images
from hw2.evaluation.classification import accuracy
from hw2.report.label_free_tables import CRITERIA

SCALE = "full"
KEYS = [*RUN, "steps", "seed", "computed_in"]


def main() -> None:
    """Read the command line, add what the folders hold, write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    folders: list[Path] = parser.parse_args().folders
    with exit_on_user_error():
        found = pd.read_csv(ADAPTED)
        for folder in folders:
            found = merged(found, trainings(folder))
        write_text(ADAPTED, found.to_csv(index=False, float_format="%.4f", lineterminator="\n"))
        pages = ", ".join(map(str, write_pages()))
        print(f"{ADAPTED}: {len(found)} trainings; {pages} show them")


def trainings(folder: Path) -> list[dict[str, Any]]:
    """A row for each training of the runs that ended in a checkout.

    Raises:
        UserError: there is none, or one of another scale or of an older revision; or a file is
            damaged.
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
    if known["scale"] != SCALE:
        raise UserError(f"{outcome.parent}: trained at scale {known['scale']}, not {SCALE}")
    if lacking := [one.key for one in CRITERIA if one.key not in predicted]:
        raise UserError(f"{outcome}: no {lacking[0]}: of an older revision; train the run again")
    for number in range(len(predicted["target_predicted"])):
        yield {
            **{"pair": pair, "net": net, "method": method, "seed": known["seed"] + number},
            **{"steps": known["steps"], "n": len(labels["target"])},
            **{
                f"{side}_accuracy": accuracy(predicted[f"{side}_predicted"][number], labels[side])
                for side in ("target", "source")
            },
            **{one.key: predicted[one.key][number] for one in CRITERIA},
            "computed_in": known["computed_in"],
            "hardware": known["hardware"],
        }


def merged(old: pd.DataFrame, new: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Both, sorted; of two of the same run, steps, seed and precision the new one."""
    both = pd.concat([old, pd.DataFrame(new)]).drop_duplicates(KEYS, keep="last")
    return both.sort_values(KEYS, ignore_index=True)


if __name__ == "__main__":
    main()
