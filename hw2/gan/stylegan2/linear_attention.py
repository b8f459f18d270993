"""Attention at a cost linear in the number of pixels (Shen et al. 2021, Efficient Attention)."""

import torch
from torch import Tensor, nn


class ChanNorm(nn.Module):
    """Each pixel's channels to mean 0 and variance 1, then a learned scale and shift.

    Shape: (B, C, H, W) kept; the result is float32. The reports' print does not show eps: 1e-5
    inside the root is upstream's later version (earlier ones add it to the standard deviation).
    """

    def __init__(self, channels: int, eps: float) -> None:
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.shift = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = x.float()  # a variance in bfloat16 would lose most of its bits
        variance, mean = torch.var_mean(x, dim=1, correction=0, keepdim=True)  # (B, 1, H, W)
        return (x - mean) * (variance + self.eps).rsqrt() * self.scale + self.shift

    def extra_repr(self) -> str:
        return f"channels={self.scale.shape[1]}, eps={self.eps}"


class LinearAttention(nn.Module):
    """Per head, out = (softmax_pixels(k) v^T)^T softmax_channels(q) / sqrt(channels a head).

    Keys and values come from a depthwise 3x3 and a 1x1 convolution; GELU follows the heads. The
    summary k v^T has no pixels left, so no pixel-by-pixel matrix is ever made.

    Shape: (B, C, H, W) kept.

    Args:
        channels: C.
        heads: number of heads.
        head_channels: channels of q, k and v in each head.
    """

    def __init__(self, channels: int, heads: int, head_channels: int) -> None:
        super().__init__()
        self.heads, inner = heads, heads * head_channels
        self.to_kv = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False),
            nn.Conv2d(channels, 2 * inner, 1, bias=False),
        )
        self.to_q = nn.Conv2d(channels, inner, 1, bias=False)
        self.nonlin = nn.GELU()
        self.to_out = nn.Conv2d(inner, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        k, v = map(self._by_head, self.to_kv(x).chunk(2, dim=1))  # (B, heads, D, H * W)
        q = self._by_head(self.to_q(x))
        # float32: a bfloat16 exponential is wrong in its third digit.
        q = q.softmax(dim=2, dtype=torch.float32) * q.shape[2] ** -0.5
        k = k.softmax(dim=3, dtype=torch.float32)
        summary = v @ k.transpose(2, 3).to(v.dtype)  # (B, heads, D of v, D of k)
        heads = summary @ q.to(summary.dtype)  # (B, heads, D, H * W)
        joined = heads.flatten(1, 2).unflatten(2, x.shape[2:])  # (B, heads * D, H, W)
        out: Tensor = self.to_out(self.nonlin(joined))
        return out

    def _by_head(self, x: Tensor) -> Tensor:
        return x.unflatten(1, (self.heads, -1)).flatten(3)


class AttentionBlock(nn.Module):
    """x + attention(norm(x)), then x + feed_forward(norm(x)), the latter twice as wide inside.

    Of the size that report 003 prints: 8 heads of 64 channels.

    Shape: (B, C, H, W) kept.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.attention = nn.Sequential(
            ChanNorm(channels, eps=1e-5), LinearAttention(channels, heads=8, head_channels=64)
        )
        self.feed_forward = nn.Sequential(
            ChanNorm(channels, eps=1e-5),
            nn.Conv2d(channels, 2 * channels, 1),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(2 * channels, channels, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(x)
        return x + self.feed_forward(x)
