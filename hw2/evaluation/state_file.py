"""Weights files of others: state_dicts that ``torch.save`` wrote."""

import pickle
import zipfile
from pathlib import Path

import torch
from torch import nn

from hw2.core.errors import UserError
from hw2.core.files import DAMAGED_ARCHIVE, check_archive


def fill(network: nn.Module, path: Path, what: str) -> None:
    """Load a ``torch.save``d state_dict, plain or under the key ``state_dict``; runs no code of it.

    Args:
        what: the network in words, for the message.

    Raises:
        UserError: the file is missing, is not such a file, or holds another network's weights.
    """
    try:
        if zipfile.is_zipfile(path):  # not the format of torch before 1.6, which has no checksum
            check_archive(path)  # torch.load compares none
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; give the path of the weights of {what}") from None
    except (*DAMAGED_ARCHIVE, pickle.UnpicklingError, LookupError):
        raise UserError(
            f"{path}: does not hold {what}: it is damaged, or not a state_dict written by "
            f"torch.save; save it anew with torch.save(network.state_dict(), path)"
        ) from None
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    try:
        network.load_state_dict(state)
    except (RuntimeError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: does not hold {what}: {reason[:300]}") from None
