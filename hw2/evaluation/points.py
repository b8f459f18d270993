"""The table behind a plot of points."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hw2.core.files import write_text


def write_points(path: Path, columns: Sequence[str], points: Sequence[Mapping[str, Any]]) -> None:
    """CSV of these columns, a row for each point; a score that was left out is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(points)
    write_text(path, text.getvalue())
