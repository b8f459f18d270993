"""How long trainings took, as far as git keeps it: from the table of runs in plots/provenance.js.

The notes of times themselves lie in .work/, which git ignores: a card made from them would differ
from clone to clone.
"""

import re
from pathlib import Path

from hw2.report.provenance import SCRIPT

# A row of `hw2.report.provenance.runs_table`, a line a cell, each line a string of JavaScript.
ROW = re.compile(
    r'<th scope=\\"row\\">train_(?P<family>\w+)</th>",\s*'
    r'"<td>(?P<run>[\w-]+)</td>",\s*'
    r'"<td class=\\"figure\\">(?P<seconds>[\d,.]+)</td>'
)


def training_seconds(root: Path) -> dict[tuple[str, str], float]:
    """Wall-clock seconds of the last training stage of each run, by family and name.

    Empty where the file is missing or holds no such table.
    """
    path = root / SCRIPT
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return {
        (row["family"], row["run"]): float(row["seconds"].replace(",", ""))
        for row in ROW.finditer(text)
    }
