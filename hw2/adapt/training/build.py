"""A network from its params entry."""

from typing import cast

from hw2.adapt.shared.interface import AdaptNet
from hw2.adapt.shared.params import AdaptNetSettings
from hw2.core.lookup import build


def build_net(name: str, settings: AdaptNetSettings) -> AdaptNet:
    """The network, initialised from torch's global generator."""
    key = f"adapt.nets.{name}.net_args"
    return cast(AdaptNet, build("hw2.adapt.nets", name, key, **settings.net_args))
