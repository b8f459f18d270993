"""`hw2 data make-public` as a whole, from stand-ins in the original formats."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from public_originals import BSDS500_FOLDER, encoded, noise
from public_run import COUNTS, Run, contents, run_in, write_params

from hw2.core.errors import UserError
from hw2.data.arrays import load_images
from hw2.raw.check import describe
from hw2.raw.prepare import prepare
from hw2.raw.public import build
from hw2.raw.public.readers import read_svhn, resize


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    return run_in(tmp_path, monkeypatch)


def table(path: str) -> list[list[str]]:
    with open(path) as file:
        return list(csv.reader(file))


def test_the_result_is_the_layout_of_2022(run: Run) -> None:
    assert run().exit_code == 0
    text, good = describe(Path("out"))
    assert good and "layout 2022" in text and "note" not in text, text
    found = prepare(Path("out"), Path("prepared"), workers=1, progress=False)
    assert found["images"] == {
        "face" if key == "faces" else key: counts for key, counts in COUNTS.items()
    }
    assert table("out/digits/usps/test.csv")[:2] == [["image_name", "label"], ["00010.png", "0"]]
    assert len(table("out/digits/usps/test.csv")) == 1 + COUNTS["usps"]["val"]


def test_images_keep_their_labels(run: Run) -> None:
    """SVHN's stand-in is noise: an image tells which one it was."""
    run()
    prepare(Path("out"), Path("prepared"), workers=1, progress=False)
    pool = [read_svhn(Path(f"originals/{part}_32x32.mat")) for part in ("train", "test")]
    known = {
        image.tobytes(): label
        for images, labels in pool
        for image, label in zip(resize(images, 28), labels, strict=True)
    }
    train = load_images(Path("prepared/svhn_train.npz"))
    assert train.labels is not None and len(train.labels) == COUNTS["svhn"]["train"]
    assert [known[image.tobytes()] for image in train.images] == train.labels.tolist()


def test_the_same_request_gives_the_same_bytes(run: Run) -> None:
    run()
    first = contents()
    shutil.rmtree("out")
    run()
    assert contents() == first
    shutil.rmtree("out")
    write_params(seed=1)
    run()
    assert contents()["digits/svhn/data.zip"] != first["digits/svhn/data.zip"]


def test_half_of_it_and_then_the_rest(run: Run) -> None:
    assert run("--only", "digits").exit_code == 0
    assert not Path("out/face").exists()
    before = contents()
    done = run()
    assert done.output.count("already there") == 3 and "face: 4 train, 2 val, made" in done.output
    assert before.items() - contents().items() == {("manifest.json", before["manifest.json"])}, (
        "finished domains are left as they are"
    )


def test_a_run_that_was_killed_goes_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    whole = contents()
    shutil.rmtree("out")

    def kill(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build, "make_svhn", kill)
        assert run().exit_code != 0
    Path("out/digits/svhn").mkdir()
    Path("out/digits/svhn/.data.zip.123.tmp").write_bytes(b"half")
    done = run()
    assert done.output.count("already there") == 2 and done.output.count("made") == 2
    assert contents() == whole


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"cut")])
def test_a_damaged_domain_is_made_again(run: Run, damage: Callable[[Path], object]) -> None:
    run()
    whole = contents()
    damage(Path("out/digits/usps/data.zip"))
    assert "digits/usps: 10 train, 7 val, made" in run().output
    assert contents() == whole


def test_what_is_finished_needs_no_originals(run: Run) -> None:
    run()
    shutil.rmtree("originals")
    assert run().output.count("already there") == 4


def test_another_recipe_is_refused(run: Run) -> None:
    run("--only", "digits")
    before = contents()
    write_params(seed=1)
    done = run("--only", "digits")
    assert isinstance(done.exception, UserError) and "another value of seed" in str(done.exception)
    assert contents() == before


def test_other_backgrounds_are_another_recipe(run: Run) -> None:
    folder = Path(BSDS500_FOLDER)
    folder.mkdir(parents=True)
    (folder / "own.png").write_bytes(encoded(noise(50, 50, 3, seed=9)))
    assert run("--only", "digits", "--backgrounds", "BSR").exit_code == 0
    recipe = json.loads(Path("out/manifest.json").read_text())["domains"]["mnistm"]["recipe"]
    assert "backgrounds" in recipe["originals"]
    assert "BSR_bsds500.tgz" not in recipe["originals"]
    (folder / "own.png").write_bytes(encoded(noise(50, 50, 3, seed=8)))
    done = run("--only", "digits", "--backgrounds", "BSR")
    assert "another value of originals" in str(done.exception)


def test_a_folder_of_somebody_else_is_left_alone(run: Run) -> None:
    Path("out").mkdir()
    Path("out/thesis.txt").write_text("mine")
    done = run()
    assert isinstance(done.exception, UserError) and "did not make" in str(done.exception)
    assert contents() == {"thesis.txt": b"mine"}
