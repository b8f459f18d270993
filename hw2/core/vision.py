"""The one module through which all code imports torchvision: ``from hw2.core.vision import ...``.

The torchvision wheel is built for CUDA. Beside a CPU-only torch its compiled operators are
absent, and ``import torchvision`` stops where it describes their output shapes to the compiler.
Nothing here uses those operators, so the descriptions are passed over. On a healthy install this
is a plain import. Read images with Pillow: ``torchvision.io`` and ``torchvision.ops`` may not work.

Import this before anything that imports torchvision by itself (pytorch-fid, torchmetrics), and at
the top of a module, so that spawned worker processes do the same.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

MISSING_OPERATOR = "operator torchvision::"


@contextmanager
def _without_operator_descriptions() -> Iterator[None]:
    """Let ``torch.library.register_fake`` pass over names that begin with ``torchvision::``."""
    register_fake = torch.library.register_fake

    def selective(op: Any, func: Callable[..., Any] | None = None, /, **options: Any) -> Any:
        if isinstance(op, str) and op.startswith("torchvision::"):
            return func if func is not None else (lambda function: function)
        return register_fake(op, func, **options)

    torch.library.register_fake = selective
    try:
        yield
    finally:
        torch.library.register_fake = register_fake


def _forget_half_imported() -> None:
    for name in list(sys.modules):
        if name == "torchvision" or name.startswith("torchvision."):
            del sys.modules[name]


try:
    import torchvision
except RuntimeError as error:
    if MISSING_OPERATOR not in str(error):
        raise
    _forget_half_imported()
    with _without_operator_descriptions():
        import torchvision

__all__ = ["torchvision"]
