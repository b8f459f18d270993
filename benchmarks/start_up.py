"""What starting costs: the imports of every stage call of a `dvc repro`, and one with no work.

    python -m benchmarks.start_up [--repro]

Each stage script is started three times with --help, which ends where its work would begin; the
least time counts, times the calls of dvc.lock. With --repro, in a repository where `dvc repro` has
left nothing to do, that is timed too. Writes benchmarks/results/start_up.json and the table beside
it. Linux only.
"""

import argparse
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from tabulate import tabulate

from benchmarks.measure import ROOT, Cost, describe_machine, run_python
from hw2.core.errors import UserError, exit_on_user_error
from hw2.core.files import write_json, write_text
from hw2.core.params import read_yaml

RESULTS = ROOT / "benchmarks" / "results" / "start_up"
TIMES = 3
STAGE_SCRIPT = "stages."
ALWAYS_RUN = {"find_weights"}


def main() -> None:
    """Read the command line, time every stage script, write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repro", action="store_true", help="also time a dvc repro of no work")
    repro: bool = parser.parse_args().repro
    with exit_on_user_error():
        date = datetime.now(UTC).date().isoformat()
        found: dict[str, Any] = {"hardware": describe_machine(), "date": date, "stages": {}}
        for script, calls in sorted(stage_calls(read_yaml(ROOT / "dvc.lock")).items()):
            cost = least(["-m", script, "--help"])
            print(script, calls, cost, file=sys.stderr)
            found["stages"][script] = {"calls": calls, **rounded(cost)}
        if repro:
            check_nothing_to_do()
            found["repro"] = rounded(least(["-m", "dvc", "repro", "--quiet"]))
        write_json(RESULTS.with_suffix(".json"), found)
        write_text(RESULTS.with_suffix(".md"), as_table(found))
        print(as_table(found), end="")


def stage_calls(lock: dict[str, Any]) -> Counter[str]:
    """How often a whole `dvc repro` starts each stage script, e.g. {"stages.train_gan": 9, ...}."""
    commands = [stage["cmd"].split() for stage in lock["stages"].values()]
    return Counter(word for words in commands for word in words if word.startswith(STAGE_SCRIPT))


def least(arguments: list[str]) -> Cost:
    """The cost of the run that took the least processor time."""
    costs = [run_python(arguments, ROOT, stdout=subprocess.DEVNULL) for _ in range(TIMES)]
    return min(costs, key=lambda cost: cost.processor_seconds)


def rounded(cost: Cost) -> dict[str, float]:
    """Its fields, to a hundredth."""
    return {key: round(value, 2) for key, value in asdict(cost).items()}


def check_nothing_to_do() -> None:
    """Refuse to start a training in the name of a measurement.

    Raises:
        UserError: some stage would run.
    """
    command = [sys.executable, "-m", "dvc", "repro", "--dry"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    names = [line.split("'")[1] for line in said.stdout.splitlines() if line.startswith("Running")]
    if said.returncode or set(names) - ALWAYS_RUN:
        raise UserError(f"dvc repro has work left ({', '.join(names[:3])}, ...); run it first")


def as_table(found: dict[str, Any]) -> str:
    """Markdown: a row a script, the sum, and the repro of no work."""
    rows = [
        [name, one["calls"], f"{one['processor_seconds']:.2f}", f"{total(one):.1f}"]
        for name, one in found["stages"].items()
    ]
    stages = found["stages"].values()
    whole = f"{sum(total(one) for one in stages):.1f}"
    rows.append(["all", sum(one["calls"] for one in stages), "", whole])
    if "repro" in found:
        seconds = f"{found['repro']['processor_seconds']:.2f}"
        rows.append(["dvc repro, nothing to do", 1, seconds, seconds])
    heads = ["stage", "calls", "processor seconds", "in all"]
    table = tabulate(rows, heads, "github", disable_numparse=True)
    return f"Start-up over one dvc repro. {found['hardware']}, {found['date']}.\n\n{table}\n"


def total(one: dict[str, Any]) -> float:
    """Seconds over all calls of one script."""
    seconds: float = one["calls"] * one["processor_seconds"]
    return seconds


if __name__ == "__main__":
    main()
