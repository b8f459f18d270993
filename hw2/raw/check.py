"""A report on a data folder: what it holds, and everything that is wrong with it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tabulate import tabulate

from hw2.core.errors import UserError, listing
from hw2.data.sizes import CLASSES
from hw2.raw.decode import decode_all
from hw2.raw.layouts import root_of
from hw2.raw.prepare import progress_bar
from hw2.raw.scan import Part, Scan, scan

COLUMNS = ["domain", "split", "images", "size", "least in a class", "most in a class", "from"]


@dataclass(frozen=True)
class Report:
    """What was found in one data folder, with the problems of its images included."""

    root: Path
    found: Scan
    problems: list[str]

    @property
    def good(self) -> bool:
        """Whether `prepare` would accept the folder."""
        return not self.problems

    def text(self) -> str:
        """The report for a person: layout, table, notes, and the first problems."""
        lines = [f"{self.root}: layout {self.found.layout}", ""]
        lines += [tabulate([_row(part) for part in self.found.parts], COLUMNS), ""]
        lines += [f"note: {note}" for note in self.found.notes]
        lines.append("all good" if self.good else listing("problems", self.problems))
        return "\n".join(lines)


def check(root: Path, workers: int | None = None, progress: bool = True) -> Report:
    """Read everything under `root` as `prepare` would, and write nothing.

    Args:
        workers: how many threads decode; None for what suits the machine.
        progress: draw a bar on stderr, if that is a terminal.

    Raises:
        UserError: the folder holds nothing of either layout.
    """
    found = scan(root)
    problems = list(found.problems)
    with progress_bar(found, progress) as advance:
        for part in found.parts:
            problems += decode_all(part.store, part.names, part.domain, workers, advance)[1]
    return Report(Path(root), found, problems)


def describe(path: Path) -> tuple[str, bool]:
    """The report on `path` as text, and whether all is good.

    Args:
        path: a folder that holds face/ and digits/, or one that holds starter/ or hw2_data/ alone.
    """
    try:
        source = root_of(path)
        report = check(source.root)
    except UserError as error:
        return str(error), False
    nested = source.root != Path(path)
    note = f"note: {path} holds {source.root.name}/ alone; that is read\n" if nested else ""
    return f"{note}{report.text()}", report.good


def _row(part: Part) -> list[str | int]:
    size = f"{part.domain.size}x{part.domain.size}"
    row: list[str | int] = [part.domain.name, part.split, len(part.names), size]
    if part.labels is None:
        return [*row, "", "", part.store.place]
    counts = np.bincount(part.labels, minlength=CLASSES)
    return [*row, int(counts.min()), int(counts.max()), part.store.place]
