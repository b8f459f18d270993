"""A run of one family: its folder, its seeds, its device, and its trained networks."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

import torch
from torch import Tensor, nn

from hw2.core.device import autocast, find_device
from hw2.core.generators import torch_generator
from hw2.core.params import Compute, read_general, read_section
from hw2.core.paths import WEIGHTS, run_folder
from hw2.core.weights import load_weights

NetworkT = TypeVar("NetworkT", bound=nn.Module)


class Run:
    """One run, e.g. ``Run("gan", "dcgan")``; reads `seed` and `compute` of params.yaml.

    Args:
        repetition: added to the seed, for runs that are trained several times.

    Attributes:
        folder: ``runs/<family>/<name>``.
        device: where tensors belong.
    """

    def __init__(self, family: str, name: str, repetition: int = 0) -> None:
        self.family, self.name = family, name
        self.folder = run_folder(family, name)
        general = read_general()
        self.general = general.model_copy(update={"seed": general.seed + repetition})
        self.compute = read_section(Compute, "compute")
        self.device = find_device(self.compute)

    def purpose(self, *purpose: str) -> tuple[int, str, str, *tuple[str, ...]]:
        """(seed, family, run, purpose): the arguments of `seeded` and `derive_seed`."""
        return (self.general.seed, self.family, self.name, *purpose)

    def generator(self, *purpose: str, on_cpu: bool = False) -> torch.Generator:
        """A generator of this run for one purpose, on the run's device or on the CPU."""
        device = torch.device("cpu") if on_cpu else self.device
        return torch_generator(device, *self.purpose(*purpose))

    def load(self, network: NetworkT, name: str) -> NetworkT:
        """`network` with this run's trained weights of that name, on the device, to evaluate."""
        load_weights(self.folder / WEIGHTS, name, network)
        network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        return network.eval()

    def autocast(self) -> AbstractContextManager[None]:
        """Inside the block networks compute at the run's precision."""
        return autocast(self.compute, self.device)

    def computing(self, network: nn.Module) -> Callable[..., Tensor]:
        """`network` as a function that computes at the run's precision and returns float32."""

        def compute(*inputs: Tensor) -> Tensor:
            with self.autocast():
                result: Tensor = network(*inputs)
            return result.float()

        return compute
