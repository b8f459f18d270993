"""Source and target through one network."""

import torch
from torch import Tensor
from torch.nn.modules.batchnorm import _NormBase

from hw2.adapt.shared.interface import AdaptNet


def features_of_both(net: AdaptNet, source: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Features (B, F) of images (B, 3, 28, 28) of each domain; the batches may differ in size.

    In one pass where the network looks at each image by itself. BatchNorm does not: it would
    normalise both domains with their common statistics, so with it each goes by itself.
    """
    if any(isinstance(module, _NormBase) for module in net.modules()):
        return net.features(source), net.features(target)
    on_source, on_target = net.features(torch.cat([source, target])).split(
        [len(source), len(target)]
    )
    return on_source, on_target
