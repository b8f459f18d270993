"""Scores of generated images on record: what a checkout holds, and the row that it becomes."""

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.real_generation import merged, row
from benchmarks.real_generation_tables import tables
from hw2.core.errors import UserError
from hw2.core.files import write_json, write_text

SETTINGS = {"data": "face", "batch": 16, "d_steps": 5, "steps": 1}
ENTRY = {
    **{"steps": 50, "seed": 0, "scale": "full", "n": 100, "seeds": 3, "n_real": 20},
    **{"face_rate": 0.5, "face_rate_std": 0.02, "swd": 30.0, "swd_std": 1.0, "hardware": "a core"},
}


def checkout(folder: Path, source: str = "data", **changes: object) -> Path:
    """A wgan_gp that saw 50 x 5 x 16 images of 2,000."""
    write_json(folder / "metrics/gan/wgan_gp.json", ENTRY | changes)
    counts = {"face": {"train": 2000, "val": 20}}
    write_json(folder / "metrics/data.json", {"source": source, "counts": counts})
    models = {"gan": {"models": {"wgan_gp": SETTINGS}}}
    write_text(folder / "params.yaml", json.dumps(models))
    return folder


def test_a_row_says_how_often_a_training_saw_the_images(tmp_path: Path) -> None:
    found = row(checkout(tmp_path), "wgan_gp", "narrow")
    assert (found["passes"], found["steps"], found["batch"]) == (2, 50, 16)
    assert (found["face_rate"], found["face_rate_std"], found["n"]) == (0.5, 0.02, 100)
    table = tables(merged(pd.DataFrame(columns=list(found)), found))["real_faces"]
    assert (
        "| wgan_gp, narrow | 2        | 50 × 16         | –          | 3 × 100 | 50.0 ± 2.0"
        in table
    )


def test_a_run_measured_again_takes_the_place_of_the_old(tmp_path: Path) -> None:
    first = row(checkout(tmp_path / "a"), "wgan_gp", "")
    longer = row(checkout(tmp_path / "b", steps=500), "wgan_gp", "")
    again = row(checkout(tmp_path / "c", swd=20.0), "wgan_gp", "")
    found = pd.DataFrame([first])
    for each in (longer, again):
        found = merged(found, each)
    assert found.steps.tolist() == [50, 500] and found.swd.tolist() == [20.0, 30.0]


def test_a_row_without_a_figure_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    first = row(checkout(tmp_path, sample_steps=18), "wgan_gp", "of 18 steps")
    written = pd.DataFrame([first]).to_csv(index=False, float_format="%.6g")
    old = pd.read_csv(io.StringIO(written + written.splitlines()[1].replace(",18,", ",,") + "\n"))
    new = row(checkout(tmp_path), "wgan_gp", "")
    found = merged(old.assign(note=["a", "b"], guidance=""), new)
    text = found.to_csv(index=False, float_format="%.6g")
    assert "a,2,50,16,0,,18,100" in text and "18.0" not in text


@pytest.mark.parametrize(
    ("run", "changes", "message"),
    [
        ("dcgan", {}, "no scores of dcgan"),
        ("wgan_gp", {"scale": "starter"}, "of scale starter"),
        ("wgan_gp", {"source": "starter"}, "data 'starter'"),
    ],
)
def test_what_is_not_of_real_images_is_refused(
    tmp_path: Path, run: str, changes: dict[str, str], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        row(checkout(tmp_path, **changes), run, "")
