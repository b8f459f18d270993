"""Where the published files are found, and what is said of those that are not."""

import json
import shutil
from pathlib import Path

import pytest
from public_run import PUBLISHED, Run, contents, run_in

from hw2.core.errors import UserError
from hw2.raw.public import originals
from hw2.raw.public.space import check_space


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    return run_in(tmp_path, monkeypatch)


def test_an_unpacked_celeba_serves_and_is_recorded_as_unchecked(run: Run) -> None:
    run("--only", "faces")
    whole = contents()
    shutil.rmtree("out")
    shutil.unpack_archive("originals/img_align_celeba.zip", "originals")
    Path("originals/img_align_celeba.zip").unlink()
    assert run("--only", "faces").exit_code == 0
    assert contents()["face/train.zip"] == whole["face/train.zip"]
    found = json.loads(Path("out/manifest.json").read_text())["domains"]["face"]
    assert found["unchecked"] == ["img_align_celeba.zip"]


def test_a_wrong_original_is_refused(run: Run) -> None:
    Path("originals/usps.bz2").write_bytes(b"other")
    done = run("--only", "digits")
    assert "usps.bz2: not usps.bz2, or damaged" in str(done.exception)


def test_an_original_that_cannot_be_had_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("originals/train_32x32.mat").unlink()
    done = run("--only", "digits")
    assert "put it at originals/train_32x32.mat" in str(done.exception)
    assert "digits/usps: 10 train, 7 val, made" in done.output, "what can be made is made"


def test_celeba_by_hand_when_the_drive_refuses(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("originals/img_align_celeba.zip").unlink()
    found = originals.published()
    by_drive = found["CelebA"][0]._replace(folder="celeba", url=f"{originals.DRIVE}0B7E")
    found["CelebA"][0] = by_drive

    def refuse(drive_id: str, *_: object) -> None:
        raise RuntimeError(f"Too many users have viewed {drive_id}")

    utils = originals.torchvision.datasets.utils
    monkeypatch.setattr(utils, "download_file_from_google_drive", refuse)
    message = str(run("--only", "faces").exception)
    assert "Too many users have viewed 0B7E" in message
    assert "list_eval_partition.txt in a browser" in message and "originals/celeba" in message


def test_torchvision_still_states_what_is_needed() -> None:
    found = PUBLISHED()
    assert sorted(one.name for files in found.values() for one in files) == sorted(originals.SIZES)
    assert all(one.url.startswith("http") for files in found.values() for one in files)
    digits = [len(one.checksum.digits) for files in found.values() for one in files]
    assert set(digits) == {32, 64}, "no checksum is cut short"


def test_originals_are_found_flat_and_as_torchvision_keeps_them(tmp_path: Path) -> None:
    image = PUBLISHED()["MNIST"][0]
    assert originals.find(image, tmp_path) is None
    kept = tmp_path / "MNIST/raw/train-images-idx3-ubyte.gz"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"")
    assert originals.find(image, tmp_path) == kept
    assert originals.missing_bytes(PUBLISHED()["MNIST"][:2], tmp_path) == 28_881


def test_too_little_space_is_told_before_anything_is_written(tmp_path: Path) -> None:
    check_space({tmp_path / "a" / "b": 1})
    free = shutil.disk_usage(tmp_path).free
    with pytest.raises(UserError, match="are needed on its disk"):
        check_space({tmp_path / "a": free // 2, tmp_path / "b": free})
