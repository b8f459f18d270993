"""The layers that the reports print, and those of our networks, in the same words.

``layers/<entry>.txt`` holds one line a layer, in the order in which they run:
type | hyper-parameters | output without batch; before them the layers that never run.
"""

from collections.abc import Callable
from pathlib import Path

from torch import nn

from hw2.core.layers import layers


def printed(entry: str) -> list[str]:
    """The layers of one system of the reports, e.g. ``000_gan_B_G``."""
    return (Path(__file__).parent / "layers" / f"{entry}.txt").read_text().splitlines()


def executed(network: nn.Module, run: Callable[[], object]) -> list[str]:
    """The leaf layers of `network`: those that never run, then those that run during `run()`."""
    found = layers(network, run)
    idle = [f"not called: {layer.kind} | {layer.settings}" for layer in found if not layer.output]
    return idle + [
        f"{layer.kind} | {layer.settings} | {'×'.join(map(str, layer.output))}"
        for layer in found
        if layer.output
    ]
