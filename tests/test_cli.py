"""Commands and stage scripts as a user meets them: one message, no traceback, status not 0."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from few_runs import only
from raw_folders import make
from stage_imports import ROOT

from hw2.core.params import read_yaml


def run(folder: Path, *command: str) -> tuple[int, str, str]:
    """(status, stdout, stderr) of a Python command in `folder`."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": ""},
        text=True,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the repository's params.yaml."""
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    return tmp_path


HW2 = ("-c", "from hw2.cli import main; main()")


def test_data_check_tells_what_is_there(folder: Path) -> None:
    status, out, _ = run(folder, *HW2, "data", "check", str(make(folder / "own")))
    assert status == 0 and "layout 2022" in out and "all good" in out


def test_data_check_tells_what_is_wrong(folder: Path) -> None:
    make(folder / "own")
    (folder / "own/face/val/00003.png").write_bytes(b"no image")
    status, out, err = run(folder, *HW2, "data", "check", "own")
    assert status == 1 and "face/val/00003.png" in out and "Traceback" not in err


def test_params_are_checked(folder: Path) -> None:
    assert run(folder, *HW2, "params")[0] == 0
    path = folder / "params.yaml"
    path.write_text(path.read_text().replace("d_steps:", "d_step:"))
    status, _, err = run(folder, *HW2, "params")
    assert status == 1 and "did you mean 'd_steps'?" in err and "Traceback" not in err


@pytest.fixture
def few(folder: Path) -> Path:
    """The same folder; of its params the first GAN, UNet and adaptation net are left."""
    content = read_yaml(folder / "params.yaml")
    places = ("gan.models", "diffusion.models", "adapt.nets")
    groups = {place: content[place.split(".")[0]][place.split(".")[1]] for place in places}
    content = only(content, {place: [next(iter(group))] for place, group in groups.items()})
    (folder / "params.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    return folder


def test_models_are_listed(few: Path) -> None:
    status, out, _ = run(few, *HW2, "models")
    adapt_runs = set(read_yaml(few / "params.yaml")["adapt"]["runs"])
    assert status == 0 and adapt_runs < set(out.splitlines())


def test_models_are_json_and_nothing_else_on_stdout(few: Path) -> None:
    status, out, _ = run(few, *HW2, "models", "--json")
    assert status == 0 and "→" in out, "text is written as it is, not escaped"
    found = {entry["name"]: entry for entry in json.loads(out)}
    gan = next(iter(read_yaml(few / "params.yaml")["gan"]["models"]))
    assert {f"{gan}_G", f"{gan}_D", "course_judge"} < set(found)
    assert found["course_judge"]["parameters"] == 44_674


def test_a_run_is_shown_or_the_nearest_named(few: Path) -> None:
    gan = next(iter(read_yaml(few / "params.yaml")["gan"]["models"]))
    status, out, _ = run(few, *HW2, "show", gan)
    assert status == 0 and f"{gan}_G: " in out and "ConvTranspose2d(" in out
    status, out, err = run(few, *HW2, "show", f"{gan}x")
    assert (status, out) == (1, "") and f"did you mean '{gan}'?" in err and "Traceback" not in err


def edit(old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "params.yaml"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    return change


def nothing(folder: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("command", "change", "expected"),
    [
        (["stages/train_gan.py", "dcgna"], nothing, "did you mean 'dcgan'?"),
        (["stages/train_gan.py", "dcgan"], nothing, "face_train.npz"),
        (["stages/train_gan.py", "dcgan"], edit("loss: bce", "loss: bec"), "no 'bec'"),
        (["stages/train_gan.py", "dcgan"], edit("latent: 100", "latnt: 100"), "latent"),
        (["stages/sample_gan.py", "dcgan"], nothing, "weights.safetensors"),
        (["stages/prepare.py"], nothing, "data"),
        (["stages/score_real.py"], edit("weights: null", "weights: x.pth"), "x.pth"),
        (["stages/train_judge.py"], edit("accelerator: auto", "accelerator: cuda"), "'cuda'"),
        (["stages/embed.py"], nothing, "val.npz"),
        (["stages/score_adapt.py"], nothing, "val"),
    ],
)  # fmt: skip
def test_a_mistake_gives_one_message(
    folder: Path, command: list[str], change: Callable[[Path], None], expected: str
) -> None:
    change(folder)
    status, _, err = run(folder, str(ROOT / command[0]), *command[1:])
    assert status == 1, err
    assert err.startswith("error: ") and expected in err and "Traceback" not in err
    written = {p.name for p in folder.iterdir()} - {".work"}  # where prepare's lock is
    assert written == {"params.yaml"}, "nothing may be written"
