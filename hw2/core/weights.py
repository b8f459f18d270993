"""Networks' weights as safetensors: no code is ever executed when one is read."""

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import nn

from hw2.core.errors import UserError
from hw2.core.files import write_bytes


def save_weights(path: Path, modules: Mapping[str, nn.Module]) -> None:
    """Write the weights of several networks to one file, each under its name, atomically."""
    tensors = {
        f"{name}.{key}": value.detach().cpu().contiguous()
        for name, module in modules.items()
        for key, value in module.state_dict().items()
    }
    write_bytes(path, save(tensors))


def load_weights(path: Path, name: str, module: nn.Module) -> None:
    """Fill `module` with the weights stored under `name`.

    Raises:
        UserError: the file is missing, damaged, or of another network.
    """
    try:
        tensors = load_file(path)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run the stage that makes it (dvc repro)") from None
    except (OSError, SafetensorError) as error:
        raise UserError(f"{path}: damaged weights ({error}); delete it, run dvc repro") from None
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
