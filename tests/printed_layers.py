"""Networks as the reports print them: leaf layers in the order in which they run.

``layers/<entry>.txt`` holds one line a layer: type | hyper-parameters | output without batch.
"""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

SHOWN = {
    nn.ReLU: ["inplace"],
    nn.LeakyReLU: ["negative_slope", "inplace"],
    nn.GELU: ["approximate"],
    nn.Sigmoid: [],
    nn.Tanh: [],
    nn.Dropout2d: ["p"],
    nn.MaxPool2d: ["kernel_size", "stride", "padding", "dilation", "ceil_mode"],
    nn.AvgPool2d: ["kernel_size", "stride", "padding"],
    nn.GroupNorm: ["num_groups", "num_channels", "eps", "affine"],
}


def printed(entry: str) -> list[str]:
    """The layers of one system of the reports, e.g. ``000_gan_B_G``."""
    return (Path(__file__).parent / "layers" / f"{entry}.txt").read_text().splitlines()


def executed(network: nn.Module, run: Callable[[], object]) -> list[str]:
    """The leaf layers of `network` that run while `run()` is called."""
    lines: list[str] = []

    def note(layer: nn.Module, _inputs: object, output: torch.Tensor) -> None:
        shape = "×".join(str(size) for size in output.shape[1:])
        lines.append(f"{type(layer).__name__} | {settings(layer)} | {shape}")

    leaves = [layer for layer in network.modules() if not list(layer.children())]
    hooks = [layer.register_forward_hook(note) for layer in leaves]
    with torch.inference_mode():
        run()
    for hook in hooks:
        hook.remove()
    return lines


def settings(layer: nn.Module) -> str:
    """Hyper-parameters in the words of the specification, the same for every torch version."""
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        assert layer.groups == 1 and layer.dilation == (1, 1) and layer.padding_mode == "zeros"
        assert layer.output_padding == (0, 0)
        square = [one(size) for size in (layer.kernel_size, layer.stride, layer.padding)]
        widths = f"{layer.in_channels}→{layer.out_channels}"
        return f"{widths}, k{square[0]} s{square[1]} p{square[2]}, {bias(layer)}"
    if isinstance(layer, nn.Linear):
        return f"{layer.in_features}→{layer.out_features}, {bias(layer)}"
    if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
        assert layer.affine and layer.track_running_stats and layer.momentum == 0.1
        return f"{layer.num_features}, eps={layer.eps}, affine"
    return ", ".join(f"{name}={getattr(layer, name)}" for name in SHOWN[type(layer)])


def bias(layer: nn.Module) -> str:
    return "no bias" if layer.bias is None else "bias"


def one(size: int | str | tuple[int, ...]) -> int:
    """The side of a square."""
    assert isinstance(size, tuple) and len(set(size)) == 1
    return size[0]
