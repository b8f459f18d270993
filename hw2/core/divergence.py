"""Divergence: a NaN or an infinity in a loss or in any tensor of the state ends the training."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils import get_total_norm

from hw2.core.errors import UserError

REMEDY = (
    "no result was written. The same params would diverge again, from the start as from a "
    "checkpoint: try a lower lr, or compute.precision=32-true"
)


def check_means(training: str, step: int, means: Mapping[str, float]) -> None:
    """Check the means of the logged values up to `step`, by name.

    Raises:
        UserError: one is NaN or infinite; the message names it.
    """
    for name, value in means.items():
        if not math.isfinite(value):
            raise UserError(f"{training}: '{name}' became {value} by step {step}; {REMEDY}")


def check_states(training: str, step: int, states: Mapping[str, Any]) -> None:
    """Check every tensor in the states (of networks, averages, optimisers, ...) after `step`.

    One pass over the memory and one synchronisation with the device.

    Raises:
        UserError: one holds NaN or infinity; the message names the first.
    """
    tensors = {name: x for key, state in states.items() for name, x in _floating(state, key)}
    if torch.isfinite(get_total_norm(tensors.values(), math.inf)):
        return
    bad = [name for name, values in tensors.items() if not values.isfinite().all()]
    others = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
    raise UserError(f"{training}: NaN or infinity in '{bad[0]}'{others} by step {step}; {REMEDY}")


def _floating(state: Any, name: str) -> Iterator[tuple[str, Tensor]]:
    """The floating-point tensors in nested dicts and lists, with the path of keys to each."""
    if isinstance(state, Tensor):
        if state.is_floating_point() and state.numel():
            yield name, state
    elif isinstance(state, Mapping):
        for key, value in state.items():
            yield from _floating(value, f"{name}.{key}")
    elif isinstance(state, list | tuple):
        for key, value in enumerate(state):
            yield from _floating(value, f"{name}.{key}")
