"""What the commands that write something check before they compute."""

import os
from pathlib import Path

from hw2.core.errors import UserError


def check_free(out: Path, overwrite: bool) -> None:
    """Refuse an output that is there already, unless it may be replaced, or cannot be written.

    Raises:
        UserError: `out` is a file and `overwrite` is false, or it is a folder, or no file can be
            written there.
    """
    if out.is_dir():
        raise UserError(f"{out}: is a folder; give the name of a file to write")
    if out.exists() and not overwrite:
        raise UserError(f"{out}: is there already; choose another name, or add --overwrite")
    check_place(out)


def check_place(out: Path) -> None:
    """Refuse a place where nothing can be written.

    Raises:
        UserError: what `out` would lie in is a file, or a folder that may not be written to.
    """
    lying_in = next(path for path in out.absolute().parents if os.path.lexists(path))
    if not lying_in.is_dir():
        raise UserError(f"{out}: cannot be written: {lying_in} is no folder; choose another place")
    if not os.access(lying_in, os.W_OK | os.X_OK):
        raise UserError(f"{out}: cannot be written: no permission for {lying_in}; choose another")
