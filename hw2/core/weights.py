"""Networks' weights as safetensors: no code is ever executed when one is read.

The format has no checksum, and a flipped bit only makes another number of a weight. So each file
states a checksum of its own in its metadata.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.core.files import write_bytes

CHECKSUM = "sha256"  # its key in the metadata


def save_weights(path: Path, modules: Mapping[str, nn.Module]) -> None:
    """Write the weights of several networks to one file, each under its name, atomically.

    Equal weights give equal bytes.
    """
    tensors = {
        f"{name}.{key}": value.detach().cpu().contiguous()
        for name, module in modules.items()
        for key, value in module.state_dict().items()
    }
    write_bytes(path, save(tensors, {CHECKSUM: checksum(tensors)}))


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors that `save_weights` wrote, as ``<network>.<key>``.

    Raises:
        UserError: the file is missing, is damaged, or states no checksum.
    """
    try:
        with safe_open(path, framework="pt") as file:
            stated = (file.metadata() or {}).get(CHECKSUM)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run the stage that makes it (dvc repro)") from None
    except (OSError, SafetensorError) as error:
        raise _damaged(path, str(error)) from None
    if stated is None:
        raise UserError(
            f"{path}: states no checksum of its weights: it is damaged, or another program or an "
            "older version of this one wrote it; delete it, run dvc repro"
        )
    if stated != checksum(tensors):
        raise _damaged(path, "wrong checksum")
    return tensors


def _damaged(path: Path, reason: str) -> UserError:
    return UserError(
        f"{path}: damaged weights ({reason}); delete it, then run dvc checkout {path}, or dvc "
        "repro where DVC's cache has no good copy"
    )


def checksum(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256, in hexadecimal digits, of names, types, shapes and bytes of tensors on the CPU."""
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {list(tensor.shape)}\n".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def load_weights(path: Path, name: str, module: nn.Module) -> None:
    """Fill `module` with the weights stored under `name`.

    Raises:
        UserError: the file is missing, damaged, or of another network.
    """
    tensors = read_weights(path)
    prefix = f"{name}."
    own = {key.removeprefix(prefix): v for key, v in tensors.items() if key.startswith(prefix)}
    try:
        module.load_state_dict(own)
    except RuntimeError as error:
        reason = str(error).splitlines()[1].strip() if "\n" in str(error) else str(error)
        raise UserError(f"{path}: not the weights of this '{name}': {reason}") from None


def trainable(network: nn.Module) -> int:
    """The number of trainable scalars of a network."""
    return sum(p.numel() for p in network.parameters() if p.requires_grad)
