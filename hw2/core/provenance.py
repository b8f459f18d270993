"""Where and how results were made: commit, versions, machine, and the time each stage took.

None of it may reach an output that DVC tracks: two runs of the same params would differ.
"""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from hw2.core.errors import UserError
from hw2.core.files import read_json, write_json

TIMES = Path(".work/times")
# The distributions whose code computes the figures; dlib has two names on the package index.
LIBRARIES = ("torch", "torchvision", "numpy", "scikit-learn", "dlib", "dlib-bin", "pillow")
# What runs, benchmarks and people write about results: it changes nothing that is computed.
NO_CODE = ("metrics", "plots", "dvc.lock", "data.dvc", "README.md", "docs", "benchmarks/results")
MIB, KIB = 2**20, 2**10


@dataclass(frozen=True)
class StageTime:
    """One finished run of a stage script.

    Attributes:
        stage: the script's name, e.g. ``train_gan``.
        run: its run in params.yaml; empty for a stage that has none.
        seconds: wall-clock time of the stage's work, without Python's start and its imports.
        peak_mib: most resident memory that one of its processes held; None where the system
            does not tell.
        finished: when, in UTC, as ISO 8601.
    """

    stage: str
    run: str
    seconds: float
    peak_mib: float | None
    finished: str


@contextmanager
def timed(script: Path, run: str = "") -> Iterator[None]:
    """Record the block under ``.work/times``; one that raises or is killed records nothing."""
    start = time.perf_counter()
    yield
    seconds = time.perf_counter() - start
    record = StageTime(script.stem, run, round(seconds, 1), peak_memory_mib(), now())
    name = f"{script.stem}@{run}" if run else script.stem
    with suppress(UserError):  # the stage's own outputs are written: they count, not this note
        write_json(TIMES / f"{name}.json", asdict(record))


def stage_times(folder: Path = TIMES) -> list[StageTime]:
    """The last finished run of every stage, by name; a damaged note is left out."""
    found = []
    for path in sorted(folder.glob("*.json")):
        with suppress(UserError, TypeError):
            found.append(StageTime(**read_json(path)))
    return found


def peak_memory_mib() -> float | None:
    """Peak resident MiB of this process or of the largest child it has waited for."""
    if sys.platform == "win32":
        return None
    import resource

    unit = MIB if sys.platform == "darwin" else MIB / KIB  # Linux counts KiB, macOS bytes
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return round(max(resource.getrusage(who).ru_maxrss for who in whose) / unit, 1)


def now() -> str:
    """The time in UTC to the second, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def versions() -> dict[str, str]:
    """Python and the installed ones of `LIBRARIES`, by name."""
    found = {"Python": platform.python_version()}
    for name in LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def machine() -> str:
    """System, processor type and number of cores, e.g. "Linux x86_64, 16 cores"."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def commit(root: Path) -> str | None:
    """The commit checked out at `root` and whether code or params differ from it.

    None without git or outside a repository. Changes of what is no code (metrics, plots,
    docs, ...) are no difference.
    """
    head = _git(root, "rev-parse", "HEAD")
    if head is None:
        return None
    others = [f":(exclude,top){path}" for path in NO_CODE]
    changed = _git(root, "status", "--porcelain", "--", ":(top)", *others) or ""
    count = len(changed.splitlines())
    files = "1 file" if count == 1 else f"{count} files"
    return f"{head}, with {files} changed since" if count else head


def _git(root: Path, *arguments: str) -> str | None:
    """What git says, without the final line end; None where it fails or is not installed."""
    try:
        run = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return run.stdout.rstrip()
