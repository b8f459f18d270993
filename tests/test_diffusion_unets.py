"""The UNets of reports 000, 001 and 002, layer for layer; how size, step and label enter."""

from functools import cache
from typing import Any

import pytest
import torch
from printed_layers import executed, printed
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.core.lookup import build
from hw2.diffusion.unets import residual_unet

RESIDUAL: dict[str, Any] = {
    "widths": [64, 128, 128, 256],
    "blocks": 2,
    "attention": [False, False, True, True],
    "dropout": 0.1,
}
NETS: dict[str, tuple[str, dict[str, Any]]] = {  # entry of the specification: module, net_args
    "000_unet": (
        "attention_unet",
        {"bottleneck": [256, 256], "upsample": [2.0], "position_layer": True, "attention": True},
    ),
    "001_unet": (
        "attention_unet",
        {
            "bottleneck": [512, 512, 256],
            "upsample": [2.0, 2.5],
            "position_layer": False,
            "attention": True,
        },
    ),
    "002_unet": ("residual_unet", RESIDUAL),
}


@cache
def unet(entry: str) -> Any:
    """The network in evaluation mode, where dropout is off."""
    name, arguments = NETS[entry]
    torch.manual_seed(0)
    net = build("hw2.diffusion.unets", name, "net_args", **arguments, classes=10, timesteps=1000)
    return net.eval()


def batch(side: int, labels: list[int]) -> tuple[Tensor, Tensor, Tensor]:
    """The same noise at the same step for each of `labels`."""
    x = torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(1))
    count = len(labels)
    return x.expand(count, -1, -1, -1), torch.full((count,), 7), torch.tensor(labels)


@pytest.mark.parametrize(
    ("entry", "side", "parameters", "tensors"),
    [
        ("000_unet", 32, 15_664_515, 177),
        ("001_unet", 28, 23_335_299, 183),
        ("002_unet", 32, 19_222_659, 315),
    ],
)
def test_the_layers_are_those_of_the_report(
    entry: str, side: int, parameters: int, tensors: int
) -> None:
    net = unet(entry)
    assert executed(net, lambda: net(*batch(side, [3]))) == printed(entry)
    assert sum(p.numel() for p in net.parameters()) == parameters
    assert len(list(net.parameters())) == tensors


def test_attention_can_be_left_out() -> None:
    name, arguments = NETS["000_unet"]
    settings = {**arguments, "attention": False, "classes": 10, "timesteps": 1000}
    net = build("hw2.diffusion.unets", name, "net_args", **settings)
    # Of C channels: six matrices C x C with their biases, and two norms.
    left_out = sum(6 * c**2 + 10 * c for c in (128, 256, 256, 128, 64, 64))
    assert sum(p.numel() for p in net.parameters()) == 15_664_515 - left_out
    with torch.no_grad():
        assert net(*batch(16, [3])).shape == (1, 3, 16, 16)


@pytest.mark.parametrize(
    ("entry", "side"),
    [("000_unet", 32), ("000_unet", 16), ("001_unet", 28), ("001_unet", 32), ("002_unet", 32)],
)
def test_the_output_has_the_size_of_the_input(entry: str, side: int) -> None:
    with torch.no_grad():
        assert unet(entry)(*batch(side, [0, 10])).shape == (2, 3, side, side)


def test_the_larger_upsampler_rests_where_doubling_fits() -> None:
    net = unet("001_unet")
    layers = executed(net, lambda: net(*batch(32, [3])))
    idle = "not called: Upsample | scale_factor=2.5, mode=bilinear, align_corners=True"
    assert [layer for layer in layers if "not called" in layer] == [idle] * 3


@pytest.mark.parametrize(
    ("entry", "side", "message"),
    [
        ("000_unet", 28, "image_size 28: .* 3x3 back to 7x7; set image_size to a multiple of 8"),
        ("000_unet", 4, "image_size 4: .* 0x0 back to 1x1"),
        ("001_unet", 29, "image_size 29: .* 14x14 back to 29x29"),
        ("002_unet", 28, "image_size 28: it halves 3 times; set image_size to a multiple of 8"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(entry: str, side: int, message: str) -> None:
    with pytest.raises(UserError, match=message):
        unet(entry)(*batch(side, [3]))


@pytest.mark.parametrize("entry", NETS)
def test_no_label_is_the_network_without_label_embedding(entry: str) -> None:
    net, inputs = unet(entry), batch(32, [0, 3, 10])
    table = net.label_embedding.weight
    with torch.no_grad():
        zero, three, none = net(*inputs)
        kept = table.clone()
        table.zero_()
        without = net(*inputs)
        table.copy_(kept)
    torch.testing.assert_close(none, without[2])
    torch.testing.assert_close(without[0], without[2])
    assert (zero - none).abs().max() > 1e-3 and (three - none).abs().max() > 1e-3


@pytest.mark.parametrize("entry", NETS)
def test_the_step_enters(entry: str) -> None:
    x, _, labels = batch(32, [3, 3])
    with torch.no_grad():
        near, far = unet(entry)(x, torch.tensor([1, 400]), labels)
    assert (near - far).abs().max() > 1e-3


@pytest.mark.parametrize("entry", NETS)
def test_every_parameter_has_a_gradient(entry: str) -> None:
    net = unet(entry)
    net(*batch(32, [3])).square().mean().backward()
    assert [name for name, p in net.named_parameters() if p.grad is None] == []
    net.zero_grad(set_to_none=True)


@pytest.mark.parametrize("entry", NETS)
def test_bfloat16_stays_close_to_float32(entry: str) -> None:
    net, inputs = unet(entry), batch(32, [3])
    with torch.no_grad():
        exact = net(*inputs)
        with torch.autocast("cpu", torch.bfloat16):
            found = net(*inputs).float()
    assert ((found - exact).norm() / exact.norm()).item() < 0.05


def test_the_counts_that_report_002_states() -> None:
    net = unet("002_unet")

    def count(part: nn.Module, kind: type[nn.Module]) -> int:
        return sum(isinstance(layer, kind) for layer in part.modules())

    blocks = residual_unet.ResidualBlock
    assert [count(net.down, blocks), count(net.up, blocks), count(net, blocks)] == [8, 12, 22]
    halvings = [layer for layer in net.down if isinstance(layer, nn.Conv2d)]
    doublings = [layer for layer in net.up if isinstance(layer, nn.ConvTranspose2d)]
    assert len(halvings) == len(doublings) == 3
    assert net.label_embedding.weight.shape == (10, 256)


@pytest.mark.parametrize("wrong", [{"widths": [64, 128, 128, 200]}, {"attention": [True]}])
def test_arguments_that_do_not_fit_are_refused(wrong: dict[str, list[int]]) -> None:
    with pytest.raises(UserError, match=r"must be multiples of 32 .* as many"):
        residual_unet.build(**(RESIDUAL | wrong), classes=10, timesteps=500)
