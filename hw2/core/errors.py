"""The one kind of error that is meant for a person, and the one place that prints it."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

MAX_LISTED = 20


class UserError(Exception):
    """Bad input. The message names the file or key, says what is wrong and what to do."""


@contextmanager
def exit_on_user_error() -> Iterator[None]:
    """Turn a UserError into one message on stderr and exit status 1, without a traceback."""
    try:
        yield
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def listing(headline: str, problems: Sequence[str]) -> str:
    """One message for many problems: the headline with the count, then the first 20."""
    lines = [f"{headline} ({len(problems)} in all):", *problems[:MAX_LISTED]]
    if len(problems) > MAX_LISTED:
        lines.append(f"... and {len(problems) - MAX_LISTED} more")
    return "\n  ".join(lines)
