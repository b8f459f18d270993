"""Initialisations that several families use."""

from torch import nn


def dcgan_init(network: nn.Module) -> None:
    """DCGAN's weights, drawn from torch's global generator.

    Weights of (transposed) convolutions are N(0, 0.02) (Radford et al. 2016, section 4). Those of
    BatchNorm are N(1, 0.02) with biases 0, as in the PyTorch DCGAN tutorial: the paper gives none.
    Everything else keeps torch's initialisation.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(module.weight, 0.0, 0.02)
        elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1.0, 0.02)
            nn.init.zeros_(module.bias)
