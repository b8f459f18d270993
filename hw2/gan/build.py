"""A GAN's networks from its params entry."""

import torch

from hw2.core.lookup import build
from hw2.core.trial import BATCH, trial
from hw2.gan.interface import Networks
from hw2.gan.params import GanModel


def build_networks(name: str, settings: GanModel) -> Networks:
    """The networks of run `name`, initialised from torch's global generator.

    Raises:
        UserError: they cannot be built, or do not make and take images of `image_size`.
    """
    key = f"gan.models.{name}"
    nets: Networks = build("hw2.gan.nets", settings.net, f"{key}.net_args", **settings.build_args)
    generator, rng = nets.generator, torch.Generator()
    with trial(key, generator, nets.discriminator) as expect:
        labels = generator.draw_labels(BATCH, rng)
        images = generator(generator.draw_latent(BATCH, rng), labels)
        expect(images, (3, settings.image_size, settings.image_size))
        nets.discriminator(images)
    return nets
