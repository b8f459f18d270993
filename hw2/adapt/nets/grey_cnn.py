"""A small network that sees digits in grey; for pairs of which at least the target is grey."""

from torch import Tensor

from hw2.adapt.shared.principal import principal_grey
from hw2.adapt.shared.standardised_cnn import StandardisedCnn


class GreyCnn(StandardisedCnn):
    """One channel: the first principal component of an image's colours."""

    def look(self, images: Tensor) -> Tensor:
        """Images (B, 3, 28, 28) -> (B, 1, 28, 28)."""
        return principal_grey(images)


def build(width: int, dropout: float, negatives: bool) -> GreyCnn:
    """The network with torch's default initialisation, drawn from its global generator."""
    return GreyCnn(1, width, dropout, negatives)
