"""Single runs of a project and pieces of their cards, for the tests of the cards."""

from pathlib import Path
from typing import Any

import yaml

from hw2.cards.facts import Run, read_project, runs


def run_of(root: Path, name: str) -> Run:
    """The run of that name, of any family."""
    return next(run for run in runs(read_project(root)) if run.name == name)


def row(text: str, first: str) -> list[str]:
    """The cells of the table row that begins with `first`."""
    line = next(line for line in text.splitlines() if line.startswith(f"| {first}"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def change_params(root: Path, *keys: str, value: Any) -> None:
    """Set one value of params.yaml below `root`."""
    content = yaml.safe_load((root / "params.yaml").read_text())
    entry = content
    for key in keys[:-1]:
        entry = entry[key]
    entry[keys[-1]] = value
    (root / "params.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
