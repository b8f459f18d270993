"""Where the FID Inception weights are, whether they are the right ones, and how to get them.

One file (95 MB), converted by the pytorch-fid project from the TensorFlow graph that Heusel et
al. 2017 used. Every published FID rests on exactly these weights, so a checksum is always made.
"""

import os
from pathlib import Path

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
