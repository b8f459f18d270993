"""StyleGAN2 (Karras et al. 2020) with linear attention, of report 003.

The layers of synthesis and discriminator are those that the report prints. What a print cannot
show is reconstructed from the code family that the report cites ("upstream"): the mapping network,
the initialisation, the noise, how latents are drawn. There is no output non-linearity.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.core.generators import torch_generator
from hw2.core.noise import Streams
from hw2.data.bounds import check_bounds
from hw2.gan.interface import SCORES, STYLES, ImageGenerator, Networks
from hw2.gan.stylegan2.discriminator import Discriminator
from hw2.gan.stylegan2.generator import MappingNetwork, StyleBlock, SynthesisNetwork

MEAN_STYLE_DRAWS = 2000


class Latent(NamedTuple):
    """What images are made from; a tuple, since Fabric cannot cast a frozen dataclass.

    Attributes:
        styles: (B, L, latent), one for each of the L resolutions, with the mapping's graph.
        noise: (B, S, S, 1) from U(0, 1), S the side of the images.
    """

    styles: Tensor
    noise: Tensor


class Generator(ImageGenerator):
    """The mapping S and the synthesis G; images (B, 3, S, S), about [0, 1] once trained.

    Args:
        image_size: side S of the images.
        latent: size of z, drawn from N(0, 1), and of a style.
        mixing_probability: of a batch in which each image has two styles.
        truncation: psi, a sample's distance from the mean style; 1 leaves samples as they are.
    """

    def __init__(
        self,
        mapping: MappingNetwork,
        synthesis: SynthesisNetwork,
        image_size: int,
        latent: int,
        mixing_probability: float,
        truncation: float,
    ) -> None:
        super().__init__()
        self.mapping, self.synthesis = mapping, synthesis
        self.image_size, self.latent = image_size, latent
        self.mixing_probability, self.truncation = mixing_probability, truncation

    def draw_latent(self, count: int, rng: torch.Generator) -> Latent:
        """Latents with mixing regularisation (Karras et al. 2019, section 3.1).

        As upstream has it, the whole batch changes style at one resolution, from 0 (the second
        style alone) to L - 1. Where it does not, the second style is made for nothing: to ask a GPU
        whether it is needed would cost more.
        """
        first, second = (self._repeated(self.mapping(self._draw_z(count, rng))) for _ in range(2))
        layers = torch.arange(first.shape[1], device=rng.device)
        crossover = torch.randint(len(layers), (), generator=rng, device=rng.device)
        single = torch.rand((), generator=rng, device=rng.device) >= self.mixing_probability
        styles = torch.where((single | (layers < crossover))[:, None], first, second)
        return Latent(styles, self._draw_noise(count, rng))

    def draw_sample_latent(self, streams: Streams) -> Latent:
        """One style an image, moved towards the mean style (Karras et al. 2019, appendix B)."""
        z = streams.normal(self.latent)
        noise = streams.uniform(self.image_size, self.image_size, 1)
        mean = self.mean_style(streams.device)
        return Latent(self._repeated(mean + self.truncation * (self.mapping(z) - mean)), noise)

    def mean_style(self, device: torch.device) -> Tensor:
        """The mean of S (1, latent) over 2,000 z, upstream's number.

        These z are always the same: so the mean depends on the weights alone, and is the same for
        all samples, in whatever blocks they are drawn.
        """
        rng = torch_generator(torch.device("cpu"), 0, "stylegan2", "mean style")
        z = torch.randn(MEAN_STYLE_DRAWS, self.latent, generator=rng).to(device)
        mean: Tensor = self.mapping(z).mean(0, keepdim=True)
        return mean

    def forward(self, latent: Latent, labels: Tensor | None = None) -> Tensor:
        """Images (B, 3, S, S); `labels` are ignored."""
        images: Tensor = self.synthesis(latent.styles, latent.noise)
        return images

    def parts(self) -> dict[str, nn.Module]:
        """S and G."""
        return {"S": self.mapping, "G": self.synthesis}

    def _repeated(self, style: Tensor) -> Tensor:
        """(B, latent) -> (B, L, latent)."""
        return style.unsqueeze(1).expand(-1, len(self.synthesis.blocks), -1)

    def _draw_z(self, count: int, rng: torch.Generator) -> Tensor:
        return torch.randn(count, self.latent, generator=rng, device=rng.device)

    def _draw_noise(self, count: int, rng: torch.Generator) -> Tensor:
        side = self.image_size
        return torch.rand(count, side, side, 1, generator=rng, device=rng.device)


def build(
    image_size: int,
    capacity: int,
    latent: int,
    attention_layers: Sequence[int],
    style_depth: int,
    mixing_probability: float,
    truncation: float,
) -> Networks:
    """Both players with upstream's initialisation, drawn from torch's global generator.

    Args:
        image_size: side S of the images, a power of two from 8 on.
        attention_layers: k adds attention to both players where features are S / 2^k wide.

    Raises:
        UserError: there is no such size or layer.
        ValueError: the truncation is negative, or the probability outside [0, 1].
    """
    if image_size < 8 or image_size.bit_count() != 1:
        raise UserError(f"net_args.image_size is {image_size}: give a power of two from 8 on")
    resolutions = image_size.bit_length() - 2
    if wrong := [layer for layer in attention_layers if not 0 < layer < resolutions]:
        raise UserError(
            f"net_args.attention_layers has {wrong}: give numbers from 1 to {resolutions - 1}"
        )
    check_bounds(0, truncation=truncation)
    check_bounds(0, 1, mixing_probability=mixing_probability)
    mapping = MappingNetwork(latent, style_depth)
    synthesis = SynthesisNetwork(resolutions, capacity, latent, attention_layers)
    discriminator = Discriminator(resolutions, capacity, attention_layers)
    _initialise(synthesis)
    _initialise(discriminator)
    generator = Generator(mapping, synthesis, image_size, latent, mixing_probability, truncation)
    return Networks(generator, discriminator, frozenset({SCORES, STYLES}))


def _initialise(network: nn.Module) -> None:
    """He et al. 2015 for convolutions and linear layers; noise has no weight at first.

    A mapping and modulated convolutions initialise themselves.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="leaky_relu")
    for block in (block for block in network.modules() if isinstance(block, StyleBlock)):
        for layer in (block.to_noise1, block.to_noise2):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
