"""Where the FID Inception weights are, whether they are the right ones, and how to get them.

One file (95 MB), converted by the pytorch-fid project from the TensorFlow graph that Heusel et
al. 2017 used. Every published FID rests on exactly these weights, so a checksum is always made.
"""

import hashlib
import os
import pickle
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.request import urlopen

import torch
from torch import nn
from tqdm import tqdm

from hw2.core.errors import UserError
from hw2.core.files import atomic

FILE_NAME = "pt_inception-2015-12-05-6726825d.pth"
URL = f"https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/{FILE_NAME}"
SHA256_PREFIX = "6726825d"  # the part of the checksum that the publisher put into the name
TIMEOUT_SECONDS = 30
CHUNK_BYTES = 1 << 20


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
    try:
        with open(path, "rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"{path}: cannot read it: {error.strerror}") from None
    if not found.startswith(sha256_prefix):
        raise UserError(
            f"{path}: not the FID Inception weights, or damaged: its SHA-256 begins with "
            f"{found[:8]}, not {sha256_prefix}; delete it and run `hw2 weights inception`"
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
    """Download the weights to `destination`, whole or not at all; do nothing if they are there.

    Raises:
        UserError: the host cannot be reached, the transfer breaks off, what arrives has another
            checksum, or `destination` already is some other file.
    """
    if destination.exists():
        check_weights(destination, sha256_prefix)
        return
    digest = hashlib.sha256()
    with atomic(destination) as file:
        for chunk in _download(url, destination, progress):
            digest.update(chunk)
            file.write(chunk)
        if not digest.hexdigest().startswith(sha256_prefix):
            raise UserError(
                f"{url}: what arrived is not the FID Inception weights: its SHA-256 begins with "
                f"{digest.hexdigest()[:8]}, not {sha256_prefix}; nothing was kept, try again"
            )


def _download(url: str, destination: Path, progress: bool) -> Iterator[bytes]:
    """Yield the body in pieces of 1 MiB, with a progress bar on stderr."""
    response: HTTPResponse
    try:
        with urlopen(url, timeout=TIMEOUT_SECONDS) as response:
            left = int(response.headers.get("Content-Length", 0))
            with tqdm(
                total=left or None, unit="B", unit_scale=True, desc="weights", disable=not progress
            ) as bar:
                while chunk := response.read(CHUNK_BYTES):
                    bar.update(len(chunk))
                    left -= len(chunk)
                    yield chunk
            if left > 0:  # a read of fixed size does not say that the body ended early
                raise OSError(f"the transfer broke off with {left} bytes to go")
    except (OSError, HTTPException, ValueError) as error:
        raise UserError(
            f"{url}: cannot download it: {error}; check the network, or fetch the file on another "
            f"machine and put it at {destination}"
        ) from None
