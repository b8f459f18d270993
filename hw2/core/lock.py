"""A lock that dies with its process: of two that do the same work at once, the second refuses."""

import os
import sys
from functools import cache
from pathlib import Path

from hw2.core.errors import UserError

FOLDER = Path(".work/locks")


def hold(name: str) -> None:
    """Hold the lock `name` of this working directory until the process ends, however it ends.

    A process that holds it may ask again. On a file system without locks nothing is held.

    Raises:
        UserError: another process holds it, or the lock's file cannot be written.
    """
    _hold((FOLDER / f"{name}.lock").absolute(), name)


def is_alive(process: int) -> bool:
    """Whether there is a process of that number; signal 0 asks and is never delivered."""
    if sys.platform == "win32":  # there it would end the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's; a number that is none
        return True
    return True


@cache  # the trainings of an adaptation run follow each other in one process
def _hold(path: Path, name: str) -> None:
    if sys.platform == "win32":  # no flock
        return
    import fcntl

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT)  # never closed: the lock lives as long
    except OSError as error:
        raise UserError(f"{path}: cannot write it: {error.strerror}") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(file, 20).decode().strip() or "not known yet"
        os.close(file)
        raise UserError(
            f"{name}: another process works on it in this folder (PID {holder}); wait until that "
            f"ends, or stop it: kill {holder}"
        ) from None
    except OSError:
        os.close(file)
        return
    os.ftruncate(file, 0)
    os.write(file, f"{os.getpid()}\n".encode())
