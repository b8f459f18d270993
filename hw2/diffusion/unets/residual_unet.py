"""Residual UNet of report 002 in the layout of Ho et al. 2020 (appendix B).

Guessed (confidence 0.4): the report has prose only. It states 8 residual blocks and 3 halvings,
2 blocks in the middle, 12 blocks and 3 doublings, attention in some blocks and the class embedding
added. Widths, places of the attention, its one head without a norm, and the dropout are guesses.
"""

from collections.abc import Callable, Sequence
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.nn.label_embedding import embed_label
from hw2.nn.time_embedding import sinusoid

GROUPS = 32
LAST_GROUPS = 8  # of the norm before the output


class ResidualBlock(nn.Module):
    """Two (GroupNorm, SiLU, convolution) beside a shortcut; the embedding is added between them.

    (B, before, H, W) and (B, embedding) -> (B, after, H, W).
    """

    def __init__(self, before: int, after: int, embedding: int, dropout: float) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(
            nn.GroupNorm(GROUPS, before), nn.SiLU(), nn.Conv2d(before, after, 3, 1, 1)
        )
        self.project = nn.Sequential(nn.SiLU(), nn.Linear(embedding, after))
        self.conv2 = nn.Sequential(
            nn.GroupNorm(GROUPS, after),
            nn.SiLU(),
            nn.Dropout(dropout),
            nn.Conv2d(after, after, 3, 1, 1),
        )
        self.shortcut = nn.Identity() if before == after else nn.Conv2d(before, after, 1)

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        hidden = self.conv1(x) + self.project(embedding)[:, :, None, None]
        result: Tensor = self.conv2(hidden) + self.shortcut(x)
        return result


class SelfAttention(nn.Module):
    """x + attention(x) over the pixels, with one head; (B, C, H, W) keeps its shape."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.projection = nn.Linear(channels, 3 * channels)
        self.output = nn.Linear(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        tokens = x.flatten(2).transpose(1, 2)  # (B, H * W, C)
        query, key, value = self.projection(tokens).unsqueeze(1).chunk(3, dim=-1)
        # The fused kernel takes (B, heads, H * W, C) and sums its logits in float32.
        mixed = F.scaled_dot_product_attention(query, key, value).squeeze(1)  # (B, H * W, C)
        tokens = self.output(mixed) + tokens
        return tokens.transpose(1, 2).reshape(x.shape)  # (B, C, H, W)


class Block(nn.Module):
    """A residual block, then attention where there is some."""

    def __init__(
        self, before: int, after: int, embedding: int, attention: bool, dropout: float
    ) -> None:
        super().__init__()
        self.residual = ResidualBlock(before, after, embedding, dropout)
        self.attention = SelfAttention(after) if attention else nn.Identity()

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        result: Tensor = self.attention(self.residual(x, embedding))
        return result


class ResidualUnet(nn.Module):
    """Noise prediction; the label's embedding is added to that of the integer t.

    Args:
        widths: channels at each resolution, the full one first; multiples of 32.
        blocks: of each resolution on the way down; one more on the way up, where each takes a skip.
        attention: whether the blocks of each resolution have attention.
        dropout: probability.
        classes: number of classes; the label `classes` adds nothing.

    Raises:
        UserError: `attention` differs from `widths` in length, or a width is no multiple of 32.
    """

    def __init__(
        self,
        widths: Sequence[int],
        blocks: int,
        attention: Sequence[bool],
        dropout: float,
        classes: int,
    ) -> None:
        super().__init__()
        _check_arguments(widths, attention)
        self.halvings = len(widths) - 1
        first, deepest, embedding = widths[0], widths[-1], 4 * widths[0]
        self.time = nn.Sequential(
            nn.Linear(first, embedding), nn.SiLU(), nn.Linear(embedding, embedding)
        )
        self.label_embedding = nn.Embedding(classes, embedding)
        self.stem = nn.Conv2d(3, first, 3, 1, 1)
        makers = [
            partial(Block, after=after, embedding=embedding, attention=attends, dropout=dropout)
            for after, attends in zip(widths, attention, strict=True)
        ]
        self.down = _down_path(widths, blocks, makers)
        self.middle1 = Block(deepest, deepest, embedding, True, dropout)
        self.middle2 = ResidualBlock(deepest, deepest, embedding, dropout)
        self.up = _up_path(widths, blocks, makers)
        self.out = nn.Sequential(
            nn.GroupNorm(LAST_GROUPS, first), nn.SiLU(), nn.Conv2d(first, 3, 3, 1, 1)
        )

    def forward(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        """x (B, 3, S, S), t (B,) in 1..T, labels (B,) in 0..classes -> (B, 3, S, S).

        Raises:
            UserError: the side S cannot be halved so often.
        """
        if (side := x.shape[-1]) % 2**self.halvings:
            raise UserError(
                f"residual_unet cannot take image_size {side}: it halves {self.halvings} times; "
                f"set image_size to a multiple of {2**self.halvings}"
            )
        embedding = self.time(sinusoid(t, self.stem.out_channels))  # (B, 4 * widths[0])
        embedding = embedding + embed_label(self.label_embedding, labels)
        skips = [self.stem(x)]  # (B, widths[0], S, S)
        for layer in self.down:
            given = (skips[-1], embedding) if isinstance(layer, Block) else (skips[-1],)
            skips.append(layer(*given))
        x = self.middle2(self.middle1(skips[-1], embedding), embedding)
        for layer in self.up:
            if isinstance(layer, Block):
                x = layer(torch.cat([x, skips.pop()], dim=1), embedding)
            else:
                x = layer(x)  # (B, C, 2H, 2W)
        noise: Tensor = self.out(x)  # (B, 3, S, S)
        return noise


def _down_path(
    widths: Sequence[int], blocks: int, makers: Sequence[Callable[[int], Block]]
) -> nn.ModuleList:
    """The blocks of each resolution, with a halving before each but the first."""
    path, now = nn.ModuleList(), widths[0]
    for here, block in zip(widths, makers, strict=True):
        if len(path) > 0:
            path.append(nn.Conv2d(now, now, 3, 2, 1))
        path.extend(block(before) for before in [now] + [here] * (blocks - 1))
        now = here
    return path


def _up_path(
    widths: Sequence[int], blocks: int, makers: Sequence[Callable[[int], Block]]
) -> nn.ModuleList:
    """A block for every skip, with a doubling before each resolution but the lowest."""
    path, now = nn.ModuleList(), widths[-1]
    finer = [widths[0], *widths[:-1]]  # what each resolution began with on the way down
    for above, here, block in reversed(list(zip(finer, widths, makers, strict=True))):
        if len(path) > 0:
            path.append(nn.ConvTranspose2d(now, now, 4, 2, 1))
        before, skips = [now] + [here] * blocks, [here] * blocks + [above]
        path.extend(block(a + b) for a, b in zip(before, skips, strict=True))
        now = here
    return path


def _check_arguments(widths: Sequence[int], attention: Sequence[bool]) -> None:
    if any(width % GROUPS for width in widths) or len(attention) != len(widths):
        raise UserError(
            f"residual_unet: net_args.widths {list(widths)} must be multiples of {GROUPS} (the "
            f"groups of its norms), and net_args.attention {list(attention)} as many"
        )


def build(
    widths: Sequence[int],
    blocks: int,
    attention: Sequence[bool],
    dropout: float,
    classes: int,
    timesteps: int,
) -> ResidualUnet:
    """The network with torch's default initialisation, drawn from its global generator.

    `timesteps` changes nothing: t enters as an integer, not as a share of T.
    """
    return ResidualUnet(widths, blocks, attention, dropout, classes)
