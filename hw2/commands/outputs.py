"""What the commands that write a file check before they compute."""

from pathlib import Path

from hw2.core.errors import UserError


def check_free(out: Path, overwrite: bool) -> None:
    """Refuse an output that is there already, unless it may be replaced.

    Raises:
        UserError: `out` is a file and `overwrite` is false, or it is a folder.
    """
    if out.is_dir():
        raise UserError(f"{out}: is a folder; give the name of a file to write")
    if out.exists() and not overwrite:
        raise UserError(f"{out}: is there already; choose another name, or add --overwrite")
