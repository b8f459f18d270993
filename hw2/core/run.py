"""One training run: its folders, seeds, devices, and what it leaves behind."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import torch
from torch import nn
from torch.optim import Optimizer

from hw2.core.checkpoint import Checkpoint, fingerprint
from hw2.core.fabric import make_fabric
from hw2.core.files import write_json, write_text
from hw2.core.generators import torch_generator
from hw2.core.hardware import hardware
from hw2.core.params import Compute, Section, read_general, read_section
from hw2.core.paths import plot, run_folder
from hw2.core.seeds import derive_seed
from hw2.core.training import Stateful, Training
from hw2.core.weights import load_weights, save_weights, trainable

NetworkT = TypeVar("NetworkT", bound=nn.Module)


class Run:
    """A training of one family, e.g. ``Run("gan", "dcgan")``; reads `seed` and `compute`.

    Attributes:
        folder: ``runs/<family>/<name>``.
        fabric: device and precision.
        device: where tensors belong.
    """

    def __init__(self, family: str, name: str) -> None:
        self.family, self.name = family, name
        self.folder = run_folder(family, name)
        self.general = read_general()
        self.compute = read_section(Compute, "compute")
        self.fabric = make_fabric(self.compute)
        self.device = self.fabric.device

    def purpose(self, *purpose: str) -> tuple[int, str, str, *tuple[str, ...]]:
        """(seed, family, run, purpose): the arguments of `seeded` and `derive_seed`."""
        return (self.general.seed, self.family, self.name, *purpose)

    def generator(self, *purpose: str, on_cpu: bool = False) -> torch.Generator:
        """A generator of this run for one purpose, on the run's device or on the CPU."""
        device = torch.device("cpu") if on_cpu else self.device
        return torch_generator(device, *self.purpose(*purpose))

    def setup(self, network: NetworkT, *methods: str) -> NetworkT:
        """The network on the device, in channels-last memory, computing at the run's precision.

        Args:
            methods: methods besides `forward` that compute with the network's layers.
        """
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in stub
        wrapped: Any = self.fabric.setup_module(network)
        for method in methods:
            wrapped.mark_forward_method(method)
        return cast(NetworkT, wrapped)

    def adam(self, network: nn.Module, lr: float, betas: Sequence[float]) -> Optimizer:
        """Adam for a network that `setup` returned."""
        adam = torch.optim.Adam(network.parameters(), lr=lr, betas=(betas[0], betas[1]))
        return cast(Optimizer, self.fabric.setup_optimizers(adam))

    def load(self, network: NetworkT, name: str, *methods: str) -> NetworkT:
        """`network` with this run's trained weights of that name, set up for evaluation."""
        load_weights(self.folder / "weights.safetensors", name, network)
        return self.setup(network, *methods).eval()

    def training(
        self,
        steps: int,
        parts: Mapping[str, Stateful],
        generators: Mapping[str, torch.Generator],
        settings: Iterable[Section],
        data: Iterable[Path],
        images_per_step: int,
    ) -> Training:
        """The driver of this run's loop; its checkpoint belongs to these settings and data."""
        torch.manual_seed(derive_seed(*self.purpose("loop")))  # dropout draws from the global one
        how = [self.general, self.compute.precision, self.device.type, *settings]
        key = fingerprint(how, data)
        checkpoint = Checkpoint(f"{self.family}-{self.name}", key, self.compute.checkpoint_seconds)
        everything = {**generators, **_dropout_generator(self.device)}
        return Training(
            f"{self.family} {self.name}", steps, parts, everything, checkpoint, images_per_step
        )

    def save(self, networks: Mapping[str, nn.Module], training: Training) -> None:
        """Write weights, print-outs, facts and curves, then forget the checkpoint."""
        save_weights(self.folder / "weights.safetensors", networks)
        prints = [f"{name}: {network}\n" for name, network in networks.items()]
        write_text(self.folder / "architecture.txt", "\n".join(prints))
        facts = {
            "steps": training.total_steps,
            "seed": self.general.seed,
            "scale": self.general.scale,
            "precision": self.compute.precision,
            "hardware": hardware(self.device),
            "parameters": {name: trainable(network) for name, network in networks.items()},
        }
        write_json(self.folder / "training.json", facts)
        training.write_curves(plot("curves", self.family, self.name))
        training.checkpoint.remove()


def _dropout_generator(device: torch.device) -> dict[str, torch.Generator]:
    """The GPU's global generator; the CPU's one is always kept by Training."""
    if device.type != "cuda":
        return {}
    torch.cuda.init()  # fills the list of generators
    index = torch.cuda.current_device() if device.index is None else device.index
    return {"global cuda": torch.cuda.default_generators[index]}
