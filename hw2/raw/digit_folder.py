"""A folder of digits with their labels, from the files' names or from a table."""

import sys
from pathlib import Path

import numpy as np

from hw2.core.errors import UserError, listing
from hw2.data.arrays import ImageSet
from hw2.data.sizes import stored_size
from hw2.raw.folder import open_folder
from hw2.raw.labels import read_table
from hw2.raw.stores import shown

RULE = "a name that begins with one digit, as 7_001.png does, gives one; so does --labels TABLE.csv"


def read_digits_of(path: Path, table: Path | None) -> ImageSet:
    """The images of a folder as (N, 28, 28, 3) uint8, with labels where there are any.

    What cannot be read and what has no label is named on stderr and left out; where no image has a
    label, all are kept without.

    Args:
        table: labels as `hw2.raw.labels` reads them; None to take them from the names.

    Raises:
        UserError: there is no image, the table is wrong, or it names no image of the folder.
    """
    folder = open_folder(path)
    images = folder.read(stored_size("digits"))
    folder.report()
    known = labels_by_name(images.names) if table is None else _labels_of(table)
    kept = [index for index, name in enumerate(images.names) if name in known]
    if table is not None and not kept:
        raise UserError(f"{table}: names no image of {path}")
    if not kept:
        print(f"note: {path}: no image has a label ({RULE})", file=sys.stderr)
        return images
    names = [images.names[index] for index in kept]
    if len(kept) < len(images):
        example = shown(next(name for name in images.names if name not in known))
        count = f"{len(images) - len(kept)} of {len(images)} images have no label"
        why = RULE if table is None else f"not in {table}"
        print(f"note: {path}: {count} and are left out, e.g. {example} ({why})", file=sys.stderr)
    return ImageSet(images.images[kept], names, np.array([known[name] for name in names]))


def labels_by_name(names: list[str]) -> dict[str, int]:
    """The digit that a name begins with, as in ``<digit>_<001..>.png``, names of generated ones.

    The course takes the first character of any name. A name that begins with several digits is
    passed over here: it is a running number, and would make a folder of real digits one of zeros.
    """
    digits = "0123456789"
    return {n: int(n[0]) for n in names if n[0] in digits and n[1:2] not in [*digits]}


def _labels_of(path: Path) -> dict[str, int]:
    table = read_table(path, str(path))
    if table.problems:
        raise UserError(listing(f"{path}: problems in the table", table.problems))
    return table.labels
