"""DDPM's step for t to t - 1, taken wherever it does not belong: two mistakes, as controls.

Report 004 made both: it called the network with t in rising order, and it left out steps without
changing the update. With the right order and every step this is `hw2.diffusion.samplers.ddpm`.
"""

from collections.abc import Iterator, Sequence

from torch import Tensor

from hw2.core.errors import UserError
from hw2.core.noise import Streams
from hw2.diffusion.interface import Predictor, Sampler
from hw2.diffusion.schedule import Schedule

ORDERS = ("falling", "rising")


class NaiveDdpm:
    """Ho et al. 2020, algorithm 2, at the steps visited, whichever they are.

    Args:
        order: ``falling`` from T; or ``rising``, the same steps from the least to T.
    """

    def __init__(self, order: str) -> None:
        self.order = order

    def __call__(
        self,
        predict: Predictor,
        schedule: Schedule,
        timesteps: Sequence[int],
        noise: Tensor,
        labels: Tensor,
        streams: Streams,
    ) -> Iterator[Tensor]:
        """Yield the noise and the state after each step, (B, C, H, W); the last is not clamped.

        In rising order what is yielded for a step t is the state after as many updates as a
        falling order has made at t.
        """
        called = list(timesteps[:-1]) if self.order == "falling" else list(timesteps[-2::-1])
        x = noise
        yield x
        for position, t in enumerate(called):
            eps = predict(x, t, labels)
            x = schedule.mean_before(x, eps, t)
            if position < len(called) - 1:
                x = x + schedule.beta[t].sqrt() * streams.normal(*x.shape[1:])
            yield x


def build(order: str) -> Sampler:
    """The sampler.

    Raises:
        UserError: there is no such order.
    """
    if order not in ORDERS:
        raise UserError(f"sampler method 'ddpm_naive': order is '{order}': choose falling, rising")
    return NaiveDdpm(order)
