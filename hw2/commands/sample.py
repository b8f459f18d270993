"""`hw2 sample`: new images from a trained GAN or diffusion model."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hw2.commands.outputs import check_free, check_place
from hw2.core.errors import UserError
from hw2.core.params import nearest, read_general, read_names
from hw2.core.paths import WEIGHTS, run_folder

if TYPE_CHECKING:
    import numpy as np

    from hw2.data.asked import Asked
    from hw2.diffusion.trained import TrainedDiffusion
    from hw2.gan.trained import TrainedGan


MOST_IMAGES = 1_000_000


class Format(StrEnum):
    """How images are written."""

    png = "png"
    npz = "npz"


def sample(
    run: Annotated[str, typer.Argument(metavar="RUN", help="a GAN or diffusion run, trained")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="folder (or .npz file) to write")],
    n: Annotated[int, typer.Option("--n", help="images in all, spread over the digits")] = 1000,
    seed: Annotated[
        int | None, typer.Option(help="root of the noise; by default the seed of params.yaml")
    ] = None,
    digit: Annotated[int | None, typer.Option(help="this digit only, 0 to 9")] = None,
    steps: Annotated[
        int | None,
        typer.Option(help="diffusion: evaluations of the network; fewer than DDPM takes: by DDIM"),
    ] = None,
    sampler: Annotated[
        str | None, typer.Option(help="diffusion: an entry of diffusion.samplers in params.yaml")
    ] = None,
    guidance: Annotated[
        float | None,
        typer.Option(help="diffusion: w of guidance, (1 + w) eps - w eps'; 0 for none"),
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help="a folder of PNG files, or one array file")
    ] = Format.png,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace OUT")] = False,
) -> None:
    """Draw new images from a trained model.

    Digits are named <digit>_<001..>.png, faces <00001..>.png. An image depends on the seed, its
    digit and its number alone: asking for more of them, or for one digit only, changes none.
    With the seed, sampler, steps and guidance of params.yaml they are those that the pipeline
    scores, bit for bit if they are made on the same machine (others round differently).

    An array file holds images (N, S, S, 3) uint8, names, and labels where there are any.
    """
    family = _family(run)
    _check_numbers(n, seed)
    if family == "gan" and any(each is not None for each in (steps, sampler, guidance)):
        raise UserError(f"{run} is a GAN: it has no sampler, steps or guidance; leave them out")
    if form is Format.png:
        from hw2.data.export import check_folder

        check_folder(out, overwrite)
        check_place(out)
    else:
        check_free(out, overwrite)
    if not (run_folder(family, run) / WEIGHTS).is_file():
        raise UserError(f"{run} has not been trained; run: dvc repro train_{family}@{run}")
    model = _load(family, run, sampler, steps, guidance)
    asked = _asked(run, model.classes, n, digit)
    seed = read_general().seed if seed is None else seed
    _write(out, form, asked, model.images(asked, seed))
    typer.echo(f"{out}: {n} images of {run}, seed {seed}")


def _family(run: str) -> str:
    """``gan`` or ``diffusion``.

    Raises:
        UserError: params.yaml has no such run, or it makes no images.
    """
    families = {family: read_names(family, "models") for family in ("gan", "diffusion")}
    for family, names in families.items():
        if run in names:
            return family
    if run in read_names("adapt", "runs"):
        raise UserError(f"{run} makes no images, it reads them; try: hw2 predict {run}")
    known = [name for names in families.values() for name in names]
    raise UserError(f"no GAN or diffusion run is named '{run}'{nearest(run, known)}")


def _check_numbers(n: int, seed: int | None) -> None:
    if n < 1:
        raise UserError(f"--n is {n}: ask for one image or more")
    if n > MOST_IMAGES:
        raise UserError(f"--n is {n}: ask for {MOST_IMAGES:,} at most; another --seed gives more")
    if seed is not None and seed < 0:
        raise UserError(f"--seed is {seed}: choose 0 or more")


def _load(
    family: str, run: str, sampler: str | None, steps: int | None, guidance: float | None
) -> TrainedGan | TrainedDiffusion:
    if family == "gan":
        from hw2.gan.trained import TrainedGan

        return TrainedGan(run)
    from hw2.diffusion.trained import TrainedDiffusion

    return TrainedDiffusion(run, sampler, steps, guidance)


def _asked(run: str, classes: int | None, n: int, digit: int | None) -> Asked:
    from hw2.data.asked import Asked

    if digit is None:
        return Asked.evenly(n, classes)
    if classes is None:
        raise UserError(f"{run} makes faces, no digits; leave --digit out")
    if not 0 <= digit < classes:
        raise UserError(f"--digit is {digit}: choose from 0 to {classes - 1}")
    return Asked({digit: n})


def _write(out: Path, form: Format, asked: Asked, images: Iterator[np.ndarray]) -> None:
    if form is Format.png:
        from hw2.data.export import write_folder

        write_folder(out, asked.names, images)
        return
    import numpy as np

    from hw2.data.arrays import ImageSet

    ImageSet(np.concatenate(list(images)), asked.names, asked.labels).save(out)
