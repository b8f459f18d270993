"""What a user is told about a mistake: one message, status 1, no traceback, nothing written."""

import io
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from hw2.core.errors import exit_on_user_error


def told(act: Callable[[], object], folder: Path) -> str:
    """The message that `act` ends with, where `folder` is left as it was."""
    before, said = _entries(folder), io.StringIO()
    with (
        redirect_stderr(said),
        redirect_stdout(said),
        pytest.raises(SystemExit) as end,
        exit_on_user_error(),
    ):
        act()
    assert end.value.code == 1, said.getvalue()
    message = said.getvalue().removeprefix("error: ")
    assert message.strip() and "error: " not in message and "Traceback" not in message, message
    assert _entries(folder) == before, "something was written"
    return message


def _entries(folder: Path) -> dict[Path, tuple[int, int]]:
    """Every file below `folder` but locks, with its size and the time of its last change."""
    files = (path for path in folder.rglob("*") if not path.is_dir() and path.suffix != ".lock")
    found = {path: path.lstat() for path in files}
    return {path: (facts.st_size, facts.st_mtime_ns) for path, facts in found.items()}
