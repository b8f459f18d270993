"""`hw2 score faces` and `hw2 score digits`: all scores of any folder of images."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hw2.commands.outputs import check_free
from hw2.core.errors import UserError
from hw2.core.files import write_json

if TYPE_CHECKING:
    import numpy as np
    import torch

    from hw2.data.arrays import ImageSet
    from hw2.folder_scores.digits import DigitTools
    from hw2.folder_scores.scores import FolderScores

score_app = typer.Typer(no_args_is_help=True, help="Scores of any folder of images.")

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="images of any size and mode")]
Real = Annotated[Path | None, typer.Option(help="folder to compare with; else prepared val images")]
Json = Annotated[Path | None, typer.Option("--json", metavar="OUT.json", help="write them there")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="replace OUT.json")]


@score_app.command("faces")
def faces(
    folder: Folder, real: Real = None, json: Json = None, overwrite: Overwrite = False
) -> None:
    """Score a folder of faces against real ones, by detector and by distances.

    Images are stretched to 64x64. A score for which there are too few images, or no weights, is
    left out with a line that says why. Compare figures of equal numbers of images only.
    """
    _check_output(json, overwrite)
    from hw2.core.params import read_section
    from hw2.core.paths import prepared
    from hw2.data.arrays import load_images
    from hw2.evaluation.face_scores import load_networks
    from hw2.evaluation.params import EvaluationSettings
    from hw2.evaluation.weights import find_weights
    from hw2.folder_scores.faces import score_faces

    settings = read_section(EvaluationSettings, "evaluation")
    val, train = prepared("face", "val"), prepared("face", "train")
    # Of other faces than ours, nobody knows what is another sample of the same.
    others = load_images(train).images if real is None and train.is_file() else None
    of_real, images = load_images(val) if real is None else _faces(real), _faces(folder)
    device, rng = _device_and_rng("faces")
    networks = load_networks(find_weights(settings.weights_path), device)
    found = score_faces(images.images, of_real.images, others, networks, settings, rng)
    _tell(found, folder, real or val, json)


@score_app.command("digits")
def digits(
    folder: Folder,
    labels: Annotated[
        Path | None,
        typer.Option(help="table image_name,label; images that it does not name are left out"),
    ] = None,
    real: Real = None,
    real_labels: Annotated[Path | None, typer.Option(help="the same of --real")] = None,
    json: Json = None,
    overwrite: Overwrite = False,
) -> None:
    """Score a folder of digits: does a judge read them as labelled, are they like real ones?

    Without --labels, the label is the digit that a name begins with, as in 7_001.png; a name that
    begins with several digits, as running numbers do, gives none. Images are stretched to 28x28.
    A score for which there are too few images, or no labels, is left out with a line that says
    why. Compare figures of equal numbers of images only.
    """
    _check_output(json, overwrite)
    if real_labels is not None and real is None:
        raise UserError("--real-labels belongs to --real, which is not given")
    from hw2.core.params import read_section
    from hw2.core.paths import prepared
    from hw2.data.arrays import load_images
    from hw2.evaluation.params import EvaluationSettings, JudgeSettings
    from hw2.folder_scores.digits import score_digits
    from hw2.raw.digit_folder import read_digits_of

    domain = read_section(JudgeSettings, "judge").domain
    settings, val = read_section(EvaluationSettings, "evaluation"), prepared(domain, "val")
    of_real = load_images(val) if real is None else read_digits_of(real, real_labels)
    images, tools = read_digits_of(folder, labels), _tools(domain, settings.judge_weights)
    found = score_digits(images, of_real, tools, settings, *_device_and_rng("digits"))
    _tell(found, folder, real or val, json)


def _check_output(json: Path | None, overwrite: bool) -> None:
    if json is not None:
        check_free(json, overwrite)


def _faces(path: Path) -> ImageSet:
    from hw2.data.sizes import stored_size
    from hw2.raw.folder import open_folder

    folder = open_folder(path)
    images = folder.read(stored_size("face"))
    folder.report()
    return images


def _tools(domain: str, course_weights: str | None) -> DigitTools:
    """What is at hand of judges and training images."""
    from hw2.core.paths import JUDGE, prepared
    from hw2.data.arrays import load_images
    from hw2.evaluation.digit_judge import load_course_judge, load_judge
    from hw2.folder_scores.digits import DigitTools

    train = prepared(domain, "train")
    return DigitTools(
        load_judge(JUDGE) if JUDGE.is_file() else None,
        None if course_weights is None else load_course_judge(Path(course_weights)),
        load_images(train) if train.is_file() else None,
    )


def _device_and_rng(what: str) -> tuple[torch.device, np.random.Generator]:
    from hw2.core.device import find_device
    from hw2.core.params import Compute, read_general, read_section
    from hw2.core.seeds import numpy_generator

    device = find_device(read_section(Compute, "compute"))
    return device, numpy_generator(read_general().seed, "score", "folder", what)


def _tell(found: FolderScores, folder: Path, real: Path, json: Path | None) -> None:
    from hw2.folder_scores.text import scores_text

    counts = f"{found.n} images, against {found.n_real} of {real}"
    typer.echo(f"{folder}: {counts}\n\n{scores_text(found)}")
    if json is not None:
        write_json(json, {"folder": str(folder), "against": str(real), **vars(found)})
