"""What this machine can do: its peak in products of matrices, and in copying."""

import time
from collections.abc import Callable

import torch

SIDE = {"cpu": 2048, "cuda": 8192}  # of the matrices
COPIED_BYTES = {"cpu": 1 << 28, "cuda": 1 << 31}  # far more than any cache holds
REPETITIONS = 10
READ_AND_WRITTEN = 2


def synchronise(device: torch.device) -> None:
    """Wait until the device has done all that it was asked for."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def seconds(work: Callable[[], object], device: torch.device, repetitions: int) -> list[float]:
    """Times of `work`, after one that does not count."""
    times = []
    for _ in range(repetitions + 1):
        synchronise(device)
        start = time.perf_counter()
        work()
        synchronise(device)
        times.append(time.perf_counter() - start)
    return times[1:]


def peaks(device: torch.device) -> dict[str, list[float]]:
    """Every repetition, with as many threads as torch has; the best one is the peak.

    Returns:
        ``float32`` and ``bfloat16``: FLOP/s of a product of square matrices; ``copy``: bytes read
        and written each second by a copy within the memory.
    """
    found = {}
    side = SIDE[device.type]
    for dtype in (torch.float32, torch.bfloat16):
        a, b = (torch.rand(side, side, device=device).to(dtype) for _ in range(2))
        times = seconds(lambda a=a, b=b: a @ b, device, REPETITIONS)  # type: ignore[misc]
        found[str(dtype).removeprefix("torch.")] = [2 * side**3 / each for each in times]
    source = torch.zeros(COPIED_BYTES[device.type], dtype=torch.uint8, device=device)
    target = torch.zeros_like(source)
    times = seconds(lambda: target.copy_(source), device, REPETITIONS)
    found["copy"] = [READ_AND_WRITTEN * source.nbytes / each for each in times]
    return found
