"""Pieces of Markdown that several sections write."""

from hw2.report.table import Table


def untitled(table: Table) -> str:
    """The table and its caption; its title is the section's heading."""
    return table.markdown().partition("\n\n")[2].strip()


def link(path: str) -> str:
    """A link from docs/models/ to a file of the repository, e.g. to ``hw2/gan/losses/bce.py``."""
    return f"[`{path}`](../../{path})"


def folded(summary: str, text: str) -> str:
    """Text that is shown when the reader opens it."""
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"
