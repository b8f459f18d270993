"""StyleGAN2's layers on cases that can be solved by hand."""

import math
import subprocess
import sys

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hw2.gan.stylegan2.blur import Blur
from hw2.gan.stylegan2.discriminator import DiscriminatorBlock
from hw2.gan.stylegan2.equal_linear import EqualLinear
from hw2.gan.stylegan2.generator import MappingNetwork, StyleBlock, ToRgb
from hw2.gan.stylegan2.linear_attention import AttentionBlock, ChanNorm, LinearAttention
from hw2.gan.stylegan2.modulated_conv import Conv2DMod


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(0)


def zero(*layers: nn.Module) -> None:
    for layer in layers:
        for parameter in layer.parameters():
            nn.init.zeros_(parameter)


def kernels(conv: Conv2DMod, inputs: int, style: Tensor) -> Tensor:
    """The kernels (out, in, 3, 3) that a convolution applies, read from impulses on each input."""
    impulses = torch.zeros(inputs, inputs, 5, 5)
    impulses[torch.arange(inputs), torch.arange(inputs), 2, 2] = 1
    answers = conv(impulses, style.expand(inputs, -1))  # (in, out, 5, 5)
    return answers[:, :, 1:4, 1:4].flip(2, 3).transpose(0, 1)


def test_demodulated_kernels_have_unit_norm_whatever_the_style() -> None:
    conv = Conv2DMod(3, 4, 3, demodulate=True)
    for size in (0.1, 1.0, 100.0):
        found = kernels(conv, 3, size * torch.randn(1, 3))
        torch.testing.assert_close(found.square().sum((1, 2, 3)), torch.ones(4))


def test_modulation_scales_each_input_channel_by_one_plus_style() -> None:
    conv = Conv2DMod(3, 4, 3, demodulate=False)
    style = torch.tensor([[-1.0, 0.0, 2.0]])
    scales = torch.tensor([0.0, 1.0, 3.0])[:, None, None]
    torch.testing.assert_close(kernels(conv, 3, style), conv.weight * scales)
    demodulated = Conv2DMod(3, 4, 3, demodulate=True)
    demodulated.load_state_dict(conv.state_dict())
    expected = F.normalize((conv.weight * scales).flatten(1), dim=1).view(4, 3, 3, 3)
    torch.testing.assert_close(kernels(demodulated, 3, style), expected)


def test_a_style_of_zero_leaves_the_normalised_convolution() -> None:
    conv, x = Conv2DMod(3, 4, 3, demodulate=True), torch.randn(2, 3, 6, 6)
    weight = conv.weight / conv.weight.flatten(1).norm(dim=1)[:, None, None, None]
    plain = F.conv2d(x, weight, padding=1)
    torch.testing.assert_close(conv(x, torch.zeros(2, 3)), plain)


def test_each_image_has_its_own_style() -> None:
    conv, x, style = Conv2DMod(3, 4, 3, demodulate=True), torch.randn(2, 3, 6, 6), torch.randn(2, 3)
    single = [conv(x[i : i + 1], style[i : i + 1]) for i in range(2)]
    torch.testing.assert_close(conv(x, style), torch.cat(single))


def test_demodulation_survives_bfloat16() -> None:
    conv, x = Conv2DMod(64, 8, 3, demodulate=True), torch.randn(2, 64, 6, 6)
    style = torch.ones(2, 64)
    exact = conv(x, style)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rounded = conv(x, style.bfloat16())
    assert rounded.dtype == torch.float32
    assert (rounded - exact).abs().max() < 0.02 * exact.std()


def test_blur_keeps_a_constant_image_also_at_the_border() -> None:
    x = torch.full((2, 3, 4, 6), 0.7)
    torch.testing.assert_close(Blur()(x), x)


def test_blur_of_an_impulse_is_its_kernel_and_borders_reflect() -> None:
    impulse = torch.zeros(1, 1, 5, 5)
    impulse[0, 0, 2, 2] = 16
    kernel = torch.tensor([1.0, 2.0, 1.0])
    torch.testing.assert_close(Blur()(impulse)[0, 0, 1:4, 1:4], torch.outer(kernel, kernel))
    rows = torch.tensor([1.0, 0.0, 4.0, 0.0, 0.0]).expand(1, 1, 5, 5)
    # The first is (0 + 2 * 1 + 0) / 4: what lies beyond the border is the second column.
    torch.testing.assert_close(Blur()(rows)[0, 0, 3], torch.tensor([0.5, 1.25, 2.0, 1.0, 0.0]))


def test_blur_stays_exact_under_autocast() -> None:
    x = torch.rand(1, 3, 8, 8)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        blurred = Blur()(x)
    torch.testing.assert_close(blurred, Blur()(x))


def test_equal_linear_multiplies_weight_and_bias() -> None:
    layer = EqualLinear(2, 1, lr_mul=0.1)
    layer.load_state_dict({"weight": torch.tensor([[3.0, 4.0]]), "bias": torch.tensor([5.0])})
    assert layer(torch.tensor([[1.0, 2.0]])).item() == pytest.approx(0.1 * (3 + 8 + 5))


def test_the_mapping_sees_the_direction_of_z_only() -> None:
    mapping, z = MappingNetwork(8, 3), torch.randn(4, 8)
    torch.testing.assert_close(mapping(z), mapping(7 * z))
    assert not torch.allclose(mapping(z), mapping(-z))


