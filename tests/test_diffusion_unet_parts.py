"""Parts of the UNets by hand: embeddings, blocks, attention."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from hw2.diffusion.unets import attention_unet, residual_unet
from hw2.nn.label_embedding import embed_label
from hw2.nn.time_embedding import PositionEmbedding, sinusoid


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def test_the_sinusoid_by_hand() -> None:
    found = sinusoid(torch.tensor([0, 1, 900]), 4)  # frequencies 1 and 10000^(-1/2) = 1/100
    rows = [[math.sin(t), math.sin(t / 100), math.cos(t), math.cos(t / 100)] for t in (0, 1, 900)]
    torch.testing.assert_close(found, torch.tensor(rows), atol=1e-4, rtol=0)
    assert torch.equal(PositionEmbedding(4)(torch.tensor([900])), found[2:])


def test_no_label_is_zero_and_trains_nothing() -> None:
    table = nn.Embedding(3, 2)
    found = embed_label(table, torch.tensor([2, 3, 0]))
    assert torch.equal(found, torch.stack([table.weight[2], torch.zeros(2), table.weight[0]]))
    found.sum().backward()
    assert table.weight.grad is not None
    assert table.weight.grad.tolist() == [[1, 1], [0, 0], [1, 1]]


def silence(layer: nn.Module) -> None:
    """Make a norm, convolution or linear layer return zeros."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)


def test_a_residual_double_convolution_is_gelu_of_a_sum() -> None:
    x = torch.randn(2, 4, 5, 5)
    block = attention_unet.DoubleConv(4, 4, residual=True)
    torch.testing.assert_close(block(x), nn.functional.gelu(x + block.conv(x)))
    silence(block.conv[-1])
    torch.testing.assert_close(block(x), nn.functional.gelu(x))
    assert attention_unet.DoubleConv(4, 4)(x).min() < -0.5  # without it, no GELU at the end


def test_down_adds_the_embedding_everywhere() -> None:
    down, embedding = attention_unet.Down(4, 6), torch.randn(2, 256)
    last: Any = down.conv[-1]
    silence(last.conv[-1])
    added = down.project(embedding)
    assert torch.equal(down(torch.randn(2, 4, 8, 8), embedding)[:, :, 1, 2], added)


def test_up_joins_the_skip_before_the_enlarged() -> None:
    up, seen = attention_unet.Up(8, 2, [2.0, 2.5]), []
    up.conv.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    small, embedding = torch.arange(9.0).view(1, 1, 3, 3).expand(1, 3, 3, 3), torch.zeros(1, 256)
    for side in (6, 7):
        skip = torch.randn(1, 5, side, side)
        assert up(small, skip, embedding).shape == (1, 2, side, side)
        joined = seen.pop()
        assert torch.equal(joined[:, :5], skip)
        corners = joined[0, 5, [0, 0, -1, -1], [0, -1, 0, -1]]
        torch.testing.assert_close(corners, torch.tensor([0.0, 2, 6, 8]))  # corners are aligned


def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Vaswani et al. 2017, eq. 1, on (..., tokens, width)."""
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
    return scores.softmax(-1) @ value


def test_attention_with_four_heads_by_hand() -> None:
    layer, x = attention_unet.SelfAttention(8), torch.randn(2, 8, 3, 3)
    attention = layer.attention
    tokens = x.flatten(2).mT
    mixed = layer.norm(tokens) @ attention.in_proj_weight.mT + attention.in_proj_bias
    parts = [part.unflatten(-1, (4, 2)).transpose(1, 2) for part in mixed.chunk(3, dim=-1)]
    tokens = attention.out_proj(attend(*parts).transpose(1, 2).flatten(2)) + tokens
    tokens = layer.feed_forward(tokens) + tokens
    torch.testing.assert_close(layer(x), tokens.mT.reshape(2, 8, 3, 3))


def test_attention_with_one_head_by_hand() -> None:
    layer, x = residual_unet.SelfAttention(8), torch.randn(2, 8, 3, 3)
    tokens = x.flatten(2).mT
    tokens = layer.output(attend(*layer.projection(tokens).chunk(3, dim=-1))) + tokens
    torch.testing.assert_close(layer(x), tokens.mT.reshape(2, 8, 3, 3))


def test_a_residual_block_adds_embedding_and_shortcut() -> None:
    block = residual_unet.ResidualBlock(32, 64, 16, dropout=0.0)
    x, embedding = torch.randn(2, 32, 4, 4), torch.randn(2, 16)
    hidden = block.conv1(x) + block.project(embedding)[:, :, None, None]
    torch.testing.assert_close(block(x, embedding), block.conv2(hidden) + block.shortcut(x))
    silence(block.conv2[-1])
    torch.testing.assert_close(block(x, embedding), block.shortcut(x))
