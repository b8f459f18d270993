"""Commands side by side on one machine: each of DVC has its share of it, and a log."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from pathlib import Path

from hw2.core.errors import UserError

SHOWN_LINES = 5  # of the log of what failed


def dvc(*arguments: str) -> list[str]:
    """A command of the DVC that is installed beside this Python."""
    return [sys.executable, "-m", "dvc", *arguments]


def answer(command: Sequence[str]) -> str:
    """What a command printed.

    Raises:
        UserError: it failed, or is not installed.
    """
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise UserError(f"{command[0]} is not installed") from None
    except subprocess.CalledProcessError as error:
        words = [word for word in command if word not in (sys.executable, "-m")]
        said = error.stderr.strip() or "no word"
        raise UserError(f"{' '.join(words)} failed: {said}") from None
    return done.stdout


def start(arguments: Sequence[str], share: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """A command of DVC with its share, in a process group of its own.

    It waits while another one records its results, instead of failing after 3 s.

    Raises:
        UserError: the log cannot be written.
    """
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "wb") as file:  # not atomic: read while it grows
            return subprocess.Popen(
                dvc("--wait-for-lock", *arguments),
                env={**os.environ, **share},
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except OSError as error:
        raise UserError(f"{log}: cannot write it: {error.strerror}") from None


def stop(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    """As Ctrl-C does: DVC lets go of its locks, and a training saves its checkpoint."""
    processes = [process for process in processes if process.poll() is None]
    for process in processes:
        if sys.platform == "win32":
            process.terminate()
        else:
            os.killpg(process.pid, signal.SIGINT)
    for process in processes:
        process.wait()


def end_of(log: Path) -> str:
    """What a command said last."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-SHOWN_LINES:])


def shares(jobs: int, cores: int, gpus: Sequence[str]) -> list[dict[str, str]]:
    """Environment variables for each of `jobs` processes that run side by side.

    Cores are divided; a process has one GPU or several to itself where there are enough, and
    otherwise an equal part of the memory of one that it shares.
    """
    found = []
    for job in range(jobs):
        share = {"OMP_NUM_THREADS": str(max(1, cores // jobs))}
        if gpus:
            share["CUDA_VISIBLE_DEVICES"] = ",".join(gpus[job::jobs] or [gpus[job % len(gpus)]])
        if 0 < len(gpus) < jobs:
            part = 1 / ceil(jobs / len(gpus))
            share["PYTORCH_CUDA_ALLOC_CONF"] = f"per_process_memory_fraction:{part:.3f}"
        found.append(share)
    return found


def shares_here(jobs: int) -> list[dict[str, str]]:
    """The shares of this machine, as far as the environment leaves it to us."""
    import torch

    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    gpus = [str(gpu) for gpu in range(torch.cuda.device_count())]
    return shares(jobs, torch.get_num_threads(), visible.split(",") if visible and gpus else gpus)
