"""The one kind of error that is meant for a person, and the one place that prints it."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hw2.core.signals import Stop, Stopped, signals_to

MAX_LISTED = 20


class UserError(Exception):
    """Bad input. The message names the file or key, says what is wrong and what to do."""


@contextmanager
def exit_on_user_error() -> Iterator[None]:
    """Turn a UserError into one message on stderr and exit status 1, without a traceback.

    SIGINT (Ctrl-C) and SIGTERM end the block in the same way, with exit status 130 and 143.
    """
    try:
        with signals_to(Stop()):
            yield
    except UserError as error:
        _say(f"error: {error}")
        raise SystemExit(1) from None
    except Stopped as stopped:
        _say(str(stopped))
        raise SystemExit(128 + stopped.number) from None
    except KeyboardInterrupt:  # a Ctrl-C that a library took for itself
        _say("stopped by SIGINT")
        raise SystemExit(128 + signal.SIGINT) from None


def _say(message: str) -> None:
    """Once, where several processes work together: torchrun numbers them, and so does Fabric."""
    if int(os.environ.get("RANK", os.environ.get("LOCAL_RANK", "0"))) == 0:
        print(message, file=sys.stderr)


def listing(headline: str, problems: Sequence[str]) -> str:
    """One message for many problems: the headline with the count, then the first 20."""
    lines = [f"{headline} ({len(problems)} in all):", *problems[:MAX_LISTED]]
    if len(problems) > MAX_LISTED:
        lines.append(f"... and {len(problems) - MAX_LISTED} more")
    return "\n  ".join(lines)
