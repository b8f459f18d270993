"""Puts tables into a page, between ``<!-- table: adapt -->`` and ``<!-- /table -->``."""

import re
from collections.abc import Mapping

from hw2.core.errors import UserError

OPENING = re.compile(r"<!-- table: (?P<name>[\w-]+) -->")
CLOSING = "<!-- /table -->"


def fill(text: str, tables: Mapping[str, str], page: str = "README.md") -> str:
    """The text with what stands between each pair of markers replaced by the table of that name.

    Filling twice gives the same text as filling once.

    Args:
        text: the page.
        tables: Markdown by name, e.g. the content of metrics/adapt.md under ``adapt``.
        page: its name, for errors.

    Raises:
        UserError: a marker names no table, or is not closed before the next one opens.
    """
    parts, position = [], 0
    for marker in OPENING.finditer(text):
        name = marker["name"]
        following = OPENING.search(text, marker.end())
        limit = following.start() if following else len(text)
        end = text.find(CLOSING, marker.end(), limit)
        if name not in tables:
            known = ", ".join(sorted(tables))
            raise UserError(f"{page}: no table {name!r}; the tables are: {known}")
        if end < 0:
            raise UserError(f"{page}: table {name!r} is not closed; write {CLOSING} after it")
        parts += [text[position : marker.end()], f"\n{tables[name].strip()}\n"]
        position = end
    return "".join([*parts, text[position:]])
