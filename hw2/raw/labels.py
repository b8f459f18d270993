"""The course's label tables: CSV files with the header `image_name,label`."""

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path

from hw2.raw.course_folder import HEADER
from hw2.raw.stores import shown

MAX_BYTES = 16 << 20  # 20 times the table of SVHN's 63,544 digits


@dataclass
class Table:
    """One table.

    Attributes:
        labels: file name -> digit in 0..9, in the table's order; good rows only.
        problems: everything that is wrong with it, each naming the file and the row.
    """

    labels: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_table(path: Path, place: str) -> Table:
    """Read the table at `path`; `place` names it in messages.

    A byte order mark, Windows line ends, blank lines, and quotes or spaces around values are
    fine. Nothing is raised: whatever is wrong stands in `problems`.
    """
    if path.exists() and not path.is_file():  # a pipe would block for ever
        return Table(problems=[f"{place}: is not a file" + " but a folder" * path.is_dir()])
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            return Table(
                problems=[f"{place}: is larger than {MAX_BYTES >> 20} MiB; is it a table?"]
            )
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        return Table(problems=[f"{place}: is missing"])
    except OSError as error:
        return Table(problems=[f"{place}: cannot read it: {error.strerror}"])
    except UnicodeDecodeError as error:
        at = f"byte {error.start}"
        return Table(problems=[f"{place}: is not UTF-8 text ({at}); save it as a UTF-8 CSV"])
    return parse_table(text, place)


def parse_table(text: str, place: str) -> Table:
    """The table in `text`, of which `place` is the name in messages."""
    table = Table()
    first_line: dict[str, int] = {}
    header = None
    # Only real line ends part rows: str.splitlines would also split at form feeds and the like.
    reader = csv.reader(re.split(r"\r\n|\n|\r", text), skipinitialspace=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if header is None:
                header = cells
                if header != HEADER:
                    found = shown(",".join(header))
                    table.problems.append(f"{place}: the header is {found}, not {','.join(HEADER)}")
                    return table
                continue
            problem = _add_row(table, cells, reader.line_num, first_line)
            if problem:
                table.problems.append(f"{place} line {reader.line_num}: {problem}")
    except csv.Error as error:
        table.problems.append(f"{place} line {reader.line_num}: not a CSV file: {error}")
    if not table.labels and not table.problems:
        table.problems.append(f"{place}: the split is empty; it needs at least one row")
    return table


def _add_row(table: Table, cells: list[str], line: int, first_line: dict[str, int]) -> str | None:
    """Enter one row into the table, or say what is wrong with it."""
    if len(cells) != len(HEADER):
        return f"has {len(cells)} columns, not {len(HEADER)}"
    name, label = cells
    if not name:
        return "the file name is empty"
    if name == ".." or re.search(r"[/\\\0]", name):
        return f"{shown(name)} may climb out of the folder; give a plain file name"
    if name in first_line:
        return f"{shown(name)} is a duplicate of line {first_line[name]}"
    first_line[name] = line
    if not re.fullmatch("[0-9]", label):
        return f"{shown(name)} has the unknown label {shown(label) or 'nothing'}; it is 0 to 9"
    table.labels[name] = int(label)
    return None
