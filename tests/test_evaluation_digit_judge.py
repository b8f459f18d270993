"""Judges: what training learns, that it repeats itself, and weights files of the course's judge."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from hw2.core.errors import UserError
from hw2.core.training_run import TrainingRun
from hw2.core.weights import save_weights
from hw2.data.arrays import ImageSet
from hw2.evaluation import judge_training
from hw2.evaluation.digit_judge import (
    WEIGHTS_NAME,
    CourseJudge,
    DigitJudge,
    load_course_judge,
    load_judge,
    read_digits,
)
from hw2.evaluation.judge_augment import augment
from hw2.evaluation.judge_training import train_judge
from hw2.evaluation.params import JudgeSettings


def bars(count: int, seed: int) -> ImageSet:
    """Two easy classes, (count, 28, 28, 3): 0 is a vertical bar, 1 a horizontal one, in noise."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, size=count)
    images = random.integers(0, 60, size=(count, 28, 28, 3), dtype=np.uint8)
    images[labels == 0, 4:24, 12:16] += 150
    images[labels == 1, 12:16, 4:24] += 150
    return ImageSet(images, [f"{i}.png" for i in range(count)], labels)


def train(folder: Path, steps: int, seed: int = 0) -> DigitJudge:
    """A judge of the bars, trained in `folder`, where its checkpoint would be."""
    settings = JudgeSettings(domain="bars", batch=16, lr=3e-3, steps=steps)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        compute = "accelerator: cpu, devices: 1, precision: 32-true, compile: null"
        compute += ", checkpoint_seconds: 600"
        text = f"scale: smoke\nseed: {seed}\ncompute: {{{compute}}}\n"
        Path("params.yaml").write_text(text)
        digits, data = bars(64, 0), Path("bars.npz")
        digits.save(data)
        return train_judge(TrainingRun("judge", "bars"), settings, digits, data)[0]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> DigitJudge:
    return train(tmp_path_factory.mktemp("judge"), 40)


def state(judge: nn.Module) -> bytes:
    return b"".join(value.numpy().tobytes() for value in judge.state_dict().values())


def test_parameter_counts() -> None:
    for judge, count in [(DigitJudge(), 289_706), (CourseJudge(), 44_674)]:
        assert sum(p.numel() for p in judge.parameters()) == count


def test_training_learns_and_reads_negatives_too(judge: DigitJudge) -> None:
    val = bars(100, 1)
    reading = read_digits(judge, val.images)
    assert (reading.labels == val.labels).mean() > 0.95
    assert (read_digits(judge, 255 - val.images).labels == val.labels).mean() > 0.95
    assert reading.labels.dtype == np.int64
    assert (reading.confidence > 0.1).all() and (reading.confidence <= 1).all()


def test_training_repeats_itself(tmp_path: Path) -> None:
    first = state(train(tmp_path, 2))
    torch.rand(3)  # the global generator's state must not matter
    assert state(train(tmp_path, 2)) == first
    assert state(train(tmp_path, 2, seed=1)) != first


def test_a_training_that_diverges_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge_training, "_loss", lambda logits, labels: logits.sum() * torch.nan)
    with pytest.raises(UserError, match="judge bars: 'loss' became nan by step 1"):
        train(tmp_path, 2)
    assert not (tmp_path / ".work/checkpoints").exists()


def test_saved_judge_reads_the_same(judge: DigitJudge, tmp_path: Path) -> None:
    path = tmp_path / "judge.safetensors"
    save_weights(path, {WEIGHTS_NAME: judge})
    images = bars(250, 2).images  # more than one chunk
    loaded = read_digits(load_judge(path), images)
    assert (loaded.confidence == read_digits(judge, images).confidence).all()


def test_reading_does_not_depend_on_the_images_around(judge: DigitJudge) -> None:
    images = bars(120, 2).images  # two chunks
    whole, part = read_digits(judge, images), read_digits(judge, images[100:])
    assert (whole.labels[100:] == part.labels).all()
    assert whole.features[100:] == pytest.approx(part.features, abs=1e-4)


def test_features_are_what_the_last_layer_is_given(judge: DigitJudge) -> None:
    images = bars(5, 3).images
    assert read_digits(judge, images).features.shape == (5, 1152)
    course = CourseJudge().eval()
    reading = read_digits(course, images)
    logits = course.fc3(torch.from_numpy(reading.features))
    assert reading.features.shape == (5, 64)
    assert (logits.argmax(1).numpy() == reading.labels).all()
    expected = logits.softmax(1).amax(1).detach().numpy()
    assert reading.confidence == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("wrapped", [False, True])
def test_course_weights_are_loaded(tmp_path: Path, wrapped: bool) -> None:
    judge, path = CourseJudge().eval(), tmp_path / "course.pth"
    torch.save({"state_dict": judge.state_dict()} if wrapped else judge.state_dict(), path)
    assert state(load_course_judge(path)) == state(judge)


def test_bad_course_weights_are_named(tmp_path: Path) -> None:
    path = tmp_path / "course.pth"
    with pytest.raises(UserError, match=r"course\.pth: no such file"):
        load_course_judge(path)
    torch.save(DigitJudge().state_dict(), path)
    with pytest.raises(UserError, match="does not hold the course's digit classifier: .*conv1"):
        load_course_judge(path)
    broken = CourseJudge().state_dict()
    broken["fc3.bias"] = torch.full((10,), torch.nan)
    torch.save(broken, path)
    with pytest.raises(UserError, match="NaN or infinite"):
        load_course_judge(path)
    torch.save(CourseJudge(), path)  # a pickled module would run code
    with pytest.raises(UserError, match="not a state_dict"):
        load_course_judge(path)


def test_augmentation_changes_every_image_but_keeps_shape_and_size() -> None:
    images = torch.rand(200, 3, 28, 28) * 2 - 1
    changed = augment(images, torch.Generator().manual_seed(0))
    assert changed.shape == images.shape
    assert (changed - images).abs().amax(dim=(1, 2, 3)).min() > 0.1
    assert changed.abs().max() < 1.7
    again = augment(images, torch.Generator().manual_seed(0))
    assert torch.equal(changed, again)


def test_half_of_the_images_are_turned_into_negatives() -> None:
    bright = torch.full((400, 3, 28, 28), 0.9)
    changed = augment(bright, torch.Generator().manual_seed(0)).mean(dim=(1, 2, 3))
    assert 0.4 < (changed < 0).float().mean() < 0.6
