"""`hw2 doctor --deep`: every object of DVC's cache and every output against its MD5.

DVC itself hands out a damaged object as it is. Each cure below was tried with DVC 3.67: `dvc
commit` puts the workspace's copy back into the cache (and refuses where code or params have
changed), `dvc checkout` takes the cache's, `dvc repro` makes what neither has.
"""

import json
import shlex
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from hw2.core.errors import UserError
from hw2.core.files import check_arrays
from hw2.doctor.finding import Finding
from hw2.doctor.recorded import Hasher, Output, added_outputs, cache_objects, locked_outputs


@dataclass(frozen=True)
class Recorded:
    """One file, or one folder's listing, of an output: its place in the workspace and its MD5."""

    output: Output
    path: Path
    md5: str


class Cache:
    """DVC's cache, every object compared with the MD5 that is its name.

    Attributes:
        objects: their paths by MD5, with ``.dir`` behind that of a listing.
        damaged: the MD5s of those whose content has another, or cannot be read.
    """

    def __init__(self, objects: dict[str, Path], hasher: Hasher) -> None:
        self.objects = objects
        self.damaged = {
            name for name, path in objects.items() if hasher.md5(path) != name.removesuffix(".dir")
        }

    def whole(self, md5: str) -> bool:
        """Whether it holds that object undamaged."""
        return md5 in self.objects and md5 not in self.damaged

    def files_of(self, output: Output) -> list[Recorded]:
        """An output's files; of a folder the listing first, and alone where no whole one is."""
        files = [Recorded(output, output.path, output.md5)]
        if output.is_folder and self.whole(output.md5):
            entries = json.loads(self.objects[output.md5].read_bytes())
            files += [Recorded(output, output.path / e["relpath"], e["md5"]) for e in entries]
        return files


def check_deep() -> list[Finding]:
    """All of DVC's cache, all outputs that are here, and whether arrays and weights can be read."""
    outputs = [output for output in (*locked_outputs(), *added_outputs()) if output.md5]
    objects = cache_objects()
    with tqdm(total=_bytes(outputs, objects), unit="B", unit_scale=True, disable=None) as bar:
        hasher = Hasher(bar.update)
        cache = Cache(objects, hasher)
        files = [file for output in outputs for file in cache.files_of(output)]
        in_cache = _check_objects(cache, files, hasher)
        here = _check_outputs(cache, files, hasher)
    in_cache = in_cache or [Finding("ok", "DVC's cache", f"all {len(objects)} objects are whole")]
    here = here or [Finding("ok", "outputs", f"all {len(outputs)} are as recorded, or not here")]
    return in_cache + here + _check_readable()


def _bytes(outputs: list[Output], objects: dict[str, Path]) -> int:
    paths = [path for output in outputs for path in (output.path, *output.path.rglob("*"))]
    sizes = {
        (status.st_dev, status.st_ino): status.st_size
        for status in (path.stat() for path in [*paths, *objects.values()] if path.is_file())
    }
    return sum(sizes.values())


def _check_objects(cache: Cache, files: list[Recorded], hasher: Hasher) -> list[Finding]:
    users = defaultdict(list)
    for file in files:
        users[file.md5].append(file)
    return [
        Finding(
            "problem",
            "DVC's cache",
            f"{_shown(cache.objects[md5])} is damaged; it is {_first_path(users[md5])}",
            _object_cure(cache.objects[md5], users[md5], hasher),
        )
        for md5 in sorted(cache.damaged)
    ]


def _first_path(users: list[Recorded]) -> str:
    if not users:
        return "of an older run"
    more = f" and {len(users) - 1} more" if len(users) > 1 else ""
    return f"{users[0].path} of {users[0].output.stage}{more}"


def _object_cure(path: Path, users: list[Recorded], hasher: Hasher) -> str:
    if not users:
        return f"run: {_remove(path)}"
    for user in users:
        if _is_right(user, hasher):
            return f"run: {_remove(path)}; dvc commit {user.output.stage}"
    paths = [path, *(user.path for user in users if user.path.exists())]
    output = users[0].output
    again = f"dvc pull {output.path} if a remote holds it, else dvc repro {output.stage}"
    return f"run: {_remove(*paths)}; then {_by_hand(output) or again}"


def _by_hand(output: Output) -> str:
    """What to do about a data set that no stage can make again; empty for the others."""
    if not output.by_hand:
        return ""
    return f"put {output.path} back from your own copy, and run: dvc add {output.path}"


def _check_outputs(cache: Cache, files: list[Recorded], hasher: Hasher) -> list[Finding]:
    """The wrong files whose object is not damaged; `_check_objects` has spoken of the others."""
    wrong = [
        file
        for file in files
        if file.output.path.exists()
        and file.md5 not in cache.damaged
        and not (file.md5.endswith(".dir") and cache.whole(file.md5))  # its files are looked at
        and not _is_right(file, hasher)
    ]
    return [Finding("problem", "outputs", *_output_words(cache, file)) for file in wrong]


def _output_words(cache: Cache, file: Recorded) -> tuple[str, str]:
    output = file.output
    fact = f"{file.path} is missing; it is part of what {output.stage} recorded"
    if file.path.exists():
        fact = f"{file.path} differs from what {output.stage} recorded: damaged, or changed by hand"
    if cache.whole(file.md5):
        return fact, f"run: {_remove(file.path)}; dvc checkout {output.path}"
    again = f"git checkout {file.path} if git holds it, else dvc repro {output.stage}"
    return fact, f"run: {_remove(file.path)}; then {_by_hand(output) or again}"


def _is_right(file: Recorded, hasher: Hasher) -> bool:
    if file.md5.endswith(".dir"):
        return file.path.is_dir() and hasher.listing_md5(file.path) == file.md5
    return file.path.is_file() and hasher.md5(file.path) == file.md5


def _remove(*paths: Path) -> str:
    return "rm -rf " + " ".join(shlex.quote(_shown(path)) for path in dict.fromkeys(paths))


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _check_readable() -> list[Finding]:
    """Every array and weights file below runs/, by the checksum that it holds itself."""
    from hw2.core.weights import read_weights  # imports torch

    readers = {".npz": check_arrays, ".safetensors": read_weights}
    paths = [path for path in sorted(Path("runs").rglob("*")) if path.suffix in readers]
    problems = []
    for path in tqdm(paths, unit="file", disable=None):
        try:
            readers[path.suffix](path)
        except UserError as error:
            problems.append(Finding("problem", "runs", str(error)))
    return problems or [Finding("ok", "runs", f"all {len(paths)} arrays and weights can be read")]
