"""The tables of faces and digits drawn by models that saw real images, as Markdown for docs/."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from tabulate import tabulate

from hw2.report.scores import (
    COPIED,
    DIVERSITY,
    FACE_RATE,
    JUDGE,
    NEARER,
    RANDOM_SCORES,
    SWD,
    Score,
    written,
)
from hw2.report.table import NONE

BOTH = (SWD, *RANDOM_SCORES, NEARER, COPIED)
SCORES = (FACE_RATE, JUDGE, DIVERSITY, *BOTH)


def tables(found: pd.DataFrame) -> dict[str, str]:
    """The tables by the names of their places in the pages."""
    faces, digits = (found[found[key].notna()] for key in (FACE_RATE.key, DIVERSITY.key))
    return {
        "real_faces": _markdown(faces, (FACE_RATE, *BOTH)),
        "real_digits": _markdown(digits, (JUDGE, DIVERSITY, *BOTH)),
    }


def _markdown(found: pd.DataFrame, scores: Sequence[Score]) -> str:
    headers = ["run", "passes", "steps × batch", "guidance", "N"]
    headers += [score.header for score in scores]
    entries = found.astype(object).where(found.notna(), None).to_dict("records")
    rows = [[*_basis(entry), *(written(entry, each) for each in scores)] for entry in entries]
    return tabulate(rows, headers, "github", disable_numparse=True)


def _basis(entry: dict[str, Any]) -> list[str]:
    name = ", ".join(filter(None, (entry["run"], entry["note"])))
    n = f"{entry['draws']:.0f} × {entry['n']:,.0f}"
    if entry["steps"] is None:  # real images in the place of generated ones
        return [name, NONE, NONE, NONE, n]
    steps = f"{entry['steps']:,.0f} × {entry['batch']:.0f}"
    return [name, f"{entry['passes']:.0f}", steps, entry["guidance"] or NONE, n]
