"""The raw data folder, read once, to one array file for each domain and split."""

import os
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import field_validator
from tqdm import tqdm

from hw2.core.errors import UserError, listing
from hw2.core.files import hash_of
from hw2.core.params import Section, nearest
from hw2.data.arrays import ImageSet
from hw2.raw.decode import decode_all
from hw2.raw.grey import without_colours
from hw2.raw.layouts import DOMAINS
from hw2.raw.scan import Part, Scan, scan

NAMES = [domain.name for domain in DOMAINS]


class PrepareSettings(Section):
    """The section ``prepare`` of params.yaml.

    Attributes:
        grey: domains whose images lose their colours, train and val alike.
    """

    grey: list[str]

    @field_validator("grey")
    @classmethod
    def _known(cls, names: list[str]) -> list[str]:
        for name in names:
            if name not in NAMES:
                raise ValueError(f"there is no domain '{name}'{nearest(name, NAMES)}")
        return names


def prepare(
    root: Path, out: Path, workers: int | None, progress: bool, grey: Collection[str] = ()
) -> dict[str, Any]:
    """Write `out`/<domain>_<split>.npz for every domain and split under `root`, or nothing.

    Images are (N, H, W, 3) uint8 in the order of their names; one split at a time is in memory.

    Args:
        root: the folder that holds face/ and digits/ (see `layouts.root_of`).
        workers: how many threads decode; None for what suits the machine.
        progress: draw a bar on stderr, if that is a terminal.
        grey: names of domains whose images lose their colours.

    Returns:
        {"layout": "2022" or "2021", "images": {domain: {split: count}}}

    Raises:
        UserError: anything is wrong with the data; one message lists it all.
    """
    found = scan(root)
    problems = list(found.problems)
    counts: dict[str, dict[str, int]] = {}
    with _whole_or_nothing(Path(out)) as folder, progress_bar(found, progress) as advance:
        for part in found.parts:
            change = without_colours if part.domain.name in grey else None
            problems += _convert(part, None if problems else folder, workers, advance, change)
            counts.setdefault(part.domain.name, {})[part.split] = len(part.names)
        if problems:
            raise UserError(listing(f"{root}: problems in the data; nothing was written", problems))
    return {"layout": found.layout, "images": counts}


def fingerprint(folder: Path) -> str:
    """SHA-256 of all files in `folder` and their names, in hexadecimal: of these very images."""
    return hash_of(sorted(folder.iterdir())).hexdigest()


@contextmanager
def progress_bar(found: Scan, wanted: bool) -> Iterator[Callable[[int], object]]:
    """A bar on stderr over all images of `found`, drawn on a terminal only; gives its `update`."""
    total = sum(len(part.names) for part in found.parts)
    with tqdm(total=total, unit="image", disable=None if wanted else True) as bar:
        yield bar.update


def _convert(
    part: Part,
    folder: Path | None,
    workers: int | None,
    advance: Callable[[int], object],
    change: Callable[[np.ndarray], np.ndarray] | None,
) -> list[str]:
    """Decode one part and write it to `folder`, unless that is None or an image is bad."""
    images, problems = decode_all(part.store, part.names, part.domain, workers, advance)
    if folder is not None and not problems:
        file = folder / f"{part.domain.name}_{part.split}.npz"
        ImageSet(change(images) if change else images, part.names, part.labels).save(file)
    return problems


@contextmanager
def _whole_or_nothing(out: Path) -> Iterator[Path]:
    """A folder whose files move into `out` when the block succeeds, and vanish when it fails."""
    # Inside `out`: DVC clears an output before it runs a stage, so a kill leaves no litter behind.
    folder = out / ".unfinished"
    existed = out.exists()
    with _named(out):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    try:
        yield folder
        with _named(out):
            for file in sorted(folder.iterdir()):
                os.replace(file, out / file.name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if not existed and not any(out.iterdir()):
            out.rmdir()


@contextmanager
def _named(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(f"{out}: cannot write there: {error.strerror or error}") from None
