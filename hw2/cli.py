"""The command `hw2`: looking at data, params, networks and weights; `dvc repro` does the rest."""

import json
from pathlib import Path
from typing import Annotated

import typer

from hw2.architectures import catalogue, listing
from hw2.core.errors import UserError, exit_on_user_error
from hw2.core.files import write_text
from hw2.evaluation.weights import cached_path, fetch_inception
from hw2.params import check_params
from hw2.raw.check import describe
from hw2.report.readme import fill

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
data_app = typer.Typer(no_args_is_help=True, help="Raw data sets.")
weights_app = typer.Typer(no_args_is_help=True, help="Pretrained weights that scores need.")
app.add_typer(data_app, name="data")
app.add_typer(weights_app, name="weights")


@data_app.command("check")
def data_check(
    path: Annotated[Path, typer.Argument(help="folder with face/ and digits/")] = Path("data"),
) -> None:
    """Tell what a data folder holds and everything that is wrong with it; change nothing."""
    text, good = describe(path)
    typer.echo(text)
    if not good:
        raise typer.Exit(1)


@weights_app.command("inception")
def weights_inception() -> None:
    """Download the FID Inception weights (91 MB), once, into torch's cache."""
    fetch_inception(cached_path())
    typer.echo(f"{cached_path()} is in place; FID is computed from now on")


@app.command("models")
def models(
    as_json: Annotated[bool, typer.Option("--json", help="with shapes, layers and prints")] = False,
) -> None:
    """List every network of params.yaml with its size and the system that it re-creates."""
    found = catalogue.models()
    if as_json:
        lines = (json.dumps(one, ensure_ascii=False) for one in listing.records(found))
        typer.echo("[\n" + ",\n".join(lines) + "\n]")
    else:
        typer.echo(listing.overview(found))


@app.command("show")
def show(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="a run of params.yaml, or an adaptation net")
    ],
) -> None:
    """Print the networks of a run, as the reports do."""
    typer.echo(listing.show(catalogue.models(), run))


@app.command("params")
def params() -> None:
    """Check all of params.yaml, before anything is trained."""
    check_params()
    typer.echo("params.yaml: all good")


@app.command("readme")
def readme(
    check: Annotated[bool, typer.Option(help="only tell whether README.md is up to date")] = False,
) -> None:
    """Put the tables of metrics/*.md into README.md."""
    path = Path("README.md")
    old = path.read_text(encoding="utf-8")
    new = fill(old, {file.stem: file.read_text() for file in sorted(Path("metrics").glob("*.md"))})
    if check and new != old:
        raise UserError("README.md: its tables differ from metrics/*.md; run hw2 readme")
    if new != old:
        write_text(path, new)
    typer.echo("README.md: its tables are those of metrics/")


def main() -> None:
    """Entry point; a user's mistake gives one message and status 1."""
    with exit_on_user_error():
        app()
