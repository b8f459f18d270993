"""SIGINT (Ctrl-C) and SIGTERM: a process is asked to leave, and leaves in order."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

STOPPING = (signal.SIGINT, signal.SIGTERM)


class Stopped(BaseException):
    """A signal asked the process to leave. No error, so that no ``except Exception`` takes it.

    Args:
        number: the signal's.
        message: what became of the work, for the person who sent it.
    """

    def __init__(self, number: int, message: str) -> None:
        super().__init__(number, message)
        self.number, self.message = number, message

    def __str__(self) -> str:
        return self.message


@contextmanager
def signals_to(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Inside the block SIGINT and SIGTERM call `handler`, where this is the main thread."""
    if threading.current_thread() is not threading.main_thread():  # where Python allows it alone
        yield
        return
    previous = {number: signal.signal(number, handler) for number in STOPPING}
    try:
        yield
    finally:
        for number, old in previous.items():
            signal.signal(number, old)


def stop(number: int, _frame: FrameType | None) -> NoReturn:
    """Handler that ends the process's workers at once, and unwinds the process itself.

    Raises:
        Stopped: in the process that started the workers.
    """
    if multiprocessing.parent_process() is not None:  # a forked worker has this handler too
        os._exit(128 + number)  # an exception would only end its task, and be printed
    for other in STOPPING:
        signal.signal(other, signal.SIG_IGN)  # a second Ctrl-C must not break off the unwinding
    for worker in multiprocessing.active_children():
        worker.kill()  # a pool that is left waits until its workers are done
    name = signal.Signals(number).name
    raise Stopped(number, f"stopped by {name}; no file is half written, run it again")
