"""What single sections of a model card say, on invented figures."""

import shutil
from pathlib import Path

import pytest
from card_runs import change_params, row, run_of
from report_factory import change_scores
from report_runs import EVERYTHING

from hw2.cards.cost import images_seen
from hw2.cards.details import details
from hw2.cards.facts import Run, read_project, runs
from hw2.cards.limits import limits
from hw2.cards.modules import first_paragraph
from hw2.cards.pictures import pictures
from hw2.cards.scores import scores
from hw2.cards.settings import as_yaml, optimizer_words, settings_tables
from hw2.cards.times import training_seconds
from hw2.cards.training import training
from hw2.core.errors import UserError
from hw2.core.files import write_json
from hw2.core.provenance import TIMES
from hw2.report.images import image_path
from hw2.report.provenance import write_provenance


@pytest.fixture
def own(project: Path, tmp_path: Path) -> Path:
    """A project to change."""
    return Path(shutil.copytree(project, tmp_path / "own"))


def test_scores_stand_beside_the_report_and_real_images(project: Path) -> None:
    text = scores(run_of(project, "dcgan_wide"))
    assert row(text, "FID")[1:] == ["lower", "50.1 ± 5.0", "25", "50.1 ± 0.5"]
    assert row(text, "Face rate")[2:] == ["71.2 ± 7.1", "–", "95.0 ± 0.9"]
    assert "N = 1,000" in text and "3 draws" in text and "hardware: 2 CPU cores" in text


def test_accuracies_stand_between_their_bounds(project: Path) -> None:
    text = scores(run_of(project, "mnistm_svhn-conv_bn-dann"))
    assert row(text, "Accuracy on SVHN, %")[1:] == ["50.0 ± 1.0", "49"]
    assert row(text, "Each training")[1:] == ["49.0 50.0 51.0", "–"]
    assert row(text, "Source only, %")[1:] == ["40.0", "39"]
    assert row(text, "Target only, %")[1:] == ["90.0", "92"]
    assert row(text, "Gap closed, %")[1:] == ["20.0", "18.9"]
    assert row(text, "Agreement of views")[1] == "0.500"


def test_a_baseline_stands_beside_the_same_baseline_of_its_report(project: Path) -> None:
    text = scores(run_of(project, "mnistm_svhn-conv_bn-source_only"))
    assert row(text, "Accuracy on SVHN, %")[2] == "39" and "Gap closed" not in text


def test_a_run_of_no_report_stands_beside_the_best_of_all(own: Path) -> None:
    for keys in (("gan", "models", "dcgan_wide"), ("adapt", "nets", "conv_bn")):
        change_params(own, *keys, "report", value=[])
    change_scores(own, "gan/dcgan_wide", report=[])
    assert row(scores(run_of(own, "dcgan_wide")), "FID")[3] == "25"  # of 28.2, 25 and 67
    name = "mnistm_svhn-conv_bn-dann"
    change_scores(own, f"adapt/{name}", report=[])
    text = scores(run_of(own, name))
    assert row(text, "Score")[2] == "Report 004, DANN"  # 002 has the better target only, 95.61
    assert row(text, "Accuracy on SVHN, %")[2] == "50.4"
    assert [row(text, f"{which} only, %")[2] for which in ("Source", "Target")] == ["35.8", "91.1"]
    assert row(text, "Gap closed, %")[2] == "26.4"
    assert "of no report" in details(run_of(own, name))


def test_a_run_without_metrics_says_so_and_how_to_make_them(project: Path) -> None:
    run = run_of(project, "dcgan")
    assert run.scores is None
    assert "Not measured yet" in scores(run) and "dvc repro score_gan@dcgan" in scores(run)
    assert "parameters" not in details(run)
    assert "The figures" not in limits(run)


def test_systems_are_as_close_as_the_catalogue_says(project: Path) -> None:
    assert "000 B (the report prints every layer)" in details(run_of(project, "dcgan"))
    each = (
        "mapping network: its layers are mostly inferred; generator and discriminator: the report"
    )
    assert f"003 ({each} prints every layer)" in details(run_of(project, "stylegan2"))
    assert "002 A (its layers are a guess" in details(run_of(project, "dcgan_smoothed"))
    assert "002 (its layers are a guess" in details(run_of(project, "residual_unet"))
    dsn, mlp = (f"mnistm_usps-{name}" for name in ("dsn-dsn", "conv_mlp-dann"))
    for name in (dsn, mlp):
        assert "003 (its layers are mostly inferred)" in details(run_of(project, name))
    for run in runs(read_project(project)):
        assert "no print known" not in details(run), run.name


def test_modules_are_described_by_their_first_paragraph() -> None:
    said = first_paragraph("hw2.gan.losses", "wgan_gp")
    assert said == "The Wasserstein loss with gradient penalty (Gulrajani et al. 2017, equation 3)."
    with pytest.raises(UserError, match="names 'no_such'"):
        first_paragraph("hw2.gan.losses", "no_such")


