"""What a command costs: time, processor time and peak memory."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # comes with dvc

from hw2.core.errors import UserError

ROOT = Path(__file__).resolve().parents[1]
GIB, KIB = 2**30, 2**10
EVERY_SECONDS = 0.02


@dataclass(frozen=True)
class Cost:
    """What one command took, with its children.

    Attributes:
        seconds: from its start to its end, of the clock on the wall.
        processor_seconds: user and system time; unlike the former it hardly depends on what else
            the machine does.
        peak_gib: most resident memory of the command and its children together.
    """

    seconds: float
    processor_seconds: float
    peak_gib: float


def run_python(arguments: list[str], folder: Path, stdout: int | None = None) -> Cost:
    """Run Python with these arguments in `folder`, with this repository's code.

    The kernel's own count of memory is exact, but of one process; the sum over a family is looked
    up every 20 ms and counts what they share more than once. The larger one is taken.

    Args:
        stdout: as in `subprocess`: where its output goes, None for where ours goes.

    Raises:
        UserError: the command fails.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    command = [sys.executable, *arguments]
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=stdout)
    summed = 0
    try:
        while True:
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            if done:
                break
            summed = max(summed, _resident(process.pid))
            time.sleep(EVERY_SECONDS)
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        if process.returncode is None:  # we are asked to leave: not without it
            process.terminate()
            process.wait()
    seconds = time.perf_counter() - start
    if process.returncode:
        raise UserError(f"{' '.join(arguments)}: exit status {process.returncode}")
    peak = max(summed, usage.ru_maxrss * KIB)
    return Cost(seconds, usage.ru_utime + usage.ru_stime, peak / GIB)


def describe_machine() -> str:
    """Processor and threads, in words; asked of a process of its own, for torch takes memory."""
    code = "import torch, hw2.core.hardware as h; print(h.hardware(torch.device('cpu')))"
    command = [sys.executable, "-c", code]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return answer.stdout.strip()


def _resident(pid: int) -> int:
    total = 0
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
    return total
