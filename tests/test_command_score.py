"""`hw2 score`: known cases score as they must, and what cannot be computed is named."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tiny_runs import enter

from hw2.commands.score import digits, faces
from hw2.core.errors import UserError
from hw2.core.generators import seeded
from hw2.core.paths import JUDGE, prepared
from hw2.core.weights import save_weights
from hw2.data.arrays import ImageSet, digit_names, load_images
from hw2.evaluation.digit_judge import WEIGHTS_NAME, DigitJudge
from hw2.raw.digit_folder import labels_by_name


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "no weights"))
    enter(tmp_path, monkeypatch)
    with seeded(0, "tests", "judge"):
        save_weights(JUDGE, {WEIGHTS_NAME: DigitJudge()})


def put(folder: str, images: ImageSet, names: list[str]) -> Path:
    """Write images as a folder of PNG files."""
    Path(folder).mkdir()
    for name, image in zip(names, images.images, strict=True):
        Image.fromarray(image).save(Path(folder, name))
    return Path(folder)


def plain(names: list[str], size: int) -> ImageSet:
    return ImageSet(np.full((len(names), size, size, 3), 128, np.uint8), names)


def numbers(value: Any) -> Iterator[float]:
    """Every number of a JSON value."""
    if isinstance(value, dict):
        for each in value.values():
            yield from numbers(each)
    elif isinstance(value, int | float):
        yield value


def scored(command: Any, *arguments: Path, **options: Any) -> dict[str, Any]:
    out = Path("out.json")
    command(*arguments, json=out, overwrite=True, **options)
    found: dict[str, Any] = json.loads(out.read_text())
    assert all(math.isfinite(value) for value in numbers(found))
    return found


def test_faces_against_shuffled_copies_of_themselves() -> None:
    val = load_images(prepared("face", "val"))
    same, shuffled = put("same", val, val.names), put("shuffled", val, val.names[::-1])
    found = scored(faces, shuffled, real=same)
    scores = found["scores"]
    assert scores["random_fd"] == pytest.approx(0, abs=1e-3)
    assert scores["random_precision"] == scores["random_recall"] == 1
    assert scores["face_rate"] == found["real"]["face_rate"]


def test_faces_are_held_against_val_and_beside_them_stand_others() -> None:
    own = put("own", load_images(prepared("face", "train")), [f"{k:02d}.png" for k in range(40)])
    found = scored(faces, own)
    assert (found["n"], found["n_real"]) == (40, 40)
    assert found["real"]["random_fd"] == pytest.approx(found["scores"]["random_fd"], rel=1e-4)
    grey = scored(faces, put("grey", plain([*"abc"], 64), ["a.png", "b.png", "c.png"]))
    assert grey["scores"]["random_fd"] > 2 * grey["real"]["random_fd"]


def test_few_faces_leave_scores_out(capsys: pytest.CaptureFixture[str]) -> None:
    val = load_images(prepared("face", "val"))
    one = put("one", ImageSet(val.images[:1], ["a"]), ["a.png"])
    found = scored(faces, one)
    assert set(found["scores"]) == {"face_rate"}
    assert {"swd", "random_fd", "random_recall", "fid", "inception_score"} < set(found["left_out"])
    said = capsys.readouterr().out
    assert "hw2 weights inception" in said and "2 images and 2 real ones are needed" in said
    five = put("five", ImageSet(val.images[:5], [*"abcde"]), [f"{k}.png" for k in range(5)])
    found = scored(faces, five)
    assert "random_fd" in found["scores"] and "random_recall" in found["left_out"]


def test_faces_of_mixed_sizes() -> None:
    Path("mixed").mkdir()
    for size in range(20, 200, 20):
        Image.new("RGB", (size, 2 * size), (size, 0, 0)).save(f"mixed/{size}.png")
    Path("mixed/bad.png").write_bytes(b"bad")
    assert scored(faces, Path("mixed"))["n"] == 9


def test_digits_against_themselves() -> None:
    val = load_images(prepared("mnistm", "val"))
    own = put("own", val, digit_names(val.digits))
    found = scored(digits, own)
    scores = found["scores"]
    assert scores["judge_accuracy"] == found["real"]["judge_accuracy"]
    assert scores["judge_confidence"] == pytest.approx(found["real"]["judge_confidence"])
    assert scores["diversity"] == pytest.approx(1)
    assert scores["random_fd"] == pytest.approx(0, abs=1e-3)
    assert {digit: facts["n"] for digit, facts in scores["per_class"].items()} == {
        str(digit): 4 for digit in range(10)
    }


def test_beside_digits_stand_as_many_real_ones() -> None:
    train = load_images(prepared("mnistm", "train"))
    found = scored(digits, put("own", train, digit_names(train.digits)))
    for name in ("swd", "random_fd", "random_recall"):
        assert found["real"][name] == pytest.approx(found["scores"][name], rel=0.1), name


def test_labels_come_from_names_or_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert labels_by_name(["7_001.png", "3.png", "00012.png", "x.png", "5a.png"]) == {
        **{"7_001.png": 7, "3.png": 3, "5a.png": 5}
    }
    val = load_images(prepared("mnistm", "val"))
    own = put("own", val, val.names)
    found = scored(digits, own)
    assert "labels are needed" in found["left_out"]["judge_accuracy"]
    assert "no image has a label" in capsys.readouterr().err
    rows = [f"{name},{label}" for name, label in zip(val.names, val.digits, strict=True)]
    Path("labels.csv").write_text("\n".join(["image_name,label", *rows[:30]]))
    found = scored(digits, own, labels=Path("labels.csv"))
    assert found["n"] == 30 and "judge_accuracy" in found["scores"]
    assert "10 of 40 images have no label and are left out" in capsys.readouterr().err


def test_a_missing_digit_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    labels = np.arange(100) % 10
    noise = np.random.default_rng(1).integers(0, 12, (100, 28, 28, 3))
    shades = (noise + 20 * labels[:, None, None, None]).astype(np.uint8)  # a digit is a brightness
    real = put("real", ImageSet(shades, digit_names(labels)), digit_names(labels))
    some = ImageSet(shades[labels < 2], digit_names(labels[labels < 2]))
    found = scored(digits, put("some", some, some.names), real=real)
    assert "no image is labelled 2, 3, 4, 5, 6, 7, 8, 9" in capsys.readouterr().out
    assert found["scores"]["random_recall"] < 0.5, "held against all digits"
    ones, twice = [put(name, some, some.names) for name in ("ones", "twice")]
    found = scored(digits, ones, real=twice)
    assert found["scores"]["random_recall"] == 1, "both sets hold the same digits"


def test_copies_of_training_images_are_seen() -> None:
    train = load_images(prepared("mnistm", "train"))
    own = put("own", train, digit_names(train.digits))
    fresh = np.random.default_rng(9).integers(0, 256, (40, 28, 28, 3), dtype=np.uint8)
    ImageSet(fresh, train.names, train.labels).save(prepared("mnistm", "val"))
    assert scored(digits, own)["scores"]["copied"] == 1


def test_what_is_not_at_hand_is_said() -> None:
    JUDGE.unlink()
    prepared("mnistm", "train").unlink()
    one = put("one", plain(["a"], 28), ["4_001.png"])
    left_out = scored(digits, one)["left_out"]
    assert "dvc repro train_judge" in left_out["judge_accuracy"]
    assert "dvc repro prepare" in left_out["copied"]


def test_mistakes_are_explained() -> None:
    one = put("one", plain(["a"], 28), ["4_001.png"])
    Path("out.json").write_text("mine")
    with pytest.raises(UserError, match="--overwrite"):
        digits(one, json=Path("out.json"))
    with pytest.raises(UserError, match="--real-labels"):
        digits(one, real_labels=Path("labels.csv"))
    Path("labels.csv").write_text("image_name,label\nother.png,3\n")
    with pytest.raises(UserError, match="names no image"):
        digits(one, labels=Path("labels.csv"))
    prepared("mnistm", "val").unlink()
    with pytest.raises(UserError, match="dvc repro"):
        digits(one)
