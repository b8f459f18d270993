"""UNet with self-attention at every resolution but the first: reports 000 and 001.

Report 001 prints nearly every layer and cites the repository; 000 has its variant with a shallow
bottleneck, some printed lines lost (confidence 0.98 and 0.93). No print shows the four heads, the
aligned corners or where the embeddings are added: these are the repository's.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.nn.label_embedding import embed_label
from hw2.nn.time_embedding import PositionEmbedding, sinusoid

EMBEDDING = 256  # width of the embedding of timestep and label
HEADS = 4
HALVINGS = 3


class DoubleConv(nn.Module):
    """Convolution, norm, GELU, convolution, norm: (B, before, H, W) -> (B, after, H, W).

    The norm has one group, so it is over the whole image. With `residual`, gelu(x + block(x)).
    """

    def __init__(
        self, before: int, after: int, middle: int | None = None, residual: bool = False
    ) -> None:
        super().__init__()
        middle = middle or after
        self.residual = residual
        self.conv = nn.Sequential(
            nn.Conv2d(before, middle, 3, 1, 1, bias=False),
            nn.GroupNorm(1, middle),
            nn.GELU(),
            nn.Conv2d(middle, after, 3, 1, 1, bias=False),
            nn.GroupNorm(1, after),
        )

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.conv(x)
        return F.gelu(x + result) if self.residual else result


class SelfAttention(nn.Module):
    """Pre-norm transformer layer over the pixels; (B, C, H, W) keeps its shape."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.attention = nn.MultiheadAttention(channels, HEADS, batch_first=True)
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(channels),
            nn.Linear(channels, channels),
            nn.GELU(),
            nn.Linear(channels, channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        tokens = x.flatten(2).transpose(1, 2)  # (B, H * W, C)
        normed = self.norm(tokens)
        # In training and under autocast this is the fused kernel: no (H W)^2 logits are stored.
        tokens = self.attention(normed, normed, normed, need_weights=False)[0] + tokens
        tokens = self.feed_forward(tokens) + tokens
        return tokens.transpose(1, 2).reshape(x.shape)  # (B, C, H, W)


class Down(nn.Module):
    """Halve, convolve, add the embedding: (B, before, H, W) -> (B, after, H // 2, W // 2)."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            nn.MaxPool2d(2), DoubleConv(before, before, residual=True), DoubleConv(before, after)
        )
        self.project = nn.Sequential(nn.SiLU(), nn.Linear(EMBEDDING, after))

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        result: Tensor = self.conv(x) + self.project(embedding)[:, :, None, None]
        return result


class Up(nn.Module):
    """Enlarge x to the size of `skip`, join them, convolve, add the embedding -> (B, after, H, W).

    The first upsampler that gives that size is used (report 001 prints two and no rule).
    """

    def __init__(self, before: int, after: int, upsample: Sequence[float]) -> None:
        super().__init__()
        self.upsamplers = nn.ModuleList(
            nn.Upsample(scale_factor=factor, mode="bilinear", align_corners=True)
            for factor in upsample
        )
        self.upsample = upsample
        self.conv = nn.Sequential(
            DoubleConv(before, before, residual=True), DoubleConv(before, after, before // 2)
        )
        self.project = nn.Sequential(nn.SiLU(), nn.Linear(EMBEDDING, after))

    def forward(self, x: Tensor, skip: Tensor, embedding: Tensor) -> Tensor:
        low, high = x.shape[-1], skip.shape[-1]
        fitting = [_reaches(low, high, factor) for factor in self.upsample].index(True)
        x = self.upsamplers[fitting](x)  # (B, C, H, W), as the skip
        x = torch.cat([skip, x], dim=1)  # (B, before, H, W)
        result: Tensor = self.conv(x) + self.project(embedding)[:, :, None, None]
        return result


class AttentionUnet(nn.Module):
    """Noise prediction; integer t and the label enter as the sum of their embeddings.

    Args:
        bottleneck: output widths at the lowest resolution: [256, 256] (000), [512, 512, 256] (001).
        upsample: factors of the upsamplers that every Up owns: [2.0] in 000, [2.0, 2.5] in 001,
            whose 28x28 digits shrink to 3x3 and must come back to 7x7.
        position_layer: whether the sinusoid is a layer of the print (000) or plain code (001).
        attention: False leaves the six self-attention layers out, with their feed-forward parts.
        classes: number of classes; the label `classes` adds nothing.
    """

    def __init__(
        self,
        bottleneck: Sequence[int],
        upsample: Sequence[float],
        position_layer: bool,
        attention: bool,
        classes: int,
    ) -> None:
        super().__init__()
        self.upsample = upsample
        self.position: Callable[[Tensor], Tensor] = (
            PositionEmbedding(EMBEDDING) if position_layer else partial(sinusoid, width=EMBEDDING)
        )
        self.label_embedding = nn.Embedding(classes, EMBEDDING)
        attend: Callable[[int], nn.Module] = SelfAttention if attention else nn.Identity
        self.inc = DoubleConv(3, 64)
        self.down1, self.sa1 = Down(64, 128), attend(128)
        self.down2, self.sa2 = Down(128, 256), attend(256)
        self.down3, self.sa3 = Down(256, 256), attend(256)
        widths = [256, *bottleneck]
        self.bottleneck = nn.Sequential(*(DoubleConv(a, b) for a, b in pairwise(widths)))
        self.up1, self.sa4 = Up(widths[-1] + 256, 128, upsample), attend(128)
        self.up2, self.sa5 = Up(256, 64, upsample), attend(64)
        self.up3, self.sa6 = Up(128, 64, upsample), attend(64)
        self.outc = nn.Conv2d(64, 3, 1)

    def forward(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        """x (B, 3, S, S), t (B,) in 1..T, labels (B,) in 0..classes -> (B, 3, S, S).

        Raises:
            UserError: the side S does not survive three halvings and enlargements.
        """
        _check_side(x.shape[-1], self.upsample)
        embedding = self.position(t)  # (B, 256)
        embedding = embedding + embed_label(self.label_embedding, labels)
        x1 = self.inc(x)  # (B, 64, S, S)
        x2 = self.sa1(self.down1(x1, embedding))  # (B, 128, S/2, S/2)
        x3 = self.sa2(self.down2(x2, embedding))  # (B, 256, S/4, S/4)
        x4 = self.sa3(self.down3(x3, embedding))  # (B, 256, S/8, S/8)
        x = self.bottleneck(x4)
        x = self.sa4(self.up1(x, x3, embedding))  # (B, 128, S/4, S/4)
        x = self.sa5(self.up2(x, x2, embedding))  # (B, 64, S/2, S/2)
        x = self.sa6(self.up3(x, x1, embedding))  # (B, 64, S, S)
        noise: Tensor = self.outc(x)  # (B, 3, S, S)
        return noise


def _reaches(low: int, high: int, factor: float) -> bool:
    """Whether the upsampler makes a side of `high` from one of `low`; it rounds down."""
    return int(low * factor) == high


def _check_side(side: int, upsample: Sequence[float]) -> None:
    sides = [side // 2**level for level in range(HALVINGS + 1)]
    for high, low in pairwise(sides):
        if low == 0 or not any(_reaches(low, high, factor) for factor in upsample):
            raise UserError(
                f"attention_unet cannot take image_size {side}: net_args.upsample {list(upsample)} "
                f"does not bring {low}x{low} back to {high}x{high}; set image_size to a multiple "
                "of 8 (2.5 in upsample allows 28)"
            )


def build(
    bottleneck: Sequence[int],
    upsample: Sequence[float],
    position_layer: bool,
    attention: bool,
    classes: int,
    timesteps: int,
) -> AttentionUnet:
    """With torch's default initialisation. T is not needed: t enters as an integer, not a share."""
    return AttentionUnet(bottleneck, upsample, position_layer, attention, classes)
