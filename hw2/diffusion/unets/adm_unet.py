"""UNet with adaptive group normalisation (Dhariwal & Nichol 2021, "ADM", section 3), kept small.

What is theirs: time and label scale and shift the norm inside each residual block, attention at the
low resolutions with heads of 64 channels, and last layers that are 0 at first, so that every block
begins as its shortcut. Ours: one skip a block, and `patch`, by which the network works on squares
of pixels (Hoogeboom et al. 2023, section 3.2).
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.nn.label_embedding import embed_label
from hw2.nn.time_embedding import sinusoid

HEAD = 64  # channels of an attention head
GROUPS = 32  # of the norms, where that leaves 4 channels in each
WIDTH_UNIT = 32


class GroupNorm(nn.GroupNorm):
    """torch's own; its bfloat16 kernel for channels-last images is far slower on a CPU."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.contiguous()).contiguous(memory_format=torch.channels_last)


class SelfAttention(nn.Module):
    """x + attention(norm(x)) over the pixels; (B, C, H, W) keeps its shape."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        most = max(1, channels // HEAD)
        self.heads = next(count for count in range(most, 0, -1) if channels % count == 0)
        self.norm = _norm(channels)
        self.projection = nn.Conv2d(channels, 3 * channels, 1)
        self.output = _zero(nn.Conv2d(channels, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        projected = self.projection(self.norm(x)).flatten(2)  # (B, 3 C, H * W)
        heads = projected.unflatten(1, (3, self.heads, -1)).transpose(-1, -2)
        query, key, value = heads.unbind(1)  # (B, heads, H * W, C / heads)
        mixed = F.scaled_dot_product_attention(query, key, value)
        result: Tensor = x + self.output(mixed.transpose(-1, -2).reshape(x.shape))
        return result


class Block(nn.Module):
    """Two (norm, SiLU, convolution) beside a shortcut, then attention where there is some.

    The second norm is scaled and shifted: (B, before, H, W), (B, embedding) -> (B, after, H, W).
    """

    def __init__(
        self, before: int, after: int, embedding: int, attention: bool, dropout: float
    ) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(_norm(before), nn.SiLU(), nn.Conv2d(before, after, 3, 1, 1))
        self.project = nn.Linear(embedding, 2 * after)
        self.norm = _norm(after)
        self.conv2 = nn.Sequential(
            nn.SiLU(), nn.Dropout(dropout), _zero(nn.Conv2d(after, after, 3, 1, 1))
        )
        self.shortcut = nn.Identity() if before == after else nn.Conv2d(before, after, 1)
        self.attention = SelfAttention(after) if attention else nn.Identity()

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        scale, shift = self.project(embedding)[:, :, None, None].chunk(2, dim=1)
        hidden = self.norm(self.conv1(x)) * (1 + scale) + shift  # section 3.1, AdaGN
        result: Tensor = self.attention(self.conv2(hidden) + self.shortcut(x))
        return result


class AdmUnet(nn.Module):
    """Prediction of an image's size; it is 0 before the first step of training.

    Args:
        widths: channels at each resolution, the full one first; multiples of 32.
        blocks: of each resolution, on the way down and again on the way up.
        attention: whether the blocks of each resolution have attention; the middle always has.
        dropout: probability.
        patch: side of the squares of pixels that are one position of the full resolution.
        classes: number of classes, 0: unconditional; the label `classes` adds nothing.

    Raises:
        UserError: `attention` differs from `widths` in length, or a width is no multiple of 32.
    """

    def __init__(
        self,
        widths: Sequence[int],
        blocks: int,
        attention: Sequence[bool],
        dropout: float,
        patch: int,
        classes: int,
    ) -> None:
        super().__init__()
        _check_arguments(widths, attention)
        self.width, self.side_unit = widths[0], patch * 2 ** (len(widths) - 1)
        first, deepest, embedding = widths[0], widths[-1], 4 * widths[0]
        self.time = nn.Sequential(
            nn.Linear(first, embedding), nn.SiLU(), nn.Linear(embedding, embedding)
        )
        self.label_embedding = nn.Embedding(classes, embedding) if classes else None
        values = 3 * patch**2
        self.stem = nn.Sequential(nn.PixelUnshuffle(patch), nn.Conv2d(values, first, 3, 1, 1))
        makers = [
            partial(Block, after=after, embedding=embedding, attention=attends, dropout=dropout)
            for after, attends in zip(widths, attention, strict=True)
        ]
        self.down = _down_path(widths, blocks, makers)
        self.middle1 = Block(deepest, deepest, embedding, True, dropout)
        self.middle2 = Block(deepest, deepest, embedding, False, dropout)
        self.up = _up_path(widths, blocks, makers)
        last = _zero(nn.Conv2d(first, values, 3, 1, 1))
        self.out = nn.Sequential(_norm(first), nn.SiLU(), last, nn.PixelShuffle(patch))

    def forward(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        """x (B, 3, S, S), real t (B,), labels (B,) in 0..classes -> (B, 3, S, S).

        Raises:
            UserError: the side S cannot be halved so often.
        """
        if (side := x.shape[-1]) % self.side_unit:
            unit = f"a multiple of {self.side_unit} (by net_args.patch and widths)"
            raise UserError(f"adm_unet cannot take image_size {side}: set it to {unit}")
        embedding = self.time(sinusoid(t, self.width))  # (B, 4 * widths[0])
        if self.label_embedding is not None:
            embedding = embedding + embed_label(self.label_embedding, labels)
        embedding, skips = F.silu(embedding), []
        x = self.stem(x)  # (B, widths[0], S / patch, S / patch)
        for layer in self.down:
            if isinstance(layer, Block):
                x = layer(x, embedding)
                skips.append(x)
            else:
                x = layer(x)  # (B, C, H / 2, W / 2)
        x = self.middle2(self.middle1(x, embedding), embedding)
        for layer in self.up:
            if isinstance(layer, Block):
                x = layer(torch.cat([x, skips.pop()], dim=1), embedding)
            else:
                x = layer(x)  # (B, C, 2 H, 2 W)
        prediction: Tensor = self.out(x)  # (B, 3, S, S)
        return prediction


def _down_path(
    widths: Sequence[int], blocks: int, makers: Sequence[Callable[[int], Block]]
) -> nn.ModuleList:
    """The blocks of each resolution, with a halving before each but the first."""
    path = nn.ModuleList(makers[0](widths[0]) for _ in range(blocks))
    for (finer, here), block in zip(pairwise(widths), makers[1:], strict=True):
        path.append(nn.Conv2d(finer, finer, 3, 2, 1))
        path.extend(block(before) for before in [finer] + [here] * (blocks - 1))
    return path


def _up_path(
    widths: Sequence[int], blocks: int, makers: Sequence[Callable[[int], Block]]
) -> nn.ModuleList:
    """A block for every skip, with a doubling before each resolution but the lowest."""
    path = nn.ModuleList(makers[-1](2 * widths[-1]) for _ in range(blocks))
    for (here, coarser), block in reversed(list(zip(pairwise(widths), makers[:-1], strict=True))):
        path.append(nn.Sequential(nn.Upsample(scale_factor=2.0), nn.Conv2d(coarser, here, 3, 1, 1)))
        path.extend(block(2 * here) for _ in range(blocks))
    return path


def _norm(channels: int) -> GroupNorm:
    return GroupNorm(min(GROUPS, channels // 4), channels)


def _zero(layer: nn.Conv2d) -> nn.Conv2d:
    """The layer with weights and bias 0."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    return layer


def _check_arguments(widths: Sequence[int], attention: Sequence[bool]) -> None:
    if any(width % WIDTH_UNIT for width in widths) or len(attention) != len(widths):
        raise UserError(
            f"adm_unet: net_args.widths {list(widths)} must be multiples of {WIDTH_UNIT} (for the "
            f"groups of its norms), and net_args.attention {list(attention)} as many"
        )


def build(
    widths: Sequence[int],
    blocks: int,
    attention: Sequence[bool],
    dropout: float,
    patch: int,
    classes: int,
    timesteps: int,
) -> AdmUnet:
    """The network, drawn from torch's global generator.

    `timesteps` changes nothing: t enters as a number, not as a share of T.
    """
    return AdmUnet(widths, blocks, attention, dropout, patch, classes)
