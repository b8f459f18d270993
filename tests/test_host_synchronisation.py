"""No training step asks the device for a value: on a GPU each such question stalls the queue."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_runs import PARAMS, enter, stage
from torch.utils._python_dispatch import TorchDispatchMode

ASKS = (torch.ops.aten._local_scalar_dense.default, torch.ops.aten.nonzero.default)
LOOPS = ("hw2/gan/train.py", "hw2/diffusion/train.py", "hw2/adapt/training/train.py")
# What happens once every so many steps: rows of the curves, and the target's accuracy.
NOW_AND_THEN = ("hw2/core/training.py", "hw2/adapt/training/curve.py")
ADAPT = {(run["net"], run["method"]): name for name, run in PARAMS["adapt"]["runs"].items()}
RUNS = [
    *(("gan", name) for name in PARAMS["gan"]["models"]),
    *(("diffusion", name) for name in PARAMS["diffusion"]["models"]),
    *(("adapt", name) for name in ADAPT.values()),
]


class Watch(TorchDispatchMode):
    """Notes the lines within a loop's step that wait for the device."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def __torch_dispatch__(
        self, function: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if function in ASKS:
            self._note()
        return function(*args, **(kwargs or {}))

    def _note(self) -> None:
        frames = [frame for frame in traceback.extract_stack() if "/hw2/" in frame.filename]
        names = ["hw2/" + frame.filename.rpartition("/hw2/")[2] for frame in frames]
        if set(names) & set(LOOPS) and not set(names) & set(NOW_AND_THEN):
            self.lines.append(f"{names[-1]}:{frames[-1].lineno}: {frames[-1].line}")


@pytest.mark.parametrize(("family", "name"), RUNS, ids=[name for _, name in RUNS])
def test_no_step_waits_for_the_device(
    family: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(tmp_path, monkeypatch)
    with Watch() as watch:
        stage(f"train_{family}")(name)
    assert watch.lines == []


def test_a_question_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(tmp_path, monkeypatch)
    monkeypatch.setattr(
        "hw2.core.terms.Terms.values", lambda terms, _="": {"x": terms.total.item()}
    )
    with Watch() as watch, pytest.raises(AttributeError):  # a float has no detach()
        stage("train_diffusion")("context_unet")
    assert "training.log(terms.values())" in watch.lines[0]
