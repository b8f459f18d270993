"""A stage imports what it needs, and what it has imported costs it nothing more."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hw2.core.stage import run_stage

ROOT = Path(__file__).parents[1]
# In this order each group may import more than the one before, so one process tells of all.
GROUPS = (
    (
        ("prepare", "find_weights", "score_adapt", "summarize"),
        ("torch", "scipy"),
    ),
    (("report",), ("torch", "scipy", "sklearn")),
    (
        ("sample_gan", "sample_diffusion", "score_gan", "score_diffusion", "score_real"),
        ("torch._dynamo", "torchvision", "lightning_fabric", "sklearn", "pytorch_fid"),
    ),
    (
        ("train_gan", "train_diffusion", "train_adapt", "train_judge"),
        ("torchvision", "sklearn", "pandas", "pytorch_fid"),
    ),
)


def test_stages_import_nothing_that_they_do_not_need() -> None:
    lines = ["import sys, importlib"]
    for stages, unwanted in GROUPS:
        lines += [f"importlib.import_module('stages.{stage}')" for stage in stages]
        lines += [f"print({stages[0]!r}, *({set(unwanted)!r} & sys.modules.keys()))"]
    found = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split("\n")[:-1] == [stages[0] for stages, _ in GROUPS]


@pytest.fixture
def search_put_off() -> Iterator[None]:
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


@pytest.mark.usefixtures("search_put_off")
def test_garbage_is_looked_for_in_a_stage_but_not_in_its_imports(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # where the note of the stage's time is left
    monkeypatch.setattr(sys, "argv", ["stages/some.py"])
    seen: list[bool] = []
    before = len(gc.get_objects())
    run_stage(lambda: seen.append(gc.isenabled()), "some stage")
    assert seen == [True]
    assert gc.get_freeze_count() > 0.9 * before  # some objects are gone by then


def test_the_imports_of_a_stage_are_not_searched_for_garbage() -> None:
    code = "import sys, gc; sys.argv[0] = {!r}; import stages; print(gc.isenabled())"
    for name, searched in (("-m", "False"), ("pytest", "True")):
        found = subprocess.run(
            [sys.executable, "-c", code.format(name)], cwd=ROOT, capture_output=True, text=True
        )
        assert found.stdout.strip() == searched, found.stderr
