"""`hw2 doctor --clean`: what trainings and writers that were broken off have left behind."""

import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from hw2.core.errors import UserError
from hw2.core.lock import hold, is_alive
from hw2.core.params import read_yaml

CHECKPOINTS = Path(".work/checkpoints")  # where hw2.core.checkpoint keeps <run>-<16 digits>/
WRITTEN = ("runs", "metrics", "plots", "docs", ".work")  # where the project writes
TEMPORARY = re.compile(r"\..+\.(\d+)\.tmp")  # as hw2.core.files names them: .<name>.<process>.tmp
RUNS = {"gan": "models", "diffusion": "models", "adapt": "runs"}  # groups of params.yaml
MIB, HOUR = 2**20, 3600


@dataclass(frozen=True)
class Leftover:
    """The checkpoints of one training, or a file that was never finished.

    Attributes:
        path: a folder or a file.
        what: for a person, with its size and age.
        training: whose lock must be held to remove it; None for a file that was never finished.
    """

    path: Path
    what: str
    training: str | None = None


def checkpoints() -> list[Leftover]:
    """Each training's state, the oldest first."""
    folders = [path for path in CHECKPOINTS.glob("*") if path.is_dir()]
    known = _runs()
    found = []
    for folder in sorted(folders, key=lambda path: path.stat().st_mtime):
        training = folder.name.rpartition("-")[0]
        fate = "dvc repro goes on with it while code, params and data stay as they were"
        if known and training not in known:
            fate = "params.yaml has no such run: nothing can go on with it"
        found.append(Leftover(folder, f"checkpoint {_described(folder)}: {fate}", training))
    return found


def temporary_files() -> list[Leftover]:
    """Files and folders half written by processes that are gone."""
    found = [*Path().glob(".*.tmp")]
    for folder in WRITTEN:
        found += Path(folder).rglob(".*.tmp")
    return [Leftover(p, f"half-written {_described(p)}") for p in sorted(found) if _abandoned(p)]


def remove(leftover: Leftover) -> None:
    """Remove it for good.

    Raises:
        UserError: a training uses it at this moment, or the system refuses.
    """
    if leftover.training is not None:
        hold(leftover.training)
    try:
        if leftover.path.is_dir():
            shutil.rmtree(leftover.path)
        else:
            leftover.path.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"{leftover.path}: cannot remove it: {error.strerror}") from None


def _runs() -> set[str]:
    """``<family>-<run>`` of all runs in params.yaml and the judge; empty if that is unreadable."""
    try:
        content = read_yaml()
        trained = {f"{f}-{run}" for f, group in RUNS.items() for run in content[f][group]}
        return {*trained, f"judge-{content['judge']['domain']}"}
    except (UserError, LookupError, TypeError):
        return set()


def _described(path: Path) -> str:
    files = [p for p in (path, *path.rglob("*")) if p.is_file()]
    size = sum(file.stat().st_size for file in files) / MIB
    newest = max((p.stat().st_mtime for p in files), default=path.stat().st_mtime)
    return f"{path} ({size:.1f} MiB, {(time.time() - newest) / HOUR:.1f} h old)"


def _abandoned(path: Path) -> bool:
    named = TEMPORARY.fullmatch(path.name)
    return named is not None and not is_alive(int(named[1]))
