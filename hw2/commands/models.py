"""`hw2 models` and `hw2 show`: the networks of params.yaml, as the reports print them."""

import json
from typing import Annotated

import typer


def models(
    as_json: Annotated[bool, typer.Option("--json", help="with shapes, layers and prints")] = False,
) -> None:
    """List every network of params.yaml with its size and the system that it re-creates."""
    from hw2.architectures import catalogue, listing

    found = catalogue.models()
    if as_json:
        lines = (json.dumps(one, ensure_ascii=False) for one in listing.records(found))
        typer.echo("[\n" + ",\n".join(lines) + "\n]")
    else:
        typer.echo(listing.overview(found))


def show(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="a run of params.yaml, or an adaptation net")
    ],
) -> None:
    """Print the networks of a run, as the reports do."""
    from hw2.architectures import catalogue, listing

    typer.echo(listing.show(catalogue.models(), run))
