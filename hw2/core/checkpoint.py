"""Checkpoints of trainings: outside DVC's outs, written whole, found again only by the same run."""

import io
import os
import pickle
import shutil
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from hw2.core import processes
from hw2.core.errors import UserError
from hw2.core.files import DAMAGED_ARCHIVE, atomic, check_archive, hash_of
from hw2.core.lock import is_alive

FOLDER = Path(".work/checkpoints")


class Checkpoint:
    """The state of one training on disk.

    Args:
        name: the stage's name, e.g. "train_gan@dcgan".
        fingerprint: of everything the training's result depends on (see `fingerprint`): a training
            with other code, params or data never finds this state.
        every_seconds: least time between two saves.
    """

    def __init__(self, name: str, fingerprint: str, every_seconds: float) -> None:
        self.path = FOLDER / f"{name}-{fingerprint[:16]}" / "state.pt"
        self.every_seconds = every_seconds
        self._last_save = time.monotonic()

    def load(self) -> dict[str, Any] | None:
        """The last whole state, or None where there is none; half-written ones are removed.

        Raises:
            UserError: the file is damaged.
        """
        self._remove_leftovers()
        if not self.path.exists():
            return None
        try:
            check_archive(self.path)  # torch.load compares no checksums
            state: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
        except (*DAMAGED_ARCHIVE, LookupError, pickle.UnpicklingError) as error:
            raise UserError(
                f"{self.path}: damaged checkpoint ({error}); delete it and run dvc repro"
            ) from None
        return state

    def is_due(self) -> bool:
        """Whether `every_seconds` have passed since the last save."""
        return time.monotonic() - self._last_save >= self.every_seconds

    def save(self, state: dict[str, Any]) -> None:
        """Replace the stored state; the old one stays until the new one is whole.

        Of several processes the first one saves, and the others wait for it.
        """
        if processes.rank() == 0:
            content = io.BytesIO()  # writing to a full disk, torch.save would hide the error
            torch.save(state, content)
            with atomic(self.path) as file:
                file.write(content.getbuffer())
        processes.wait()
        self._last_save = time.monotonic()

    def remove(self) -> None:
        """Forget the state: the training has ended well."""
        shutil.rmtree(self.path.parent, ignore_errors=True)

    def _remove_leftovers(self) -> None:
        for path in self.path.parent.glob(f".{self.path.name}.*.tmp"):
            writer = int(path.name.split(".")[-2])
            if writer == os.getpid() or not is_alive(writer):  # this process has not written yet
                path.unlink(missing_ok=True)


def fingerprint(params: Iterable[object], files: Iterable[Path]) -> str:
    """Hash of the loaded code of this project, the params' representations and the files' bytes."""
    digest = hash_of([*_loaded_code(), *sorted(files)])
    for value in params:
        digest.update(repr(value).encode())
    return digest.hexdigest()


def _loaded_code() -> list[Path]:
    own = ("hw2", "__main__")  # __main__ is the stage's script
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] in own]
    files = (getattr(module, "__file__", None) for module in modules)
    return sorted({Path(file) for file in files if file})
