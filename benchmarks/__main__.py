"""How fast: shares of what the machine could do, and ratios to plain code, measured in one run.

    python -m benchmarks [--only dcgan,fid]

Run it in the repository's root after `make repro`, on a machine that does nothing else. It takes
images and weights from runs/, works in a temporary folder, and writes
benchmarks/results/speed_<machine>.json and, from that, the tables beside it.
"""

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from benchmarks import reading, sampling, scoring, training
from benchmarks.machine import peaks
from benchmarks.measure import ROOT
from benchmarks.project import Project
from benchmarks.table import markdown
from hw2.core.device import find_device
from hw2.core.errors import UserError, exit_on_user_error
from hw2.core.files import write_json, write_text
from hw2.core.hardware import hardware
from hw2.core.params import Compute, nearest, read_section
from hw2.core.provenance import commit, now

RESULTS = ROOT / "benchmarks/results"
BUSY = 0.5  # processes that run at once, over the last minute
NAMES = [*training.CASES, "sampling", "faces", "fid", "reading"]


def main() -> None:
    """Measure, print the tables, and write them unless only some were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only",
        type=lambda names: names.split(","),
        help=f"some of {','.join(NAMES)}; the tables are then printed, not written",
    )
    only: list[str] | None = parser.parse_args().only
    with exit_on_user_error():
        for name in only or []:
            if name not in NAMES:
                raise UserError(f"--only: there is no '{name}'{nearest(name, NAMES)}")
        results = measure(only or NAMES)
        print(markdown(results))
        if only is None:
            path = RESULTS / f"speed_{machine_name(results['hardware'])}"
            write_json(path.with_suffix(".json"), results)
            write_text(path.with_suffix(".md"), markdown(results))


def measure(names: list[str]) -> dict[str, Any]:
    """The results, as they are written: the machine, its peaks, and an entry for each name."""
    device = find_device(read_section(Compute, "compute"))
    results: dict[str, Any] = {
        "date": now(),
        "commit": commit(ROOT),
        "device": device.type,
        "hardware": hardware(device),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "load": os.getloadavg()[0],
    }
    if results["load"] > BUSY:
        print(f"warning: load {results['load']:.1f}: others use the cores", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="hw2-benchmarks-") as folder:
        project = Project(Path(folder), Path.cwd(), device.type)
        start = time.monotonic()
        results["peaks"] = peaks(device)
        measured = {}
        for name in names:
            print(f"{time.monotonic() - start:4.0f} s: {name} ...", file=sys.stderr)
            measured[name] = _measurement(name, project, device)()
    return results | {"measured": measured}


def machine_name(hardware: str) -> str:
    """For a file's name: "AMD Ryzen(TM) 9, 2 threads" becomes amd_ryzen_9_2_threads."""
    return "_".join(re.findall("[a-z0-9]+", re.sub(r"\((r|tm)\)", "", hardware.lower())))


def _measurement(name: str, project: Project, device: torch.device) -> Callable[[], dict[str, Any]]:
    others: dict[str, Callable[[], dict[str, Any]]] = {
        "sampling": lambda: sampling.measure(project, device),
        "faces": lambda: scoring.faces(project, device),
        "fid": scoring.frechet,
        "reading": lambda: reading.measure(project, device),
    }
    if name in others:
        return others[name]
    return lambda: training.measure(training.CASES[name], project, device.type)


if __name__ == "__main__":
    main()
