"""Faces of a diffusion model stand in the tables and pictures of faces, not of digits."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from report_factory import change_scores, disc_images, write_csv, write_project
from report_runs import RUNS
from report_scores import COMMON, face_scores

from hw2.core.files import write_arrays, write_json, write_text
from hw2.data.arrays import ImageSet
from hw2.report.build import build_report
from hw2.report.digit_tables import digit_tables
from hw2.report.face_tables import face_tables
from hw2.report.model_tables import diffusion_models
from hw2.report.observations import face_observations
from hw2.report.reported_tables import reported_tables
from hw2.report.sources import RunNames, read_measurements
from hw2.report.summary import summarize

RUN = "edm_faces"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunNames]:
    """A GAN and a diffusion model of faces, one of digits each."""
    root = tmp_path_factory.mktemp("project")
    runs = replace(write_project(root, RUNS), diffusion=[*RUNS.diffusion, RUN])
    facts = {"sampler": "heun", "sample_steps": 35, "guidance": 0.0, "steps": 100}
    entry = {"report": [], **face_scores(RUN, True), "parameters": {"unet": 13_000_000}, **facts}
    write_json(root / f"metrics/diffusion/{RUN}.json", {**entry, **COMMON})
    change_scores(root, f"diffusion/{RUN}", swd=3.0)
    folder, rng = root / f"runs/diffusion/{RUN}", np.random.default_rng(0)
    names = [f"{number:05d}.png" for number in range(1, 41)]
    ImageSet(disc_images(rng, 40, 64), names).save(folder / "samples.npz")
    steps = [1000, 400, 0]
    ImageSet(disc_images(rng, 3, 64), [f"t={t}" for t in steps]).save(folder / "frames.npz")
    states = [f"t={t}/{number}" for t in steps for number in range(10)]
    ImageSet(disc_images(rng, 30, 64), states).save(folder / "process.npz")
    pairs = {name: disc_images(rng, 10, 64) for name in ("generated", "nearest")}
    write_arrays(folder / "neighbours.npz", pairs)
    write_text(folder / "architecture.txt", "unet: Preconditioned()\n")
    curve = {"step": np.arange(1, 100), "loss": np.linspace(1, 0.2, 99)}
    write_csv(root / f"plots/curves/diffusion/{RUN}.csv", curve)
    write_csv(root / f"plots/confusion/diffusion/{RUN}.csv", {"actual": [], "predicted": []})
    return root, runs


def test_the_tables_of_faces_hold_both_kinds(project: tuple[Path, RunNames]) -> None:
    measured = read_measurements(project[1], project[0])
    assert list(measured.faces) == ["dcgan_wide", RUN]
    assert list(measured.digits) == ["context_unet", "acgan"]
    for table in face_tables(measured):
        assert [row[0] for row in table.rows] == ["dcgan_wide", RUN, "real images"]
    for table in digit_tables(measured):
        assert RUN not in [row[0] for row in table.rows]
    assert RUN in [row[0] for row in diffusion_models(measured).rows]
    told = [row for table in reported_tables(measured) for row in table.rows]
    assert not any(RUN in cell for row in told for cell in row)


def test_it_is_compared_with_the_gans(project: tuple[Path, RunNames]) -> None:
    root, runs = project
    sentences = face_observations(read_measurements(runs, root), root)
    assert any(sentence.startswith(f"SWD: best is {RUN} (3.0") for sentence in sentences)
    assert summarize(runs, root)["diffusion"][RUN]["face_rate"] == 0.712


def test_its_pictures_are_on_the_page(
    project: tuple[Path, RunNames], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, runs = project
    monkeypatch.chdir(root)
    build_report(runs)
    drawn = {path.name for path in (root / "plots/images/diffusion").glob(f"{RUN}_*")}
    kinds = ("faces", "neighbours", "reverse", "process", "curves")
    assert drawn == {f"{RUN}_{kind}.png" for kind in kinds}
    page = (root / "plots/report/index.html").read_text()
    before, after = page.split('<section id="diffusion">')
    assert f"../images/diffusion/{RUN}_faces.png" in before
    assert f"{RUN}_digits.png" not in page and f"{RUN}_confusion.png" not in page
    assert f"../images/diffusion/{RUN}_reverse.png" in after
