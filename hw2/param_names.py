"""Keys of params.yaml: those that a section must have, and names that users give to entries."""

import re
from pathlib import Path

from hw2.core.errors import UserError
from hw2.core.params import nearest, read_names

RUN_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]*"


def entry_names(family: str, group: str, path: Path) -> list[str]:
    """The names of entries; each becomes a file's name and a word of a command line.

    Raises:
        UserError: a name cannot be either.
    """
    found = read_names(family, group, path=path)
    for name in found:
        if not re.fullmatch(RUN_NAME, name):
            raise UserError(
                f"params.yaml: '{family}.{group}' has an entry named {name!r}; a name is made of "
                "letters, digits, '_', '-' and '.', and begins with a letter or digit"
            )
    return found


def check_keys(section: object, allowed: list[str], where: str) -> None:
    """Hold a section against the keys that it must have, and no others.

    Raises:
        UserError: one is missing, empty, or unknown; the message names the nearest right one.
    """
    if not isinstance(section, dict):
        raise UserError(f"params.yaml: the section '{where}' is missing or empty")
    for key in section:
        if key not in allowed:
            raise UserError(f"{where}: unknown key '{key}'{nearest(str(key), allowed)}")
    for key in allowed:
        if not section.get(key) and section.get(key) != 0:
            raise UserError(f"{where}: '{key}' is missing or empty")
