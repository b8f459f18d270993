"""Other digits at the left and right edge, as in a crop of a house number."""

import torch
from torch import Tensor

from hw2.core.processes import all_rows, own_rows
from hw2.data.bounds import check_bounds
from hw2.data.draws import uniform


class Neighbours:
    """Columns at either edge are another image's of the batch, from its contrary edge.

    Args:
        widest: columns at most at an edge, as a share of the side; each edge has its own width.
    """

    def __init__(self, widest: float) -> None:
        self.widest = widest

    def __call__(self, images: Tensor, rng: torch.Generator) -> Tensor:
        """Images (B, C, H, W), kept."""
        side = images.shape[-1]
        batch = all_rows(images)  # of all processes: the same neighbours for any number of them
        columns = torch.arange(side, device=images.device)
        left = uniform(images, rng, 0, self.widest * side, 1).floor().long()  # (B, 1)
        right = uniform(images, rng, 0, self.widest * side, 1).floor().long()
        for other, inside, offset in (
            (own_rows(batch.roll(1, 0)), columns < left, -left),
            (own_rows(batch.roll(-1, 0)), columns >= side - right, right),
        ):
            # At the left edge the other's last columns, at the right edge its first ones.
            place = (columns + offset) % side  # (B, W)
            index = place[:, None, None].expand_as(images)
            images = torch.where(inside[:, None, None], other.gather(3, index), images)
        return images


def build(widest: float) -> Neighbours:
    """The augmentation."""
    check_bounds(0, 1, widest=widest)
    return Neighbours(widest)
