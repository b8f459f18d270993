"""Where image files lie: a folder, or a zip archive that stands in for one."""

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hw2.raw.layouts import is_litter

MAX_FILE_BYTES = 1 << 20  # a 64x64 RGB image takes 12 kB raw; more is no such image
# With cache.type symlink, DVC itself puts links to its content-addressed cache into data/.
DVC_CACHED = re.compile(r"/files/md5/[0-9a-f]{2}/[0-9a-f]{30}$")
# All that zipfile was seen to raise on damaged archives (a password is a RuntimeError).
ZIP_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(OSError, EOFError, RuntimeError, ValueError, LookupError),
)


class BadFile(Exception):
    """One file is bad. The message says what is wrong; whoever catches it names the file."""


@dataclass
class Store:
    """The PNG files of one folder or archive.

    Attributes:
        path: the folder or archive.
        place: the same, relative to the root, for messages.
        members: file name -> path inside the store.
        problems: what is wrong with single entries, or with the whole.
        refused: names of PNG files that are there but have a problem.
        skipped: files that are no PNG, and folders.
    """

    path: Path
    place: str
    members: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    skipped: list[str] = field(default_factory=list)

    def refuse(self, name: str, why: str) -> None:
        """Record that the entry `name` cannot be used."""
        self.refused.add(name)
        self.problems.append(f"{self.place}/{shown(name)}: {why}")

    def add(self, name: str, member: str) -> None:
        """Take in one PNG file, unless its name is taken or cannot be printed."""
        if name in self.members:
            self.refuse(name, "is a duplicate: there are two files of this name")
        elif not name.isprintable():
            self.refuse(name, "has a name with bytes or signs that cannot be printed; rename it")
        else:
            self.members[name] = member

    @contextmanager
    def reader(self) -> Iterator[Callable[[str], bytes]]:
        """A function from file name to content, safe to call from several threads.

        It reads at most MAX_FILE_BYTES + 1 and raises BadFile when the file cannot be read.
        """
        if self.path.is_dir():
            yield lambda name: _read_file(self.path / self.members[name])
        else:
            with zipfile.ZipFile(self.path) as archive:
                yield lambda name: _read_member(archive, self.members[name])


def shown(name: str) -> str:
    """A name that is safe to print: anything odd (control characters, bad bytes) is escaped."""
    name = name if len(name) <= 120 else f"{name[:117]}..."
    return name if name.isprintable() else ascii(name)


def leaves(path: Path, root: Path) -> bool:
    """Whether `path` is, or lies behind, a link that leads out of `root` (DVC's cache is fine)."""
    target = Path(os.path.realpath(path))
    inside = target.is_relative_to(os.path.realpath(root))
    return not inside and not DVC_CACHED.search(target.as_posix())


def open_store(root: Path, place: str) -> Store | None:
    """List the folder `place` under `root`, or `place`.zip; None where there is neither."""
    folder, archive = root / place, root / f"{place}.zip"
    if os.path.lexists(folder) and os.path.lexists(archive):
        return Store(folder, place, problems=[f"{place}: {archive.name} is there too; remove one"])
    if os.path.lexists(folder):
        store, fill = Store(folder, place), _list_folder
    elif os.path.lexists(archive):
        store, fill = Store(archive, f"{place}.zip"), _list_archive
    else:
        return None
    if leaves(store.path, root):
        store.problems.append(f"{store.place}: is a link out of the data folder; copy the files in")
        return store
    if fill is _list_archive and not os.path.isfile(archive):  # a pipe would block for ever
        store.problems.append(f"{store.place}: is not a file; pack the images as a zip archive")
        return store
    try:
        fill(store, root)
    except ZIP_ERRORS as error:
        store.problems.append(f"{store.place}: cannot read it: {_reason(error)}")
    return store


def _list_folder(store: Store, root: Path) -> None:
    with os.scandir(store.path) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if is_litter(entry.name):
                continue
            if entry.is_symlink() and leaves(Path(entry.path), root):
                store.refuse(entry.name, "is a link out of the data folder; copy the file in")
            elif not _is_png(entry.name):
                store.skipped.append(entry.name)
            elif not os.path.isfile(entry.path):  # a folder, a pipe, a dead link, a loop of links
                kind = " but a folder" * os.path.isdir(entry.path)
                store.refuse(entry.name, f"is not a file{kind}")
            else:
                store.add(entry.name, entry.name)


def _list_archive(store: Store, root: Path) -> None:
    with zipfile.ZipFile(store.path) as archive:
        files = [i for i in archive.infolist() if _member_problem(i) or not _is_ignored(i.filename)]
    tops = {info.filename.partition("/")[0] for info in files}
    flat = any("/" not in info.filename for info in files)
    prefix = f"{tops.pop()}/" if len(tops) == 1 and not flat else ""
    for info in files:
        name = info.filename.removeprefix(prefix)
        problem = _member_problem(info)
        if problem:
            store.refuse(name, problem)
        elif "/" in name or not _is_png(name):
            store.skipped.append(name)
        else:
            store.add(name, info.filename)


def _member_problem(info: zipfile.ZipInfo) -> str | None:
    parts = re.split(r"[/\\]", info.filename)
    if ".." in parts or not parts[0] or parts[0].endswith(":") or "\\" in info.filename:
        return "may climb out of the archive; pack it again with plain names"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link; pack the file itself"
    if info.flag_bits & 1:
        return "is encrypted; pack it without a password"
    # Others, of which LZMA may ask for gigabytes, no usual program packs images with.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in an unusual way; pack it again as a plain zip archive"
    return None


def _is_ignored(member: str) -> bool:
    return member.endswith("/") or any(is_litter(part) for part in member.split("/"))


def _is_png(name: str) -> bool:
    return name.lower().endswith(".png")


def _read_file(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise BadFile(f"cannot read it: {_reason(error)}") from None


def _read_member(archive: zipfile.ZipFile, member: str) -> bytes:
    try:
        with archive.open(member) as file:
            return file.read(MAX_FILE_BYTES + 1)
    except ZIP_ERRORS as error:
        raise BadFile(f"cannot read it: {_reason(error)}; is the archive damaged?") from None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
