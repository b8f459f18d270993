"""Work that several processes share out, and that gives the same bytes as in one alone.

Each process runs the whole stage, draws all its random numbers and keeps all its results; only what
is long is handed out in parts, whose results every process gets, in their order. So nothing but
the writing of files asks which process this is.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar

import torch
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from hw2.core import processes
from hw2.core.errors import UserError
from hw2.core.params import Compute, read_section

PartT = TypeVar("PartT")
ResultT = TypeVar("ResultT")


def launch() -> None:
    """Be one of `compute.devices` processes that run this stage, or of those of torchrun.

    Raises:
        UserError: as `hw2.core.fabric.make_fabric`.
    """
    compute = read_section(Compute, "compute")
    if compute.devices > 1 or processes.of_torchrun():
        # Here, for it takes long to import, and a lone process needs none of it.
        from hw2.core.fabric import make_fabric

        make_fabric(compute)
        # NumPy's in the first process would take all cores: it was loaded before the others began.
        threadpool_limits(torch.get_num_threads(), "blas")


def shared_out(parts: Iterable[PartT], compute: Callable[[PartT], ResultT]) -> Iterator[ResultT]:
    """`compute` of each of the parts, in their order, in every process; each computes every N-th.

    All processes must call it alike and take all the results. `compute` must not call it again.

    Raises:
        UserError: `compute` raised it in any process, or a process is there no more.
    """
    if processes.count() == 1:
        yield from map(compute, parts)
        return
    own = slice(processes.rank(), processes.rank() + 1)
    for together in _groups(parts, processes.count()):
        yield from _results_of_all(compute, together[own])


def shared_out_to_threads(
    parts: Iterable[PartT], compute: Callable[[PartT], ResultT]
) -> list[ResultT]:
    """`shared_out` of work for NumPy, whose threads each compute a part, with one for a product.

    Products in each thread would wait for each other's threads, and round by their number.
    """
    width = torch.get_num_threads()
    with ThreadPoolExecutor(width) as threads, threadpool_limits(1, "blas"):
        groups = shared_out(_groups(parts, width), lambda group: list(threads.map(compute, group)))
        return [result for group in groups for result in group]


def _groups(parts: Iterable[PartT], size: int) -> Iterator[list[PartT]]:
    """Successive lists of `size` parts; the last may be shorter."""
    remaining = iter(parts)
    while group := list(islice(remaining, size)):
        yield group


def _results_of_all(compute: Callable[[PartT], ResultT], mine: list[PartT]) -> list[ResultT]:
    """One result of each process that has a part; at the end some have none."""
    outcome: list[ResultT] | UserError
    try:
        outcome = [compute(part) for part in mine]
    except UserError as error:  # the others are told, or they would wait for the result
        outcome = error
    try:
        outcomes = processes.gathered(outcome)
    except RuntimeError:  # so Gloo and NCCL say that a process has closed its connection
        number = processes.count()
        raise UserError(
            f"one of the {number} processes ended before its work was done; run the stage again"
        ) from None
    results = []
    for each in outcomes:
        if isinstance(each, UserError):
            raise each
        results += each
    return results


def progress_bar(what: str, total: int, unit: str) -> "tqdm[Any]":
    """The first process's; the others', and those of no terminal, are quiet."""
    return tqdm(total=total, desc=what, unit=unit, disable=processes.quiet())
