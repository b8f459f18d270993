"""A GAN's loss from its params entry."""

from hw2.core.errors import UserError
from hw2.core.lookup import build
from hw2.gan.interface import Loss, Networks
from hw2.gan.params import GanModel


def build_loss(name: str, settings: GanModel, nets: Networks) -> Loss:
    """The loss of run `name`, which takes what its networks give.

    Raises:
        UserError: it cannot be built, or needs something else.
    """
    key = f"gan.models.{name}"
    loss: Loss = build("hw2.gan.losses", settings.loss, f"{key}.loss_args", **settings.loss_args)
    if loss.takes - nets.gives:
        needed, given = (" and ".join(sorted(each)) for each in (loss.takes, nets.gives))
        raise UserError(
            f"params.yaml: {key}: the loss '{settings.loss}' takes {needed}; the networks of "
            f"'{settings.net}', with these net_args, give {given}"
        )
    return loss
