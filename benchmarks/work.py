"""What a computation must do at least: floating-point operations, and bytes moved.

    python -m benchmarks.work OUT.json STAGE RUN

runs a training stage, e.g. ``stages.train_gan dcgan``, in the current folder and writes what one of
its steps costs. Counted is what happens between the first and the last step of the optimiser that
steps last: whole training steps, without what comes before and after.

FLOPs are those of matrix products, convolutions and attention, forward and backward, as
`torch.utils.flop_counter` counts them: a multiplication and an addition are two. Products with the
zeros beside an image count, though a library may leave them out: a tenth or two where images are
4 to 8 pixels wide, so a share is high by as much.

The least bytes of a step are

- each trained parameter, its gradient and what the optimiser keeps for it (Adam: two moments),
  read once and written once at every step of its optimiser;
- each tensor that autograd saves for the backward pass, a network's input among them, written once
  and read once, at the precision in which it is saved. Parameters among them are not counted again,
  and tensors that share memory count once.
"""

import argparse
import importlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.multiprocessing.reductions import StorageWeakRef
from torch.optim.optimizer import register_optimizer_step_post_hook
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from hw2.core.files import write_json

BOTH_WAYS = 2  # written and read


@dataclass(frozen=True)
class Work:
    """Floating-point operations and bytes."""

    flops: float
    bytes: float


class SavedBytes:
    """Bytes that autograd saves inside ``with counter.hooks():``, each piece of memory once."""

    def __init__(self) -> None:
        self.total = 0
        # Weak: memory is given back as usual. The references are kept, so no address comes again.
        self._seen: dict[int, StorageWeakRef] = {}

    def hooks(self) -> saved_tensors_hooks:
        """The context in which autograd tells what it saves."""
        return saved_tensors_hooks(self._note, lambda tensor: tensor)

    def _note(self, tensor: Tensor) -> Tensor:
        owner = tensor if tensor._base is None else tensor._base
        reference = StorageWeakRef(tensor.untyped_storage())
        if not isinstance(owner, nn.Parameter) and reference.cdata not in self._seen:
            self._seen[reference.cdata] = reference
            self.total += tensor.untyped_storage().nbytes()
        return tensor


class Flops(TorchDispatchMode):
    """Counts inside ``with flops:`` what `torch.utils.flop_counter` has a formula for.

    Its own FlopCounterMode also counts by module, for which it needs hooks that a gradient penalty
    (autograd.grad with a graph) does not allow.
    """

    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        formula = flop_registry.get(func._overloadpacket)
        if formula is None:  # in inference mode composite operators come whole
            with self:
                result = func.decompose(*args, **kwargs)
            return func(*args, **kwargs) if result is NotImplemented else result
        result = func(*args, **kwargs)
        self.total += formula(*args, **kwargs, out_val=result)
        return result


def optimizer_bytes(optimizer: torch.optim.Optimizer) -> int:
    """Of its parameters that have gradients, of these, and of the state kept for them."""
    total = 0
    for group in optimizer.param_groups:
        for parameter in (p for p in group["params"] if p.grad is not None):
            kept = [v for v in optimizer.state[parameter].values() if torch.is_tensor(v)]
            arrays = [value for value in kept if value.shape == parameter.shape]
            total += sum(each.nbytes for each in (parameter, parameter.grad, *arrays))
    return total


@contextmanager
def counted_steps() -> Iterator[list[tuple[int, Work]]]:
    """Fills its list with (optimiser, work since the beginning) at each optimiser's step."""
    events: list[tuple[int, Work]] = []
    saved, flops, updated = SavedBytes(), Flops(), 0

    def note(optimizer: torch.optim.Optimizer, *_: Any) -> None:
        nonlocal updated
        updated += optimizer_bytes(optimizer)
        so_far = Work(flops.total, BOTH_WAYS * (saved.total + updated))
        events.append((id(optimizer), so_far))

    with ExitStack() as stack:
        stack.callback(register_optimizer_step_post_hook(note).remove)
        stack.enter_context(saved.hooks())
        stack.enter_context(flops)
        yield events


def per_step(events: list[tuple[int, Work]]) -> Work:
    """The work of one training step; the last optimiser must have stepped at least twice."""
    last = [work for optimizer, work in events if optimizer == events[-1][0]]
    first, end, count = last[0], last[-1], len(last) - 1
    return Work((end.flops - first.flops) / count, (end.bytes - first.bytes) / count)


def main() -> None:
    """Run a stage and write what its step costs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="file to write")
    parser.add_argument("stage", help="e.g. stages.train_gan")
    parser.add_argument("run", help="its run in params.yaml")
    arguments = parser.parse_args()
    with counted_steps() as events:
        importlib.import_module(arguments.stage).main(arguments.run)
    write_json(arguments.out, asdict(per_step(events)))


if __name__ == "__main__":
    main()
