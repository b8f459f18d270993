"""Of two processes that train one run at once, the second refuses; the lock dies with the first."""

import errno
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hw2.core import lock
from hw2.core.errors import UserError

HOLDER = "import time; from hw2.core.lock import hold; hold('gan-dcgan'); print(1, flush=True); "


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@contextmanager
def holder() -> Iterator[int]:
    """Another process that holds the lock; its number."""
    environment = {**os.environ, "PYTHONPATH": str(Path(lock.__file__).parents[2])}
    command = [sys.executable, "-c", HOLDER + "time.sleep(60)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout and process.stdout.readline() == b"1\n"
        try:
            yield process.pid
        finally:
            process.kill()


def test_the_second_process_refuses_and_names_the_first() -> None:
    with holder() as pid:
        for _ in range(2):
            with pytest.raises(UserError, match=rf"^gan-dcgan: another process .*\(PID {pid}\)"):
                lock.hold("gan-dcgan")
        lock.hold("gan-sagan")  # another run
    lock.hold("gan-dcgan")  # the first was killed by SIGKILL


def test_a_process_may_ask_again() -> None:
    lock.hold("gan-dcgan")
    lock.hold("gan-dcgan")


def test_the_same_run_of_another_folder_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with holder():
        Path("other").mkdir()
        monkeypatch.chdir("other")
        lock.hold("gan-dcgan")


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS])
def test_a_file_system_without_locks_is_no_obstacle(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(file: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    lock.hold("gan-dcgan")


def test_a_folder_that_cannot_be_written_is_named() -> None:
    Path(".work").write_text("a file")
    with pytest.raises(UserError, match=r"\.work/locks/gan-dcgan\.lock: cannot write it: Not a"):
        lock.hold("gan-dcgan")
