"""Whether what is to be written will fit."""

import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from hw2.core.errors import UserError


def check_space(needed: Mapping[Path, int]) -> None:
    """Compare what is free with what is needed: folder, which need not exist yet -> bytes.

    Raises:
        UserError: the folders of one disk need more than it has left.
    """
    total: Counter[int] = Counter()
    for folder, size in needed.items():
        existing = _existing(folder)
        disk = existing.stat().st_dev
        total[disk] += size
        free = shutil.disk_usage(existing).free
        if total[disk] > free:
            raise UserError(
                f"{folder}: {_gigabytes(total[disk])} are needed on its disk, "
                f"{_gigabytes(free)} are free; make room or name another folder"
            )


def _existing(folder: Path) -> Path:
    return next(path for path in [folder, *folder.absolute().parents] if path.exists())


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.2f} GB"