def test_settings_are_told_apart_by_scale() -> None:
    settings = {
        "net": "said above",
        "batch": {"smoke": 8, "starter": 16, "full": 128},
        "optimizer": {"name": "adam", "lr": {"smoke": 0.1, "starter": 1e-5, "full": 0.1}},
        "args": {"deep": True, "widths": [1, 2.5]},
        "ema": None,
        "views": [{"kind": "tone"}],
    }
    differ, equal = settings_tables(Run("adapt", "x", settings, None))  # type: ignore[arg-type]
    assert differ.rows == [["`batch`", "8", "16", "128"], ["`optimizer.lr`", "0.1", "1e-05", "0.1"]]
    assert equal.rows == [
        ["`optimizer.name`", "`adam`"],
        ["`args`", "`{deep: true, widths: [1, 2.5]}`"],
        ["`ema`", "`null`"],
        ["`views.0`", "`{kind: tone}`"],
    ]
    assert as_yaml({"a": None}) == "{a: null}"


def test_an_optimizer_is_put_into_words(project: Path) -> None:
    said = optimizer_words({"name": "adam", "lr": 2e-4, "betas": [0.5, 0.999]})
    assert said == "Adam, rate 2e−4, betas 0.5, 0.999"
    run = run_of(project, "stylegan2")
    settings, text = run.at("starter"), training(run)
    assert f"batches of {settings['batch']} real images" in text
    assert f"(decay {settings['ema']['decay']})" in text
    assert "5 of the discriminator to each" in training(run_of(project, "wgan_gp"))


def test_augmentations_are_those_of_the_pair(own: Path) -> None:
    name = "mnistm_usps-conv_bn-dann"
    assert "Augmentations" not in training(run_of(own, name))
    views = [
        {"kind": "sign", "sides": ["source", "target"]},
        {"kind": "strokes", "sides": ["source", "target"], "source": "usps"},
        {"kind": "tone", "sides": ["source"], "target": "usps"},
    ]
    change_params(own, "adapt", "nets", "conv_bn", "views", value=views)
    said = "Augmentations, in this order: sign, tone of the source (hw2/data/)."
    assert said in training(run_of(own, name))


def test_colour_jitter_and_diffaugment_are_told(project: Path) -> None:
    jittered = "Augmentations, in this order: colour jitter (hw2/data/)."
    assert jittered in training(run_of(project, "mnistm_usps-conv_wide-dann"))
    assert "Augmentations" not in training(run_of(project, "mnistm_svhn-conv_wide-dann"))
    both = "of the real images: flip; of real and generated ones: colour, translation, cutout"
    assert both in training(run_of(project, "resnet_gan"))
    assert "Augmentations" not in training(run_of(project, "dcgan"))


def test_images_seen_count_every_batch_of_a_step(project: Path) -> None:
    assert images_seen(run_of(project, "stylegan2"), "full") == 68000 * 5 * 6
    assert images_seen(run_of(project, "wgan_clip"), "full") == 30000 * 5 * 64
    assert images_seen(run_of(project, "mnistm_svhn-conv_bn-dann"), "full") == 5000 * 128


def test_seconds_are_those_of_the_table_of_runs(tmp_path: Path) -> None:
    notes = {"train_gan": ("dcgan", 1234.5), "train_adapt": ("mnistm_usps-conv_bn-dann", 6.0)}
    for stage, (run, seconds) in notes.items():
        note = {"stage": stage, "run": run, "seconds": seconds, "peak_mib": 1.0, "finished": "x"}
        write_json(tmp_path / TIMES / f"{stage}@{run}.json", note)
    assert training_seconds(tmp_path) == {}
    write_provenance(EVERYTHING, tmp_path)
    found = {("gan", "dcgan"): 1234.5, ("adapt", "mnistm_usps-conv_bn-dann"): 6.0}
    assert training_seconds(tmp_path) == found


def test_only_pictures_that_are_there_are_shown(own: Path) -> None:
    run = run_of(own, "dcgan_wide")
    assert "None is drawn yet" in pictures(run)
    drawn = own / image_path("gan", "dcgan_wide_faces")
    drawn.parent.mkdir(parents=True)
    drawn.touch()
    assert "](../../plots/images/gan/dcgan_wide_faces.png)" in pictures(run)
    assert pictures(run).count("![") == 1


def test_the_reverse_process_of_faces_ends_in_a_face(own: Path) -> None:
    for name, end in (("edm_faces", "to the first face"), ("edm_digits", "to the first “0”")):
        drawn = own / image_path("diffusion", f"{name}_reverse")
        drawn.parent.mkdir(parents=True, exist_ok=True)
        drawn.touch()
        assert f"*From noise, at the left, {end}.*" in pictures(run_of(own, name))
