"""`hw2 data make-public` on stand-ins, for its tests."""

from collections.abc import Callable
from pathlib import Path

import pytest
from public_originals import write_originals
from typer.testing import CliRunner, Result

from hw2.commands.data import data_app
from hw2.raw.public import originals

COUNTS = {
    "faces": {"train": 4, "val": 2},
    "mnistm": {"train": 12, "val": 5},
    "svhn": {"train": 11, "val": 6},
    "usps": {"train": 10, "val": 7},
}
PUBLISHED = originals.published  # before a test puts stand-ins in its place
Run = Callable[..., Result]


def write_params(seed: int = 0) -> None:
    lines = [f"  {key}_{split}: {n}" for key, two in COUNTS.items() for split, n in two.items()]
    Path("params.yaml").write_text("\n".join(["scale: smoke", f"seed: {seed}", "public:", *lines]))


def run_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command in a folder with stand-ins in originals/ and a params.yaml."""
    monkeypatch.chdir(folder)
    write_params()
    found = write_originals(Path("originals"))
    monkeypatch.setattr(originals, "published", lambda: found)

    def command(*options: str) -> Result:
        return CliRunner().invoke(
            data_app, ["make-public", "out", "--originals", "originals", *options]
        )

    return command


def contents(folder: Path = Path("out")) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
