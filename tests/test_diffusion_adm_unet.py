"""The UNet of our own runs: what enters it, what it is before training, what it refuses."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.diffusion.unets import adm_unet
from hw2.diffusion.unets.adm_unet import SelfAttention

ARGUMENTS: dict[str, Any] = {
    "widths": [32, 64, 64],
    "blocks": 2,
    "attention": [False, True, True],
    "dropout": 0.1,
    "patch": 1,
}


def unet(**changes: Any) -> adm_unet.AdmUnet:
    torch.manual_seed(0)
    return adm_unet.build(**(ARGUMENTS | {"classes": 10, "timesteps": 1000} | changes)).eval()


def awake(**changes: Any) -> adm_unet.AdmUnet:
    """With something in the layers that begin as zeros."""
    net = unet(**changes)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(0.05 * torch.randn(parameter.shape))
    return net


def batch(side: int, *labels: int) -> tuple[Tensor, Tensor, Tensor]:
    """The same noise at the same time for each of `labels`."""
    x = torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(1))
    count = len(labels)
    return x.expand(count, -1, -1, -1), torch.full((count,), -300.0), torch.tensor(labels)


@pytest.mark.parametrize(("side", "patch"), [(28, 1), (32, 1), (64, 2), (16, 4)])
def test_it_predicts_nothing_before_training(side: int, patch: int) -> None:
    x, t, labels = batch(side, 0, 10)
    found = unet(patch=patch)(x, t, labels)
    assert found.shape == x.shape and not found.any()


def test_every_block_begins_as_its_shortcut() -> None:
    net = unet()
    blocks = [layer for layer in net.modules() if isinstance(layer, adm_unet.Block)]
    assert len(blocks) == 2 * 3 + 2 + 2 * 3
    x, embedding = torch.randn(2, 32, 8, 8), torch.randn(2, 128)
    assert torch.equal(blocks[0](x, embedding), x)
    attends = [isinstance(block.attention, adm_unet.SelfAttention) for block in blocks]
    assert attends == [False] * 2 + [True] * 4 + [True, False] + [True] * 4 + [False] * 2


def test_its_group_norm_is_torch_s_and_keeps_channels_last() -> None:
    x = torch.randn(2, 8, 5, 5).to(memory_format=torch.channels_last)
    ours, torchs = adm_unet.GroupNorm(2, 8), nn.GroupNorm(2, 8)
    found = ours(x)
    assert torch.allclose(found, torchs(x), atol=1e-6)
    assert found.is_contiguous(memory_format=torch.channels_last)


def test_scale_and_shift_are_those_of_time_and_label() -> None:
    block = adm_unet.Block(32, 32, 4, attention=False, dropout=0.0)
    with torch.no_grad():
        block.project.weight.zero_()
        block.project.bias.copy_(torch.cat([torch.full((32,), -1.0), torch.full((32,), 0.5)]))
        block.conv2[-1].weight.zero_()
        block.conv2[-1].weight[:, :, 1, 1].copy_(torch.eye(32))  # the identity
    x = torch.randn(2, 32, 6, 6)
    silu = 0.5 / (1 + torch.exp(torch.tensor(-0.5)))  # scale 1 - 1 leaves the shift alone
    torch.testing.assert_close(block(x, torch.randn(2, 4)), x + silu)


def test_no_label_is_the_network_without_label_embedding() -> None:
    net, inputs = awake(), batch(28, 0, 3, 10)
    assert net.label_embedding is not None
    with torch.no_grad():
        zero, three, none = net(*inputs)
        net.label_embedding.weight.zero_()
        without = net(*inputs)
    torch.testing.assert_close(none, without[2])
    assert (zero - none).abs().max() > 1e-3 and (three - zero).abs().max() > 1e-3


def test_an_unconditional_network_has_no_labels() -> None:
    net = awake(classes=0)
    assert not any(isinstance(layer, nn.Embedding) for layer in net.modules())
    assert net(*batch(28, 0)).shape == (1, 3, 28, 28)


def test_the_time_enters() -> None:
    x, _, labels = batch(28, 3, 3)
    with torch.no_grad():
        near, far = awake()(x, torch.tensor([-1500.0, 1000.0]), labels)
    assert (near - far).abs().max() > 1e-3


def test_every_parameter_has_a_gradient() -> None:
    net = awake()
    net(*batch(28, 3)).square().mean().backward()
    assert [name for name, p in net.named_parameters() if p.grad is None] == []


def test_bfloat16_stays_close_to_float32() -> None:
    net, inputs = awake(), batch(28, 3)
    with torch.no_grad():
        exact = net(*inputs)
        with torch.autocast("cpu", torch.bfloat16):
            found = net(*inputs).float()
    assert ((found - exact).norm() / exact.norm()).item() < 0.05


@pytest.mark.parametrize(("channels", "heads"), [(32, 1), (128, 2), (224, 2), (256, 4), (352, 4)])
def test_every_width_has_heads_that_divide_it(channels: int, heads: int) -> None:
    attention = SelfAttention(channels)
    assert attention.heads == heads
    x = torch.randn(1, channels, 2, 2)
    torch.testing.assert_close(attention(x), x)  # its last layer is 0


@pytest.mark.parametrize(
    ("changes", "side", "message"),
    [
        ({}, 30, "image_size 30: set it to a multiple of 4"),
        ({"patch": 2}, 28, "image_size 28: set it to a multiple of 8"),
        ({"widths": [32, 64, 80]}, 28, r"must be multiples of 32 .* as many"),
        ({"attention": [True]}, 28, r"must be multiples of 32 .* as many"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], side: int, message: str) -> None:
    with pytest.raises(UserError, match=message):
        unet(**changes)(*batch(side, 3))
