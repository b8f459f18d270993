"""`hw2 predict`: the table is what the network says, and mistakes give one message."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny_runs import PARAMS, enter
from trained_runs import RUN, write_adapt_run

from hw2.adapt.training.predict import predict as read_digits
from hw2.commands.predict import predict
from hw2.core.device import autocast
from hw2.core.errors import UserError
from hw2.core.params import Compute, read_section


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(tmp_path, monkeypatch)


def write_digits(folder: Path, names: list[str]) -> np.ndarray:
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (len(names), 28, 28, 3), dtype=np.uint8)
    pixels //= np.arange(1, len(names) + 1, dtype=np.uint8)[:, None, None, None]
    for name, image in zip(names, pixels, strict=True):
        Image.fromarray(image).save(folder / name)
    return pixels


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_labels_are_those_of_the_network_in_the_order_of_names() -> None:
    net = write_adapt_run(RUN)
    names = ["0.png", "a.png", 'b, "c".png', "d.png", "é.png"]
    pixels = write_digits(Path("own"), names)
    compute = read_section(Compute, "compute")
    device = next(net.parameters()).device
    with autocast(compute, device):
        labels = read_digits(net, pixels, device).labels
    predict(RUN, Path("own"), Path("new/out.csv"))
    expected = [[name, str(label)] for name, label in zip(names, labels, strict=True)]
    assert rows(Path("new/out.csv")) == [["image_name", "label"], *expected]
    assert Path("new/out.csv").read_bytes().startswith(b"image_name,label\n0.png,")


def test_probabilities_are_a_third_column() -> None:
    write_adapt_run(RUN)
    write_digits(Path("own"), ["0.png", "1.png"])
    predict(RUN, Path("own"), Path("plain.csv"))
    predict(RUN, Path("own"), Path("out.csv"), probabilities=True)
    header, *found = rows(Path("out.csv"))
    assert header == ["image_name", "label", "probability"]
    assert [row[:2] for row in found] == rows(Path("plain.csv"))[1:]
    assert all(0.1 <= float(row[2]) <= 1 for row in found), "of ten the likeliest has a tenth"


def test_unreadable_images_are_named_and_the_others_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_adapt_run(RUN)
    write_digits(Path("own"), ["0.png", "1.png"])
    Path("own/0a.png").write_bytes(b"bad")
    predict(RUN, Path("own"), Path("out.csv"))
    assert [row[0] for row in rows(Path("out.csv"))] == ["image_name", "0.png", "1.png"]
    out, err = capsys.readouterr()
    assert "2 images labelled" in out and "own/0a.png" in err


def test_nothing_is_overwritten_unasked() -> None:
    write_adapt_run(RUN)
    write_digits(Path("own"), ["0.png"])
    Path("out.csv").write_text("mine")
    with pytest.raises(UserError, match="--overwrite"):
        predict(RUN, Path("own"), Path("out.csv"))
    assert Path("out.csv").read_text() == "mine"
    predict(RUN, Path("own"), Path("out.csv"), overwrite=True)
    assert Path("out.csv").read_text().startswith("image_name")
    with pytest.raises(UserError, match="folder"):
        predict(RUN, Path("own"), Path("own"), overwrite=True)


def test_a_wrong_run_is_explained() -> None:
    write_digits(Path("own"), ["0.png"])
    with pytest.raises(UserError, match=f"did you mean '{RUN}'"):
        predict(f"{RUN}x", Path("own"), Path("out.csv"))
    with pytest.raises(UserError, match=f"dvc repro train_adapt@{RUN}"):
        predict(RUN, Path("own"), Path("out.csv"))
    gan = next(iter(PARAMS["gan"]["models"]))
    with pytest.raises(UserError, match="makes images"):
        predict(gan, Path("own"), Path("out.csv"))
    assert not Path("out.csv").exists()
