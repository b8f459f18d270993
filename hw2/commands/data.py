"""`hw2 data`: look at raw data, or build it from public originals."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

data_app = typer.Typer(no_args_is_help=True, help="Raw data sets.")


class Only(StrEnum):
    """Half of the data set."""

    digits = "digits"
    faces = "faces"


@data_app.command("check")
def check(
    path: Annotated[Path, typer.Argument(help="folder with face/ and digits/")] = Path("data"),
) -> None:
    """Tell what a data folder holds and everything that is wrong with it; change nothing."""
    from hw2.raw.check import describe

    text, good = describe(path)
    typer.echo(text)
    if not good:
        raise typer.Exit(1)


@data_app.command("make-public")
def make_public(
    out: Annotated[Path, typer.Argument(help="a new folder, or one that this command began")],
    only: Annotated[Only | None, typer.Option(help="make one half only")] = None,
    backgrounds: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH", help="folder, tar or zip of photographs for MNIST-M; else BSDS500"
        ),
    ] = None,
    originals: Annotated[
        Path, typer.Option(help="where the published files are, or are downloaded to")
    ] = Path("runs/originals"),
) -> None:
    """Build the 2022 course layout from MNIST, SVHN, USPS, BSDS500 and CelebA.

    What is missing is downloaded (0.34 GB for digits, 1.45 GB for faces) and checked.

    A run that was stopped goes on when it is called again. See docs/public-data.md.
    """
    from hw2.core.params import read_general, read_section
    from hw2.raw.params import PublicSettings
    from hw2.raw.public.build import build
    from hw2.raw.public.originals import published
    from hw2.raw.public.request import SOURCES, Request

    digits = [name for name in SOURCES if name != "face"]
    request = Request(
        out=out,
        only={None: list(SOURCES), Only.digits: digits, Only.faces: ["face"]}[only],
        settings=read_section(PublicSettings, "public"),
        seed=read_general().seed,
        originals=published(),
        root=originals,
        backgrounds=backgrounds or [],
    )
    build(request, typer.echo, progress=True)
    typer.echo(f"{out}: ready; look at it with `hw2 data check {out}`")
