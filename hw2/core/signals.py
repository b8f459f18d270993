"""SIGINT (Ctrl-C) and SIGTERM: a process is asked to leave, and leaves in order."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM)
UNWINDING_SECONDS = 5.0  # after which a process that is stopped leaves without unwinding


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
    """Inside the block SIGINT and SIGTERM call `handler`, where this is the main thread.

    Workers that are forked meanwhile do not have it: either signal ends them at once.
    """
    if threading.current_thread() is not threading.main_thread():  # where Python allows it alone
        yield
        return
    previous = {number: signal.signal(number, handler) for number in STOPPING}
    _handlers.append(handler)
    try:
        yield
    finally:
        _handlers.pop()
        for number, old in previous.items():
            signal.signal(number, old)


_handlers: list[Callable[[int, FrameType | None], object]] = []  # of the blocks entered


def _block() -> None:
    if _handlers:
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)


def _unblock() -> None:
    if _handlers:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)


def _end_at_once() -> None:
    if _handlers:
        for number in STOPPING:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)


# A worker that waits for a lock does not reach a handler written in Python, and one that is being
# forked forgets the signal: the pool that sent it would wait for ever. So workers have none, and
# the signal waits until they have come so far.
if sys.platform != "win32":
    os.register_at_fork(before=_block, after_in_parent=_unblock, after_in_child=_end_at_once)


class Stop:
    """Handler that ends the process's workers at once, and unwinds the process itself.

    Raises:
        Stopped: when called the first time.
    """

    def __init__(self) -> None:
        self._stopping = False

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        if self._stopping:  # a second Ctrl-C must not break off the unwinding
            return
        self._stopping = True
        name = signal.Signals(number).name
        stopped = Stopped(number, f"stopped by {name}; no file is half written, run it again")
        # A worker that dies may hold its pool's lock, for which the pool then waits for ever; and
        # Python drops what is raised while it forks.
        last_resort = threading.Timer(UNWINDING_SECONDS, _leave, [stopped])
        last_resort.daemon = True
        last_resort.start()
        threading.excepthook = _ignore  # a pool's threads complain of workers that are missing
        _kill_workers()  # a pool that is left waits until its workers are done
        raise stopped


def _ignore(_arguments: threading.ExceptHookArgs) -> None:
    """Nothing is said."""


def _leave(stopped: Stopped) -> None:
    print(stopped, file=sys.stderr, flush=True)
    _kill_workers()  # a pool replaces those that are missing
    os._exit(128 + stopped.number)


def _kill_workers() -> None:
    for worker in multiprocessing.active_children():
        worker.kill()
