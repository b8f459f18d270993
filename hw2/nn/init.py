"""Initialisations that several families use."""

from torch import nn


def dcgan_init(network: nn.Module) -> None:
    """Radford et al. 2016: conv weights N(0, 0.02); BatchNorm weights N(1, 0.02), biases 0."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(module.weight, 0.0, 0.02)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1.0, 0.02)
            nn.init.zeros_(module.bias)
