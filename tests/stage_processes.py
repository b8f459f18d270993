"""Stages as processes that can be killed, started without the seconds that importing torch costs.

Run as a script this is a server that has imported the libraries, but nothing of this project. For
each line of its input, a JSON list [folder, stage, arguments, output, environment], it forks a
process that does what ``python -m stages.<stage> <arguments>`` does in that folder; it answers with
the process's number and, when that has ended, with its exit status.
"""

import json
import os
import runpy
import subprocess
import sys
import time
from pathlib import Path

OUTPUT = "output.txt"
LIBRARIES = ("lightning_fabric", "numpy", "pydantic", "safetensors.torch", "torch", "tqdm", "yaml")


class Process:
    """A stage at work in `folder`; what it prints is in the file `output` there."""

    def __init__(self, folder: Path, server: "StageServer", output: str) -> None:
        self.folder, self.output, self._server = folder, folder / output, server
        self.number = server.answer()

    def signal(self, number: int) -> None:
        """Raises ProcessLookupError where the stage has ended."""
        os.kill(self.number, number)

    def wait(self) -> int:
        """Its exit status; minus the signal's number where a signal ended it."""
        return self._server.answer()

    def wait_for_saves(self, count: int) -> None:
        """Return when checkpoints were seen to change `count` times, or the stage has ended."""
        seen = self._saves()
        while count and self._runs():
            time.sleep(0.0005)
            now = self._saves()
            count, seen = count - (now != seen), now

    def _runs(self) -> bool:
        try:
            self.signal(0)
        except ProcessLookupError:
            return False
        return True

    def _saves(self) -> set[tuple[int, int]]:
        found = set()
        for path in (self.folder / ".work/checkpoints").glob("*/state.pt"):
            stat = path.stat()
            found.add((stat.st_ino, stat.st_mtime_ns))
        return found


class StageServer:
    """The server's end that the tests hold; one stage at a time."""

    def __enter__(self) -> "StageServer":
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def start(
        self, folder: Path, stage: str, *arguments: str, output: str = OUTPUT, **environment: str
    ) -> Process:
        assert self._process.stdin
        order = [str(folder), stage, arguments, output, environment]
        print(json.dumps(order), file=self._process.stdin, flush=True)
        return Process(folder, self, output)

    def answer(self) -> int:
        assert self._process.stdout
        return int(self._process.stdout.readline())


def serve() -> None:
    for library in LIBRARIES:
        __import__(library)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            run(*json.loads(line))
            sys.exit()
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def run(
    folder: str, stage: str, arguments: list[str], output: str, environment: dict[str, str]
) -> None:
    os.chdir(folder)
    os.environ.update(environment)
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(file, stream)
    sys.argv[1:] = arguments
    sys.path[0] = folder  # as python -m does
    runpy.run_module(f"stages.{stage}", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    serve()
