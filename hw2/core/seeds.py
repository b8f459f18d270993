"""Seeds by purpose: every random stream has a name, so no stream depends on another's use."""

import hashlib

import numpy as np


def derive_seed(seed: int, *purpose: str | int) -> int:
    """A 63-bit seed for one purpose, e.g. ``derive_seed(0, "gan", "dcgan", "latents")``.

    Different purposes give independent seeds; the same purpose always gives the same one,
    on every machine and in every process.
    """
    name = "/".join(str(part) for part in (seed, *purpose))
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 1


def numpy_generator(seed: int, *purpose: str | int) -> np.random.Generator:
    """A numpy generator (PCG64) for one purpose."""
    return np.random.default_rng(derive_seed(seed, *purpose))
