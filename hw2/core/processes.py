"""Several processes that work together, one a device; alone, each of them is all.

In training every process draws the random numbers of the whole batch and takes its own rows of
them. So their generators stay in step, and what is trained does not depend on how many processes
there are. hw2.core.sharing is for the work of stages that do not train.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from lightning_utilities.core.apply_func import apply_to_collection
from torch import Tensor

RowsT = TypeVar("RowsT")
StateT = TypeVar("StateT")


def of_torchrun() -> bool:
    """Whether `torchrun` started this process, and with it the others."""
    return "TORCHELASTIC_RUN_ID" in os.environ


def count() -> int:
    """How many processes there are."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """The number of this process, from 0; process 0 alone writes files."""
    return dist.get_rank() if dist.is_initialized() else 0


def quiet() -> bool | None:
    """tqdm's `disable`: the first process leaves it to whether it has a terminal (None)."""
    return True if rank() else None


def own_rows(rows: RowsT) -> RowsT:
    """This process's rows of a tensor (N, ...), or of each tensor in a tuple, drawn for all."""
    if count() == 1:
        return rows

    def cut(tensor: Tensor) -> Tensor:
        own = len(tensor) // count()
        return tensor.narrow(0, rank() * own, own)

    cut_rows: RowsT = apply_to_collection(rows, Tensor, cut)
    return cut_rows


def draw_rows(draw: Callable[..., Tensor], *shape: int, rng: torch.Generator) -> Tensor:
    """This process's rows of random numbers: `torch.rand` or `torch.randn` of `shape` in each."""
    rows, *rest = shape
    return own_rows(draw(rows * count(), *rest, generator=rng, device=rng.device))


def all_rows(own: Tensor) -> Tensor:
    """The rows of all processes, with a gradient, for a loss that is no mean over rows."""
    if count() == 1:
        return own
    before, after = rank() * len(own), (count() - rank() - 1) * len(own)
    empty = own.new_zeros(1, *own.shape[1:])
    padded = [empty.expand(before, *own.shape[1:]), own, empty.expand(after, *own.shape[1:])]
    return summed(torch.cat(padded))


class _Sum(torch.autograd.Function):
    """Every process's loss depends on every process's value: gradients are summed like values."""

    @staticmethod
    def forward(_context: Any, value: Tensor) -> Tensor:
        total = value.contiguous().clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(_context: Any, gradient: Tensor) -> Tensor:
        return summed(gradient)


def summed(value: Tensor) -> Tensor:
    """The sum over the processes, with a gradient that can be differentiated again."""
    total: Tensor = _Sum.apply(value)
    return total


def average_gradients(parameters: Iterable[torch.nn.Parameter]) -> None:
    """Each gradient becomes its mean over the processes: that of the mean loss of all their rows.

    All go in one message, after the backward pass. Wrapping networks in DistributedDataParallel
    would overlap the two, but it counts on one forward and one backward pass a step, which a
    gradient penalty or a discriminator that sees real and generated images does not have.
    """
    if count() == 1:
        return
    gradients = [p.grad for p in parameters if p.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    dist.all_reduce(flat)
    flat /= count()
    for gradient, mean in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(mean.view_as(gradient))


def mean(value: Tensor) -> Tensor:
    """The mean over the processes, without a gradient."""
    if count() == 1:
        return value
    total = value.detach().clone()
    dist.all_reduce(total)
    return total / count()


def any_of(flags: list[int]) -> list[int]:
    """The largest of each flag over the processes."""
    if count() == 1:
        return flags
    gpu = dist.get_backend() == "nccl"
    together = torch.tensor(flags, device="cuda" if gpu else "cpu")
    dist.all_reduce(together, dist.ReduceOp.MAX)
    largest: list[int] = together.tolist()
    return largest


def gathered(state: StateT) -> list[StateT]:
    """The states of all processes, in their order."""
    states = [state] * count()
    if count() > 1:
        dist.all_gather_object(states, state)
    return states


def wait() -> None:
    """Until all processes are here."""
    if count() > 1:
        dist.barrier()


def only_the_first_goes_on() -> None:
    """The others end here, well; the first is alone from here on, and does what is left to do.

    Raises:
        SystemExit: in the others.
    """
    if count() == 1:
        return
    number = rank()
    dist.destroy_process_group()
    if number > 0:
        raise SystemExit(0)
