"""The leaf layers of a network with their settings, as the reports print them."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

# Settings that a print shows; a layer not listed here speaks for itself by `extra_repr`.
SHOWN: dict[type[nn.Module], list[str]] = {
    nn.ReLU: ["inplace"],
    nn.LeakyReLU: ["negative_slope", "inplace"],
    nn.GELU: ["approximate"],
    nn.Dropout: ["p"],
    nn.Dropout2d: ["p"],
    nn.MaxPool2d: ["kernel_size", "stride", "padding", "dilation", "ceil_mode"],
    nn.AvgPool2d: ["kernel_size", "stride", "padding"],
    nn.AdaptiveAvgPool2d: ["output_size"],
    nn.GroupNorm: ["num_groups", "num_channels", "eps", "affine"],
    nn.LayerNorm: ["normalized_shape", "eps", "elementwise_affine"],
    nn.Embedding: ["num_embeddings", "embedding_dim"],
    nn.MultiheadAttention: ["embed_dim", "num_heads", "batch_first"],
    nn.Upsample: ["scale_factor", "mode", "align_corners"],
    nn.Softmax: ["dim"],
    nn.LogSoftmax: ["dim"],
    nn.Flatten: [],
}
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.InstanceNorm2d)


@dataclass(frozen=True)
class Layer:
    """One leaf layer.

    Attributes:
        path: its name inside the network, e.g. ``main.0``.
        kind: class name, e.g. ``Conv2d``.
        settings: in the words of the specification, the same for every torch version.
        output: shape of what it returned, without the batch; None where it was not called.
    """

    path: str
    kind: str
    settings: str
    output: tuple[int, ...] | None


def layers(network: nn.Module, run: Callable[[], object]) -> list[Layer]:
    """The leaf layers in the order in which `run()` calls them, then those that it never calls.

    A layer that is called twice stands there twice.
    """
    leaves = [(path, layer) for path, layer in network.named_modules() if _is_leaf(path, layer)]
    found: list[Layer] = []

    def note(path: str) -> Callable[[nn.Module, object, object], None]:
        def hook(layer: nn.Module, _inputs: object, output: object) -> None:
            tensor = output[0] if isinstance(output, tuple) else output
            shape = tuple(tensor.shape[1:]) if isinstance(tensor, Tensor) else ()
            found.append(Layer(path, _kind(layer), settings(layer), shape))

        return hook

    hooks = [layer.register_forward_hook(note(path)) for path, layer in leaves]
    try:
        with torch.no_grad():
            run()
    finally:
        for handle in hooks:
            handle.remove()
    called = {layer.path for layer in found}
    rest = [(path, layer) for path, layer in leaves if path not in called]
    return found + [Layer(path, _kind(layer), settings(layer), None) for path, layer in rest]


def settings(layer: nn.Module) -> str:
    """Hyper-parameters of one leaf layer."""
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        return _convolution(layer)
    if isinstance(layer, nn.Linear):
        return f"{layer.in_features}→{layer.out_features}, {_bias(layer)}"
    if isinstance(layer, NORMS):
        words = [str(layer.num_features), f"eps={layer.eps}"]
        words += ["affine"] if layer.affine else []
        words += [] if layer.track_running_stats else ["no running stats"]
        return ", ".join(words)
    shown = SHOWN.get(type(layer))
    if shown is None:
        return layer.extra_repr()
    return ", ".join(f"{name}={_value(getattr(layer, name))}" for name in shown)


def _is_leaf(path: str, layer: nn.Module) -> bool:
    """Attention is one layer of a print, and so is a convolution whose weight is normalised."""
    if "parametrizations" in path or path.endswith(".out_proj"):
        return False
    whole = isinstance(layer, nn.MultiheadAttention) or parametrize.is_parametrized(layer)
    return whole or not list(layer.children())


def _kind(layer: nn.Module) -> str:
    return type(layer).__name__.removeprefix("Parametrized")


def _convolution(layer: nn.Conv2d | nn.ConvTranspose2d) -> str:
    square = [_side(size) for size in (layer.kernel_size, layer.stride, layer.padding)]
    words = [f"{layer.in_channels}→{layer.out_channels}", "k{} s{} p{}".format(*square)]
    if any(layer.output_padding):
        words.append(f"op{_side(layer.output_padding)}")
    if layer.groups != 1:
        words.append("groups=in" if layer.groups == layer.in_channels else f"groups={layer.groups}")
    if layer.dilation != (1, 1):
        words.append(f"d{_side(layer.dilation)}")
    words.append(_bias(layer))
    if parametrize.is_parametrized(layer, "weight"):
        words.append("spectral_norm=True")
    return ", ".join(words)


def _bias(layer: nn.Module) -> str:
    return "no bias" if layer.bias is None else "bias"


def _side(size: object) -> object:
    """The side of a square, or both sides."""
    return size[0] if isinstance(size, tuple) and len(set(size)) == 1 else size


def _value(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
