"""What DVC has recorded of outputs, and the objects in its cache.

The cache keeps a file under its MD5, ``files/md5/<2 digits>/<30 digits>``; of a folder it keeps a
listing, ``<...>.dir``: JSON, [{"md5": .., "relpath": ..}, ..] sorted by relpath.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw2.core.errors import UserError
from hw2.doctor.dvc_files import LOCK, read_dvc_file
from hw2.jobs.side_by_side import answer, dvc

OBJECT = re.compile(r"[0-9a-f]{30}(\.dir)?")
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Output:
    """A file or folder that dvc.lock or data.dvc records.

    Attributes:
        stage: what made it, as `dvc repro` takes it, e.g. ``train_gan@dcgan`` or ``data.dvc``.
        path: where it is in the workspace.
        md5: of the file; of a folder, that of its listing with ``.dir`` behind it; empty
            where none is recorded.
        by_hand: `dvc add` recorded it: no stage can make it again.
    """

    stage: str
    path: Path
    md5: str
    by_hand: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether a listing records it."""
        return self.md5.endswith(".dir")


def locked_outputs() -> list[Output]:
    """All outputs in dvc.lock, as far as it is there.

    Raises:
        UserError: it is damaged.
    """
    stages = read_dvc_file(LOCK)["stages"] if LOCK.exists() else {}
    return [
        output
        for name, stage in stages.items()
        for output in _outputs(name, stage, Path(), by_hand=False)
    ]


def added_outputs() -> list[Output]:
    """The data sets in data.dvc and data/*.dvc, as far as these are there.

    Raises:
        UserError: one of them is damaged.
    """
    found: list[Output] = []
    for path in sorted([*Path().glob("*.dvc"), *Path("data").glob("*.dvc")]):
        if path.is_file():
            content = read_dvc_file(path)
            found += _outputs(str(path), content, path.parent, by_hand="deps" not in content)
    return found


def _outputs(stage: str, entry: Any, root: Path, by_hand: bool) -> Iterator[Output]:
    try:
        for out in entry.get("outs") or []:
            yield Output(stage, root / out["path"], out.get("md5", ""), by_hand)
    except (AttributeError, KeyError, TypeError):
        raise UserError(
            f"the entry of {stage} in DVC's files is damaged: an output has no path; "
            "git checkout dvc.lock data.dvc"
        ) from None


def cache_objects() -> dict[str, Path]:
    """The objects of DVC's cache by their MD5, with ``.dir`` behind that of a listing.

    Raises:
        UserError: DVC cannot tell where its cache is.
    """
    folder = Path(answer(dvc("cache", "dir")).strip()) / "files" / "md5"
    paths = sorted(folder.glob("[0-9a-f][0-9a-f]/*"))
    return {p.parent.name + p.name: p for p in paths if OBJECT.fullmatch(p.name)}


class Hasher:
    """MD5 of files, each read once, however many names a hard link gives it.

    Args:
        advance: told the number of bytes read.
    """

    def __init__(self, advance: Callable[[int], object]) -> None:
        self._advance = advance
        self._known: dict[tuple[int, int], str] = {}

    def md5(self, path: Path) -> str:
        """Hexadecimal digits; for what cannot be read, the reason."""
        try:
            status = path.stat()
            key = (status.st_dev, status.st_ino)
            if key not in self._known:
                digest = hashlib.md5(usedforsecurity=False)
                with open(path, "rb") as file:
                    while chunk := file.read(CHUNK_BYTES):
                        digest.update(chunk)
                        self._advance(len(chunk))
                self._known[key] = digest.hexdigest()
            return self._known[key]
        except OSError as error:
            return f"unreadable: {error.strerror}"

    def listing_md5(self, folder: Path) -> str:
        """That of the listing which DVC would make of a folder, with ``.dir`` behind it."""
        files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
        rows = [{"md5": self.md5(files[name]), "relpath": name} for name in sorted(files)]
        return hashlib.md5(json.dumps(rows).encode(), usedforsecurity=False).hexdigest() + ".dir"
