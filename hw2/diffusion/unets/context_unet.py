"""ContextUnet of report 004 for 28x28 images: two halvings, then one vector, and back.

Exact: every layer is printed in the report; the wiring is that of the script the report cites.
"""

import torch
from torch import Tensor, nn


class ConvBlock(nn.Module):
    """Two (3x3 convolution, BatchNorm, GELU); (B, in, H, W) -> (B, out, H, W).

    With `residual` the first half's output is added to the second's, over sqrt(2), as the cited
    script does where the number of channels changes.
    """

    def __init__(self, before: int, after: int, residual: bool = False) -> None:
        super().__init__()
        self.residual = residual
        self.conv1 = _conv_norm_gelu(before, after)
        self.conv2 = _conv_norm_gelu(after, after)

    def forward(self, x: Tensor) -> Tensor:
        first = self.conv1(x)
        second: Tensor = self.conv2(first)
        return (first + second) / 1.414 if self.residual else second


class Down(nn.Module):
    """ConvBlock, then max-pooling: (B, in, H, W) -> (B, out, H/2, W/2)."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.model = nn.Sequential(ConvBlock(before, after), nn.MaxPool2d(2))

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.model(x)
        return result


class Up(nn.Module):
    """Concatenate the skip, double the size: (B, in, H, W) -> (B, out, 2H, 2W)."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.model = nn.Sequential(
            nn.ConvTranspose2d(before, after, 2, 2),
            ConvBlock(after, after),
            ConvBlock(after, after),
        )

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        result: Tensor = self.model(torch.cat([x, skip], dim=1))
        return result


class Embedding(nn.Module):
    """A two-layer perceptron: (B, in) -> (B, out, 1, 1).

    In float32 always: of 600 times bfloat16 would know 406 apart.
    """

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.before = before
        self.model = nn.Sequential(nn.Linear(before, after), nn.GELU(), nn.Linear(after, after))

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            result: Tensor = self.model(x.view(-1, self.before))
        return result[:, :, None, None]


class ContextUnet(nn.Module):
    """Noise prediction (B, 3, 28, 28); time enters as t / T, labels as one-hot (zero: no label).

    Args:
        features: width at full resolution; twice that below.
        classes: number of classes.
        timesteps: T.
    """

    def __init__(self, features: int, classes: int, timesteps: int) -> None:
        super().__init__()
        n = features
        self.classes, self.timesteps = classes, timesteps
        self.init_conv = ConvBlock(3, n, residual=True)
        self.down1, self.down2 = Down(n, n), Down(n, 2 * n)
        self.to_vec = nn.Sequential(nn.AvgPool2d(7), nn.GELU())
        self.up0 = nn.Sequential(
            nn.ConvTranspose2d(2 * n, 2 * n, 7, 7), nn.GroupNorm(8, 2 * n), nn.ReLU()
        )
        self.contextembed1, self.timeembed1 = Embedding(classes, 2 * n), Embedding(1, 2 * n)
        self.up1 = Up(4 * n, n)
        self.contextembed2, self.timeembed2 = Embedding(classes, n), Embedding(1, n)
        self.up2 = Up(2 * n, n)
        self.out = nn.Sequential(
            nn.Conv2d(2 * n, n, 3, 1, 1),
            nn.GroupNorm(8, n),
            nn.ReLU(),
            nn.Conv2d(n, 3, 3, 1, 1),
        )

    def forward(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        """x (B, 3, 28, 28), t (B,) in 1..T, labels (B,) in 0..classes."""
        time = t.float() / self.timesteps
        digits = torch.arange(self.classes, device=labels.device)
        context = (labels[:, None] == digits).float()  # (B, classes), zeros for no label
        start = self.init_conv(x)  # (B, n, 28, 28)
        down1 = self.down1(start)  # (B, n, 14, 14)
        down2 = self.down2(down1)  # (B, 2n, 7, 7)
        up0 = self.up0(self.to_vec(down2))  # (B, 2n, 7, 7)
        conditioned = self.contextembed1(context) * up0 + self.timeembed1(time)
        up1 = self.up1(conditioned, down2)  # (B, n, 14, 14)
        conditioned = self.contextembed2(context) * up1 + self.timeembed2(time)
        up2 = self.up2(conditioned, down1)  # (B, n, 28, 28)
        noise: Tensor = self.out(torch.cat([up2, start], dim=1))
        return noise


def _conv_norm_gelu(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, 1, 1), nn.BatchNorm2d(after), nn.GELU())


def build(features: int, classes: int, timesteps: int) -> ContextUnet:
    """The network with torch's default initialisation, drawn from its global generator."""
    return ContextUnet(features, classes, timesteps)
