"""`hw2 doctor --deep` finds a damaged byte anywhere in DVC's cache, and its cure, run, cures it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from hw2.core.files import write_arrays
from hw2.doctor.deep import check_deep
from hw2.doctor.finding import Finding
from hw2.doctor.recorded import locked_outputs

HERE = Path(sys.executable).parent
PATH = f"{HERE}{os.pathsep}{os.environ['PATH']}"
PIPELINE = """stages:
  file:
    cmd: mkdir -p runs metrics && echo weights > runs/w && echo 1 > metrics/m.json
    outs: [runs/w, metrics/m.json: {cache: false}]
  folder:
    cmd: mkdir -p runs/f && echo a > runs/f/a && echo b > runs/f/b
    deps: [runs/w]
    outs: [runs/f]
"""
FILE, FOLDER, UNCACHED = Path("runs/w"), Path("runs/f"), Path("metrics/m.json")


def shell(command: str) -> None:
    environment = {**os.environ, "PATH": PATH, "DVC_NO_ANALYTICS": "1"}
    subprocess.run(command, shell=True, check=True, capture_output=True, env=environment)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose two stages were built, and a data set that `dvc add` recorded."""
    root = tmp_path_factory.mktemp("built")
    (root / "dvc.yaml").write_text(PIPELINE)
    (root / "data").mkdir()
    (root / "data/x.png").write_text("x")
    shell(f"cd {root} && dvc init --no-scm -q && dvc add -q data && dvc repro -q")
    return root


@pytest.fixture
def folder(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of it, the working directory."""
    shutil.copytree(built, tmp_path / "work", symlinks=True)
    monkeypatch.chdir(tmp_path / "work")
    yield tmp_path / "work"


def damage(path: Path) -> None:
    """Change the first byte, as a bad disk does: size, mode and time stay."""
    status, content = path.stat(), path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    path.chmod(status.st_mode)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def object_of(path: Path) -> Path:
    """The cache's object of an output."""
    (md5,) = (output.md5 for output in locked_outputs() if output.path == path)
    return Path(".dvc/cache/files/md5", md5[:2], md5[2:])


def problems() -> list[Finding]:
    return [finding for finding in check_deep() if finding.status == "problem"]


def damage_object() -> None:
    damage(object_of(FILE))


def damage_both() -> None:
    damage(object_of(FILE))
    damage(FILE)


def damage_listing_and_file() -> None:
    damage(object_of(FOLDER))
    damage(FOLDER / "b")


def damage_here_and_there() -> None:
    damage(object_of(FILE))
    damage(FOLDER / "a")
    damage(UNCACHED)
    damage(Path("data/x.png"))


def damage_files() -> None:
    damage(FILE)
    (FOLDER / "b").unlink()


# What is damaged, and by the fact of each finding how its cure ends.
CASES: dict[str, tuple[Callable[[], None], dict[str, str]]] = {
    "here and there": (
        damage_here_and_there,
        {
            "runs/w of file": "dvc commit file",
            "runs/f/a differs": "dvc checkout runs/f",
            "metrics/m.json differs": "dvc repro file",
            "data/x.png differs": "dvc checkout data",
        },
    ),
    "object and file": (damage_both, {"runs/w of file": "dvc repro file"}),
    "listing": (lambda: damage(object_of(FOLDER)), {"runs/f of folder": "dvc commit folder"}),
    "listing and file": (damage_listing_and_file, {"runs/f of folder": "dvc repro folder"}),
    "files": (
        damage_files,
        {"runs/w differs": "dvc checkout runs/w", "runs/f/b is missing": "dvc checkout runs/f"},
    ),
}


def test_nothing_is_wrong_at_first(folder: Path) -> None:
    assert [finding.status for finding in check_deep()] == ["ok"] * 3


@pytest.mark.parametrize("name", CASES)
def test_the_cure_of_what_is_damaged(folder: Path, name: str) -> None:
    spoil, expected = CASES[name]
    spoil()
    found = problems()
    assert len(found) == len(expected)
    for fact, cure in expected.items():
        assert [f.mend.endswith(cure) for f in found if fact in f.fact] == [True], found
    # "run: A; then B if .., else C" is A; C where nothing else has a copy
    shell("; ".join(re.sub(r"then .* else ", "", f.mend.removeprefix("run: ")) for f in found))
    assert problems() == []


def test_a_data_set_without_a_good_copy(folder: Path) -> None:
    for path in Path(".dvc/cache/files/md5").glob("*/*"):
        if path.read_bytes() == b"x":
            damage(path)
    damage(Path("data/x.png"))
    (found,) = problems()
    assert found.mend.endswith("put data back from your own copy, and run: dvc add data")


def test_an_object_of_an_older_run(folder: Path) -> None:
    old = object_of(FILE)
    shell("sed -i s/weights/other/ dvc.yaml && dvc repro -q")
    damage(old)
    (found,) = problems()
    assert "of an older run" in found.fact and found.mend == f"run: rm -rf {old}"


def test_an_array_file_that_no_stage_recorded(folder: Path) -> None:
    write_arrays(Path("runs/x.npz"), {"a": np.zeros(100)})
    assert problems() == []
    path = Path("runs/x.npz")
    path.write_bytes(path.read_bytes()[:-1])
    (found,) = problems()
    assert found.subject == "runs" and found.fact.startswith("runs/x.npz: damaged")
