"""A model of params.yaml, its networks, and what is known of the systems that they re-create."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from torch import nn

from hw2.core.layers import Layer, layers

# What is known of a system that is in no report.
UNKNOWN: dict[str, str | None] = {"system": None, "status": None}


@dataclass(frozen=True)
class Network:
    """One network as it is printed.

    Attributes:
        name: the model's name, and behind it the report's letter where a model has several.
        part: that letter, S, G or D; empty where the model is one network.
        entries: the systems of the reports that it re-creates, e.g. ``["000_gan_B_G"]``.
        module: the network.
        inputs: makes a batch for it.
        run: passes such a batch through it, in the order of the reports' tables.
    """

    name: str
    part: str
    entries: list[str]
    module: nn.Module
    inputs: Callable[[], tuple[Any, ...]]
    run: Callable[..., object]

    def layers(self) -> list[Layer]:
        """Its leaf layers as they run in evaluation mode, then those that a pass leaves out."""
        self.module.eval()
        inputs = self.inputs()
        return layers(self.module, lambda: self.run(*inputs))


@dataclass(frozen=True)
class Model:
    """One entry of params.yaml that has networks, or a judge.

    Attributes:
        family: ``gan``, ``diffusion``, ``adapt`` or ``judge``.
        name: the entry's name.
        report: the systems of the reports that it re-creates, as in params.yaml.
        runs: names of the runs that train it.
        build: makes its networks, initialised from torch's global generator.
    """

    family: str
    name: str
    report: list[str]
    runs: list[str]
    build: Callable[[], list[Network]]


@cache
def systems() -> dict[str, dict[str, str | None]]:
    """What is known of each system of the reports, by entry: `system` describes it.

    `status` tells how sure its layers are: exact (every layer is printed), minor (a few printed
    lines are lost, and follow from the rest), reconstructed (mostly inferred), guess (from prose
    alone), or external (in no report).
    """
    text = resources.files("hw2.architectures").joinpath("systems.json").read_text("utf-8")
    found: dict[str, dict[str, str | None]] = json.loads(text)
    return found
