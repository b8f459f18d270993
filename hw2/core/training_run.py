"""A run that trains: networks and optimisers set up, the loop driven, the results written."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import torch
from torch import nn
from torch.optim import Optimizer

from hw2.core import processes
from hw2.core.checkpoint import Checkpoint, fingerprint
from hw2.core.compiled import begin_step, compile_network
from hw2.core.fabric import make_fabric
from hw2.core.files import write_json, write_text
from hw2.core.hardware import hardware
from hw2.core.lock import hold
from hw2.core.optimizers import make_optimizer
from hw2.core.params import Section
from hw2.core.paths import TRAINING, WEIGHTS, plot
from hw2.core.run import Run
from hw2.core.sections import OptimizerSettings
from hw2.core.seeds import derive_seed
from hw2.core.sync_batch_norm import synchronise
from hw2.core.training import Stateful, Training
from hw2.core.weights import save_weights, trainable

NetworkT = TypeVar("NetworkT", bound=nn.Module)


class TrainingRun(Run):
    """A training of one family, e.g. ``TrainingRun("gan", "dcgan")``.

    Args:
        repetition: added to the seed, for runs that are trained several times.

    Attributes:
        fabric: Lightning Fabric, which holds device and precision.
    """

    def __init__(self, family: str, name: str, repetition: int = 0) -> None:
        super().__init__(family, name, repetition)
        self.fabric = make_fabric(self.compute)
        self.device = self.fabric.device

    def setup(self, network: NetworkT, *methods: str) -> NetworkT:
        """The network on the device, in channels-last memory; `forward` at the run's precision.

        Args:
            methods: methods besides `forward` that compute with the network's layers. Of several
                processes each must know them; their precision is the caller's (fabric.autocast).
        """
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in stub
        if processes.count() > 1:
            synchronise(network)
        if self.compute.compile:
            compile_network(network, self.compute.compile, parts_alone=bool(methods))
        wrapped: Any = self.fabric.setup_module(network)
        for method in methods:
            wrapped.mark_forward_method(method)
        return cast(NetworkT, wrapped)

    def optimizer(self, settings: OptimizerSettings, network: nn.Module) -> Optimizer:
        """The optimiser for a network that `setup` returned."""
        optimizer = make_optimizer(settings, network)
        return cast(Optimizer, self.fabric.setup_optimizers(optimizer))

    def training(
        self,
        steps: int,
        parts: Mapping[str, Stateful],
        generators: Mapping[str, torch.Generator],
        settings: Iterable[Section],
        data: Iterable[Path],
        images_per_step: int,
    ) -> Training:
        """The driver of this run's loop; its checkpoint belongs to these settings and data.

        Raises:
            UserError: another process trains this run.
        """
        if processes.rank() == 0:
            hold(f"{self.family}-{self.name}")
        # Dropout draws from the global one; for a lone process this is the purpose "loop" alone.
        others = [f"process {processes.rank()}"] if processes.rank() else []
        torch.manual_seed(derive_seed(*self.purpose("loop", *others)))
        exactly = [self.compute.precision, self.compute.compile, self.device.type]
        key = fingerprint([self.general, *exactly, *settings], data)
        checkpoint = Checkpoint(f"{self.family}-{self.name}", key, self.compute.checkpoint_seconds)
        everything = {**generators, **_dropout_generator(self.device)}
        return Training(
            f"{self.family} {self.name}",
            steps,
            parts,
            everything,
            checkpoint,
            images_per_step,
            begin_step if self.compute.compile else None,
        )

    def save(
        self,
        networks: Mapping[str, nn.Module],
        training: Training,
        averages: Mapping[str, nn.Module],
    ) -> None:
        """Write weights, print-outs, facts and curves, then forget the checkpoint.

        Args:
            averages: moving averages of networks; they are saved, but are no networks of their own.
        """
        save_weights(self.folder / WEIGHTS, {**networks, **averages})
        prints = [f"{name}: {network}\n" for name, network in networks.items()]
        write_text(self.folder / "architecture.txt", "\n".join(prints))
        facts = {
            "steps": training.total_steps,
            "seed": self.general.seed,
            "scale": self.general.scale,
            "computed_in": self.compute.precision,
            "compiled": self.compute.compile,
            "hardware": hardware(self.device),
            "parameters": {name: trainable(network) for name, network in networks.items()},
        }
        write_json(self.folder / TRAINING, facts)
        training.write_curves(plot("curves", self.family, self.name))
        training.checkpoint.remove()


def _dropout_generator(device: torch.device) -> dict[str, torch.Generator]:
    """The GPU's global generator; the CPU's one is always kept by Training."""
    if device.type != "cuda":
        return {}
    torch.cuda.init()  # fills the list of generators
    index = torch.cuda.current_device() if device.index is None else device.index
    return {"global cuda": torch.cuda.default_generators[index]}
