"""The processor cores at hand."""

import os


def cores() -> int:
    """How many cores this process may use: a container or `taskset` may leave it few."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
