"""A small network that sees digits in colours, whichever they are; for a coloured target.

A coloured ground may vary more than the digit on it, and along another line: then the grey of
`grey_cnn` hides the digit.
"""

from torch import Tensor

from hw2.adapt.shared.principal import principal_colours
from hw2.adapt.shared.standardised_cnn import StandardisedCnn


class ColourCnn(StandardisedCnn):
    """Three channels: the principal components of an image's colours, all of the same contrast."""

    def look(self, images: Tensor) -> Tensor:
        """Images (B, 3, 28, 28) -> (B, 3, 28, 28)."""
        return principal_colours(images)


def build(width: int, dropout: float, negatives: bool) -> ColourCnn:
    """The network with torch's default initialisation, drawn from its global generator."""
    return ColourCnn(3, width, dropout, negatives)
