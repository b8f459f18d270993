"""compute.compile: the same training, and where torch.compile does not reach, the plain network."""

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from tiny_runs import enter, stage
from torch import Tensor, nn

from hw2.core.compiled import compile_network, eager
from hw2.core.files import read_json
from hw2.nn.full_precision import full_precision

needs_compiler = pytest.mark.skipif(
    shutil.which("g++") is None, reason="torch.compile needs a C++ compiler on a CPU"
)


def curves(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, mode: str) -> pd.DataFrame:
    """Of a GAN that was trained in `folder` at scale smoke, in float32."""
    folder.mkdir()
    enter(folder, monkeypatch)
    params = Path("params.yaml")
    text = params.read_text().replace("  compile: null", f"  compile: {mode}", 1)
    params.write_text(text.replace("precision: bf16-mixed", "precision: 32-true", 1))
    stage("train_gan")(name)
    told = read_json(Path("runs/gan") / name / "training.json")["compiled"]
    assert told == (None if mode == "null" else mode)
    return pd.read_csv(f"plots/curves/gan/{name}.csv")


@needs_compiler
def test_a_compiled_training_is_the_same_but_for_rounding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = curves(tmp_path / "plain", monkeypatch, "dcgan", "null")
    compiled = curves(tmp_path / "compiled", monkeypatch, "dcgan", "default")
    pd.testing.assert_frame_equal(compiled, plain, rtol=0.02)


class Counted(nn.Module):
    """x^3; counts how often Python runs it."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return x**3


def instead_of_inductor(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let `compile` only note its arguments; the compiled form doubles the result."""
    asked: list[Any] = []

    def compile(module: nn.Module, **arguments: Any) -> None:
        asked.append((module, arguments))
        module._compiled_call_impl = torch.compile(module._call_impl, backend="eager")

    monkeypatch.setattr(nn.Module, "compile", compile)
    return asked


def test_what_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = instead_of_inductor(monkeypatch)
    network = nn.Sequential(Counted(), Counted())
    compile_network(network, "default", parts_alone=False)
    assert asked == [(network, {"mode": "default", "dynamic": False})]
    compile_network(network, "reduce-overhead", parts_alone=True)
    assert [module for module, _ in asked[1:]] == list(network)


def test_a_second_derivative_is_taken_of_the_plain_network(monkeypatch: pytest.MonkeyPatch) -> None:
    instead_of_inductor(monkeypatch)
    network = Counted()
    compile_network(network, "default", parts_alone=False)
    x = torch.tensor([2.0], requires_grad=True)
    for _ in range(3):
        with full_precision(network, x.device) as plain:
            (slope,) = torch.autograd.grad(plain(x).sum(), x, create_graph=True)
    assert network.calls == 3  # compiled, Python would have run it once, to trace it
    (curvature,) = torch.autograd.grad(slope.sum(), x)
    assert curvature.item() == 12


def test_eager_leaves_other_networks_alone() -> None:
    network = Counted()
    with eager(network):
        assert network(torch.tensor(2.0)) == 8
