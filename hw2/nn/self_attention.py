"""Self-attention between the pixels of a feature map (Zhang et al. 2019, SAGAN, section 3)."""

import torch
from torch import Tensor, nn


class SelfAttention(nn.Module):
    """x -> gamma o + x, where o_i = sum_j a_ij v(x_j) and a_ij = softmax over j of q(x_i) . k(x_j).

    Shape (B, C, H, W), in and out. The 1x1 convolutions q, k and v, all with bias, are the paper's
    g, f and h; q and k have C / 8 channels. The logits are not divided by the root of their width.
    gamma, a learned scalar, starts at 0: at first the layer is the identity (equation 3). As in
    the print of report 001, the paper's last convolution (equation 2) is missing.

    Args:
        channels: C, at least 8.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.query_conv = nn.Conv2d(channels, channels // 8, 1)
        self.key_conv = nn.Conv2d(channels, channels // 8, 1)
        self.value_conv = nn.Conv2d(channels, channels, 1)
        self.softmax = nn.Softmax(dim=-1)
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, features: Tensor) -> Tensor:
        queries = self.query_conv(features).flatten(2)  # (B, C / 8, H W)
        keys = self.key_conv(features).flatten(2)
        # bfloat16 keeps 8 bits of a logit, and the softmax of unscaled logits shows the loss.
        with torch.autocast(features.device.type, enabled=False):
            logits = queries.float().transpose(1, 2) @ keys.float()  # (B, H W, H W)
            attention = self.softmax(logits)
        values = self.value_conv(features).flatten(2)  # (B, C, H W)
        attended = values @ attention.transpose(1, 2)
        return self.gamma * attended.unflatten(2, features.shape[2:]) + features  # (B, C, H, W)