def test_channel_norm_is_over_the_channels_of_a_pixel() -> None:
    norm, x = ChanNorm(2, eps=0.25), torch.tensor([1.0, 3.0]).view(1, 2, 1, 1)
    x = torch.cat([x, 5 * x], dim=3)  # variances 1 and 25
    expected = torch.tensor([1 / math.sqrt(1.25), 5 / math.sqrt(25.25)])
    torch.testing.assert_close(norm(x)[0, :, 0], torch.stack([-expected, expected]))
    with torch.no_grad():
        norm.scale.fill_(2)
        norm.shift.fill_(1)
    torch.testing.assert_close(norm(x)[0, 1, 0], 2 * expected + 1)


def test_channel_norm_computes_in_float32() -> None:
    norm, x = ChanNorm(64, eps=1e-5), (100 + torch.randn(1, 64, 2, 2)).bfloat16()
    torch.testing.assert_close(norm(x), norm(x.float()))


def test_linear_attention_is_attention_with_two_softmaxes() -> None:
    heads, size = 2, 3
    attention, x = LinearAttention(4, heads, size), torch.randn(2, 4, 2, 3)
    k, v = attention.to_kv(x).flatten(2).chunk(2, dim=1)  # (B, heads * size, pixels)
    q, answers = attention.to_q(x).flatten(2), torch.empty(2, heads * size, 6)
    for image in range(2):
        for head in range(heads):
            part = slice(head * size, (head + 1) * size)
            weights = torch.empty(6, 6)  # of value j for query i
            for i in range(6):
                for j in range(6):
                    query = q[image, part, i].exp() / q[image, part, i].exp().sum()
                    key = k[image, part, j].exp() / k[image, part].exp().sum(1)
                    weights[i, j] = query @ key / math.sqrt(size)
            answers[image, part] = v[image, part] @ weights.T
    expected = attention.to_out(F.gelu(answers.view(2, heads * size, 2, 3)))
    torch.testing.assert_close(attention(x), expected)


def test_linear_attention_survives_bfloat16() -> None:
    attention, x = LinearAttention(8, 2, 16), torch.randn(2, 8, 16, 16)
    exact = attention(x)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rounded = attention(x)
    assert (rounded - exact).abs().max() < 0.03 * exact.abs().max()


def test_an_attention_block_is_residual() -> None:
    block, x = AttentionBlock(4), torch.randn(2, 4, 4, 4)
    assert block(x).shape == x.shape and not torch.allclose(block(x), x)
    for branch in (block.attention, block.feed_forward):
        zero(list(branch.modules())[-1])  # its last convolution
    assert torch.equal(block(x), x)


def test_noise_is_weighted_with_height_and_width_swapped() -> None:
    block = StyleBlock(4, 3, 2, upsample=True, upsample_rgb=False, attention=None)
    zero(block.conv1, block.conv2)  # only the second noise is left
    block.to_noise2.load_state_dict({"weight": torch.tensor([[1.0], [2.0]]), "bias": torch.ones(2)})
    noise = torch.rand(2, 16, 16, 1)
    x, _ = block(torch.randn(2, 3, 4, 4), None, torch.randn(2, 4), noise)
    corner = noise[:, :8, :8, 0].transpose(1, 2)
    torch.testing.assert_close(x, torch.stack([corner + 1, 2 * corner + 1], dim=1))


def test_the_image_so_far_is_added_before_it_is_doubled() -> None:
    to_rgb, x, style = ToRgb(4, 5, upsample=True), torch.randn(2, 5, 4, 4), torch.randn(2, 4)
    rgb = torch.randn(2, 3, 4, 4)
    alone, both = to_rgb(x, None, style), to_rgb(x, rgb, style)
    double = F.interpolate(rgb, scale_factor=2, mode="bilinear", align_corners=False)
    torch.testing.assert_close(both - alone, Blur()(double))
    last = ToRgb(4, 5, upsample=False)
    zero(last.conv)
    assert torch.equal(last(x, rgb, style), rgb)


def test_a_discriminator_block_halves_the_power_of_its_sum() -> None:
    block, x = DiscriminatorBlock(3, 4, downsample=True, attention=None), torch.randn(2, 3, 8, 8)
    zero(block.net[-1])
    shortcut = F.conv2d(x[:, :, ::2, ::2], block.conv_res.weight, block.conv_res.bias)
    torch.testing.assert_close(block(x), shortcut / math.sqrt(2))


HALVING = """
import torch
from hw2.gan.stylegan2.discriminator import DiscriminatorBlock
for outputs in (3, 64):
    block = DiscriminatorBlock(3, outputs, True, None).to(memory_format=torch.channels_last)
    for _ in range(60):
        images = torch.randn(5, 3, 64, 64).contiguous(memory_format=torch.channels_last)
        block(images.requires_grad_()).square().mean().backward()
        between = [torch.randn(size) for size in (3, 100, 1000)]
"""


def test_the_halving_block_keeps_to_its_memory() -> None:
    """oneDNN's strided 1x1 convolution did not: processes died of it at batches of 5."""
    done = subprocess.run([sys.executable, "-c", HALVING], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_shortcut_is_the_strided_convolution() -> None:
    shortcut = DiscriminatorBlock(3, 8, True, None).conv_res
    images = torch.randn(2, 3, 9, 8)
    expected = F.conv2d(images, shortcut.weight, shortcut.bias, stride=2)
    torch.testing.assert_close(shortcut(images), expected)
