"""A training that is stopped and resumed ends with the same bytes; one that diverges says so."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save
from tiny_runs import training

from hw2.core.checkpoint import Checkpoint, fingerprint
from hw2.core.errors import UserError
from hw2.core.signals import Stopped
from hw2.core.training import Training

STEPS, KEY = 10, "0" * 64


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def fit(
    every_seconds: float = 1e9,
    during: Callable[[int], object] = lambda step: None,
) -> list[bytes]:
    """Fit a line with dropout; weights, curves and generators' states at the end."""
    torch.manual_seed(1)
    net, rng = torch.nn.Linear(4, 1), torch.Generator().manual_seed(2)
    adam = torch.optim.Adam(net.parameters(), lr=0.1)
    checkpoint = Checkpoint("toy", KEY, every_seconds)
    run = Training("toy", STEPS, {"net": net, "adam": adam}, {"data": rng}, checkpoint, 1, rows=4)
    for step in run:
        x = torch.randn(8, 4, generator=rng)
        loss = (F.dropout(net(x), 0.5) - x.sum(1, keepdim=True)).square().mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
        run.log({"loss": loss, "monitor.bias": net.bias[0]})
        during(step)
    run.write_curves(Path("curves.csv"))
    states = [torch.get_rng_state(), rng.get_state()]
    weights = save({k: v.contiguous() for k, v in net.state_dict().items()})
    return [weights, Path("curves.csv").read_bytes(), *(s.numpy().tobytes() for s in states)]


def fail_at(step: int) -> Callable[[int], None]:
    def during(current: int) -> None:
        if current == step:
            raise ConnectionError("the power went out")

    return during


def send_at(step: int, number: int) -> Callable[[int], None]:
    return lambda current: os.kill(os.getpid(), number) if current == step else None


@pytest.mark.parametrize("step", [1, 4, 9])  # rows end after steps 3, 6, 9 and 10
def test_a_training_that_fails_resumes_to_the_same_bytes(
    step: int, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = fit()
    with pytest.raises(ConnectionError):
        fit(every_seconds=0, during=fail_at(step))
    assert fit() == expected
    assert f"toy: resumed after step {step} from .work/checkpoints" in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("step", [0, 6, 9])
def test_a_signal_saves_the_finished_step(step: int, number: signal.Signals) -> None:
    expected = fit()
    handler = signal.getsignal(number)
    with pytest.raises(Stopped, match=rf"toy: stopped by {number.name} after step {step + 1};"):
        fit(during=send_at(step, number))
    assert signal.getsignal(number) is handler
    assert fit() == expected


def test_a_training_stopped_twice_resumes_to_the_same_bytes() -> None:
    expected = fit()
    for step in (2, 7):
        with pytest.raises(Stopped, match=f"after step {step + 1}"):
            fit(during=send_at(step, signal.SIGTERM))
    assert fit() == expected


def test_the_state_is_saved_only_when_it_is_due() -> None:
    fit(every_seconds=1e9)
    assert Checkpoint("toy", KEY, 1.0).load() is None
    fit(every_seconds=0)
    state = Checkpoint("toy", KEY, 1.0).load()
    assert state is not None and state["step"] == STEPS


def test_a_checkpoint_of_another_fingerprint_is_not_found() -> None:
    checkpoint = Checkpoint("toy", KEY, 1.0)
    checkpoint.save({"step": 1})
    assert Checkpoint("toy", "1" * 64, 1.0).load() is None
    assert Checkpoint("other", KEY, 1.0).load() is None
    assert Checkpoint("toy", KEY, 1.0).load() == {"step": 1}
    checkpoint.remove()
    assert Checkpoint("toy", KEY, 1.0).load() is None


def test_the_fingerprint_covers_params_data_and_code(monkeypatch: pytest.MonkeyPatch) -> None:
    data, code = Path("data.npz"), Path("net.py")
    data.write_text("a")
    code.write_text("x = 1")
    seen = [fingerprint(["lr=1"], [data])]
    assert fingerprint(["lr=1"], [data]) == seen[0]
    seen.append(fingerprint(["lr=2"], [data]))
    data.write_text("b")
    seen.append(fingerprint(["lr=1"], [data]))
    for name in ("hw2.gan.nets.mine", "__main__"):  # a looked-up module, the stage's script
        module = ModuleType(name)
        module.__file__ = str(code.absolute())
        code.write_text(f"x = 'not yet {name}'")
        monkeypatch.setitem(sys.modules, name, module)
        seen.append(fingerprint(["lr=1"], [data]))
        code.write_text(f"x = '{name}'")
        seen.append(fingerprint(["lr=1"], [data]))
        monkeypatch.delitem(sys.modules, name)
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("damage", ["empty", "garbage", "cut", "flipped"])
def test_a_damaged_checkpoint_is_named(damage: str) -> None:
    with pytest.raises(Stopped):
        fit(during=send_at(3, signal.SIGTERM))
    path = Checkpoint("toy", KEY, 1.0).path
    whole = path.read_bytes()
    weight = torch.load(path)["parts"]["net"]["weight"]
    middle = whole.index(weight.numpy().tobytes())
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    cases = {"empty": b"", "garbage": b"junk", "cut": whole[: len(whole) // 2], "flipped": flipped}
    path.write_bytes(cases[damage])
    with pytest.raises(UserError, match=r"state\.pt: damaged checkpoint .*; delete it and run"):
        fit()


def values(run: Training, numbers: list[float]) -> None:
    for step in run:
        run.log({"loss": torch.tensor(numbers[step]), "monitor.square": torch.tensor(step**2.0)})


def test_each_row_is_the_mean_of_its_steps() -> None:
    run = training(5, rows=2)  # three steps a row
    values(run, [0.0, 1.0, 2.0, 3.0, 4.0])
    run.write_curves(Path("curves.csv"))
    text = "step,loss,monitor.square\n3,1,1.66667\n5,3.5,12.5\n"
    assert Path("curves.csv").read_text() == text


def test_a_value_that_changes_later_is_noted_as_it_was() -> None:
    run, bias = training(2, rows=1), torch.zeros(())
    for step in run:
        bias += step + 1.0  # in place, as an optimiser does
        run.log({"bias": bias})
    assert run.rows == [{"step": 2, "bias": 2.0}]  # the mean of 1 and 3


def test_a_value_may_be_left_out_on_some_steps() -> None:
    run = training(6, rows=2)  # three steps a row
    for step in run:
        lazy = {"lazy": torch.tensor(10.0 * step)} if step in (4, 5) else {}
        run.log({"loss": torch.tensor(1.0)} | lazy)
    run.write_curves(Path("curves.csv"))
    assert Path("curves.csv").read_text() == "step,loss,lazy\n3,1,\n6,1,45\n"


def test_large_steps_are_written_in_full() -> None:
    run = training(1)
    run.rows = [{"step": 1234567, "loss": 0.5}]
    run.write_curves(Path("curves.csv"))
    assert Path("curves.csv").read_text() == "step,loss\n1234567,0.5\n"


def test_the_half_written_states_of_dead_processes_are_removed() -> None:
    checkpoint = Checkpoint("toy", KEY, 1.0)
    checkpoint.save({"step": 1})
    dead = subprocess.Popen(["true"])
    dead.wait()
    left = {pid: checkpoint.path.with_name(f".state.pt.{pid}.tmp") for pid in (dead.pid, 1)}
    for path in left.values():
        path.write_bytes(b"half")
    assert checkpoint.load() == {"step": 1}
    assert not left[dead.pid].exists() and left[1].exists()  # process 1 is always there
