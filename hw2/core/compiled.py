"""Networks compiled by torch.compile, for static shapes; CUDA graphs are one of its modes."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


def compile_network(network: nn.Module, mode: str, parts_alone: bool) -> None:
    """Compile `network` in place: it keeps its names, its weights and its print-out.

    Args:
        mode: of torch.compile; `reduce-overhead` and `max-autotune` record CUDA graphs on a GPU.
        parts_alone: compile the modules right inside it instead, where other methods than `forward`
            call them.
    """
    for module in network.children() if parts_alone else [network]:
        module.compile(mode=mode, dynamic=False)


def begin_step() -> None:
    """Let CUDA graphs use the memory of the last step's results again."""
    torch.compiler.cudagraph_mark_step_begin()


@contextmanager
def eager(network: nn.Module) -> Iterator[None]:
    """Inside the block `network` runs as if it were not compiled.

    For what compiled networks do not have, a second derivative, and where shapes vary.
    """
    if not any(module._compiled_call_impl for module in network.modules()):
        yield  # torch.compiler takes seconds to import
        return
    with torch.compiler.set_stance("force_eager"):
        yield
