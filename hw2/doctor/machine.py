"""Checks of disk and memory."""

import shutil
from pathlib import Path

from hw2.doctor.finding import Finding

GIB = 2**30
# A starter run writes about 1 GiB, DVC's cache included, and a training takes about 1 GiB.
LEAST_DISK_GIB = 1.0
LEAST_MEMORY_GIB = 1.0
MEMINFO = Path("/proc/meminfo")


def check_disk() -> list[Finding]:
    """Free space where the repository is."""
    free = shutil.disk_usage(".").free / GIB
    if free < LEAST_DISK_GIB:
        mend = "make room; dvc gc --workspace drops old versions from DVC's cache"
        return [Finding("problem", "disk", f"{free:.1f} GiB free", mend)]
    return [Finding("ok", "disk", f"{free:.1f} GiB free")]


def check_memory() -> list[Finding]:
    """Memory that programs can still get, where the system tells."""
    if not MEMINFO.is_file():
        return [Finding("ok", "memory", "this system does not tell")]
    lines = (line.split() for line in MEMINFO.read_text().splitlines())
    known = {words[0].rstrip(":"): int(words[1]) * 1024 / GIB for words in lines}
    fact = f"{known['MemAvailable']:.1f} of {known['MemTotal']:.1f} GiB free"
    if known["MemAvailable"] < LEAST_MEMORY_GIB:
        return [Finding("problem", "memory", fact, "close other programs")]
    return [Finding("ok", "memory", fact)]
