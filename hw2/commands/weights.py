"""`hw2 weights`: pretrained weights that scores need."""

import typer

weights_app = typer.Typer(no_args_is_help=True, help="Pretrained weights that scores need.")


@weights_app.callback()
def weights() -> None:
    """Keep `inception` a word of its own, though it is the only command here."""


@weights_app.command("inception")
def inception() -> None:
    """Download the FID Inception weights (91 MB), once, into torch's cache."""
    from hw2.evaluation.weights import cached_path, fetch_inception

    fetch_inception(cached_path())
    typer.echo(f"{cached_path()} is in place; FID is computed from now on")
