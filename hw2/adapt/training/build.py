"""A network from its params entry."""

import torch

from hw2.adapt.shared.interface import AdaptNet, SeparatingNet
from hw2.adapt.shared.params import AdaptNetSettings
from hw2.core.lookup import build
from hw2.core.trial import BATCH, trial
from hw2.data.sizes import CLASSES
from hw2.data.values import DIGITS


def build_net(name: str, settings: AdaptNetSettings) -> AdaptNet:
    """The network, initialised from torch's global generator.

    Raises:
        UserError: it cannot be built, or one of its parts does not take what another gives.
    """
    key, shape = f"adapt.nets.{name}", (3, DIGITS.size, DIGITS.size)
    net: AdaptNet = build("hw2.adapt.nets", name, f"{key}.net_args", **settings.net_args)
    with trial(key, net) as expect:
        images = torch.zeros(BATCH, *shape)
        code = net.features(images)
        expect(net.label_logits(code), (CLASSES,))
        expect(net.domain_logits(code), (2,))
        if isinstance(net, SeparatingNet):
            expect(net.reconstruct(net.source_code(images) + code), shape)
            expect(net.reconstruct(net.target_code(images) + code), shape)
    return net
