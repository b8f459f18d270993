"""A NaN or infinity in a loss, a weight or an optimiser ends a training, and is never saved."""

import os
import signal
from pathlib import Path

import pytest
import torch
from tiny_runs import training

from hw2.core.checkpoint import Checkpoint
from hw2.core.errors import UserError
from hw2.core.training import Training

KEY = "0" * 64


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def lose(run: Training, numbers: list[float]) -> None:
    for step in run:
        run.log({"loss": torch.tensor(numbers[step])})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_divergence_names_the_term_and_the_step(value: float) -> None:
    with pytest.raises(UserError, match=rf"tiny: 'loss' became {value} by step 4; .*lower lr"):
        lose(training(8, rows=2), [1.0, value, 1.0, 1.0])


def test_a_poisoned_loss_is_never_saved() -> None:
    run = Training("toy", 8, {}, {}, Checkpoint("toy", KEY, 0.0), 1, rows=2)
    with pytest.raises(UserError, match="'loss' became nan by step 3"):
        lose(run, [1.0, 1.0, float("nan"), 1.0])
    assert saved_step() == 2


def saved_step() -> int | None:
    state = Checkpoint("toy", KEY, 1.0).load()
    return None if state is None else state["step"]


def poison(where: str, step: int, value: float, every_seconds: float = 1e9) -> Training:
    """A training of 250 steps whose loss stays finite; after `step`, `where` holds `value`."""
    net, average = torch.nn.Linear(2, 1), torch.nn.Linear(2, 1)
    adam = torch.optim.Adam(net.parameters())
    net(torch.ones(2)).backward()
    adam.step()
    tensors = {
        "net.weight": net.weight.data,
        "average.bias": average.bias.data,
        "adam.state.1.exp_avg_sq": adam.state[net.bias]["exp_avg_sq"],
    }
    checkpoint = Checkpoint("toy", KEY, every_seconds)
    run = Training("toy", 250, {"net": net, "average": average, "adam": adam}, {}, checkpoint, 1)
    for current in run:
        run.log({"loss": torch.ones(())})
        if current == step:
            tensors[where].view(-1)[0] = value
    return run


@pytest.mark.parametrize("where", ["net.weight", "average.bias", "adam.state.1.exp_avg_sq"])
@pytest.mark.parametrize(("step", "found"), [(0, 100), (99, 100), (100, 200), (249, 250)])
def test_a_poisoned_tensor_ends_the_training_within_100_steps(
    where: str, step: int, found: int
) -> None:
    message = rf"toy: NaN or infinity in '{where}' by step {found}; no result .* lower lr"
    with pytest.raises(UserError, match=message):
        poison(where, step, float("nan"))
    assert saved_step() is None
    with pytest.raises(UserError, match=message):
        poison(where, step, float("-inf"))


def test_large_values_are_no_divergence() -> None:
    assert poison("net.weight", 3, 3e38).step == 250


def test_a_poisoned_tensor_is_found_before_a_save() -> None:
    with pytest.raises(UserError, match="'net.weight' by step 6"):
        poison("net.weight", 5, float("nan"), every_seconds=0)
    assert saved_step() == 5


def test_all_poisoned_tensors_are_counted() -> None:
    def during(step: int) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        for value in net.parameters():
            value.data.fill_(float("nan"))

    net = torch.nn.Linear(2, 1)
    run = Training("toy", 8, {"net": net}, {}, Checkpoint("toy", KEY, 1e9), 1)
    with pytest.raises(UserError, match="'net.weight' and 1 more by step 1"):
        for step in run:
            during(step)
    assert saved_step() is None, "a signal may not save it either"
