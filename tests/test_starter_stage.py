"""The stage that draws the embedded data set: which seed its bytes depend on."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tiny_runs import change, enter, stage

from hw2.core.paths import STARTER

FEW = {"faces_train": 2, "faces_val": 1, "digits_train": 10, "digits_val": 10}


def drawn(changes: Mapping[str, Any]) -> dict[Path, str]:
    """The checksums of what the stage writes with these values."""
    change(changes)
    main: Any = stage("starter")
    main()
    return {path: hashlib.md5(path.read_bytes()).hexdigest() for path in STARTER.rglob("*.zip")}


def test_the_trainings_seed_leaves_the_data_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(tmp_path, monkeypatch)
    first = drawn({"starter": FEW})
    assert first and drawn({"seed": 1}) == first
    other = drawn({"starter": {"seed": 1}})
    assert other.keys() == first.keys() and not other.items() & first.items()
