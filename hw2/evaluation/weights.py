"""Where the FID Inception weights are, whether they are the right ones, and how to get them.

One file (95 MB), converted by the pytorch-fid project from the TensorFlow graph that Heusel et
al. 2017 used. Every published FID rests on exactly these weights, so a checksum is always made.
"""

import os
import pickle
from pathlib import Path

import torch
from torch import nn

from hw2.core.download import Checksum, fetch
from hw2.core.errors import UserError

FILE_NAME = "pt_inception-2015-12-05-6726825d.pth"
URL = f"https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/{FILE_NAME}"
SHA256_PREFIX = "6726825d"  # the part of the checksum that the publisher put into the name


def cached_path() -> Path:
    """Where torch.hub, and so pytorch-fid, keeps the file: under $TORCH_HOME or its default."""
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("TORCH_HOME", os.path.join(cache, "torch"))
    return Path(home).expanduser() / "hub" / "checkpoints" / FILE_NAME


def find_weights(path: Path | None) -> Path | None:
    """The weights file: `path` if given, else the one in torch's cache, else None.

    Raises:
        UserError: `path` is given and there is no such file.
    """
    if path is not None:
        if not path.is_file():
            raise UserError(
                f"{path}: no such file; give the path of {FILE_NAME}, get it with "
                f"`hw2 weights inception`, or set the path to null to score without it"
            )
        return path
    return cached_path() if cached_path().is_file() else None


def check_weights(path: Path, sha256_prefix: str = SHA256_PREFIX) -> None:
    """Compare the file's checksum.

    Raises:
        UserError: the file cannot be read, is damaged, or is another file.
    """
    checksum = Checksum("sha256", sha256_prefix)
    if not checksum.fits(path):
        raise UserError(
            f"{path}: not the FID Inception weights, or damaged: {checksum.mismatch(path)}; "
            "delete it and run `hw2 weights inception`"
        )


def fill(network: nn.Module, path: Path, what: str) -> None:
    """Load a ``torch.save``d state_dict, plain or under the key ``state_dict``; runs no code of it.

    Args:
        what: the network in words, for the message.

    Raises:
        UserError: the file is missing, is not such a file, or holds another network's weights.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; give the path of the weights of {what}") from None
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, KeyError, ValueError):
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


def fetch_inception(
    destination: Path, url: str = URL, sha256_prefix: str = SHA256_PREFIX, progress: bool = True
) -> None:
    """Download the weights to `destination`; do nothing if they are there (see `fetch`).

    Raises:
        UserError: the host cannot be reached, the transfer breaks off, what arrives has another
            checksum, or `destination` already is some other file.
    """
    checksum = Checksum("sha256", sha256_prefix)
    fetch(url, destination, checksum, "the FID Inception weights", progress)
