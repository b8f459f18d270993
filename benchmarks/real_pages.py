"""Pages of docs/ whose tables are of real images, and the files that these are made from."""

from pathlib import Path

import pandas as pd

from benchmarks import real_adaptation_tables, real_generation_tables
from benchmarks.measure import ROOT
from hw2.core.files import write_text
from hw2.report.readme import fill

ADAPTED = ROOT / "docs" / "real_adaptation.csv"
GENERATED = ROOT / "docs" / "real_generation.csv"
PAGES = tuple(ROOT / "docs" / f"{page}.md" for page in ("results", "scores", "speed"))


def all_tables() -> dict[str, str]:
    """The tables by the names of their places in the pages."""
    adapted = real_adaptation_tables.markdown(pd.read_csv(ADAPTED))
    return adapted | real_generation_tables.tables(pd.read_csv(GENERATED))


def write_pages() -> tuple[Path, ...]:
    """Put the tables into the pages; returns these."""
    tables = all_tables()
    for page in PAGES:
        write_text(page, fill(page.read_text(encoding="utf-8"), tables, str(page)))
    return PAGES
