"""`hw2 claims`: the reports' claims as experiments, with a verdict on each."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hw2.core.errors import UserError
from hw2.core.paths import DATA_METRICS

if TYPE_CHECKING:
    from hw2.claims.definition import Claim
    from hw2.claims.experiment import Experiment

claims_app = typer.Typer(no_args_is_help=True, help="The reports' claims, put to the test.")
PAGE = Path("metrics/claims.md")

Ids = Annotated[list[str] | None, typer.Argument(help="e.g. C16 C18; by default all")]


class Cost(StrEnum):
    """How long the experiments of a claim take."""

    sampling = "sampling"
    short = "short"
    long = "long"


Costs = Annotated[list[Cost] | None, typer.Option("--cost", help="only claims that cost this")]


@claims_app.command("list")
def list_claims(cost: Costs = None) -> None:
    """Every claim, what it costs, how many of its experiments are done, and the verdict."""
    from hw2.claims.definition import read_claims
    from hw2.claims.page import judge_all, listing

    chosen = {
        name: claim for name, claim in read_claims().items() if not cost or claim.cost in cost
    }
    typer.echo(listing(judge_all(chosen)).markdown())


@claims_app.command("run")
def run_claims(
    ids: Ids = None,
    cost: Costs = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="experiments at a time")] = 1,
) -> None:
    """Run what is not done yet of these claims, each experiment by `dvc exp run --temp`.

    The scale is that of params.yaml, the data are those of data.dvc. Weights that are there are
    used as they are, so a claim about sampling trains nothing. Then the table is written as by
    `hw2 claims show`.
    """
    from hw2.claims.definition import read_claims
    from hw2.claims.experiment import experiments
    from hw2.claims.records import Basis
    from hw2.claims.run import run_all, todo
    from hw2.commands.claims_check import check
    from hw2.core.files import read_json
    from hw2.core.params import read_general
    from hw2.jobs.side_by_side import answer, dvc, shares_here

    wanted: list[Experiment] = []
    for name, claim in _chosen(read_claims(), ids).items():
        if not cost or claim.cost in cost:
            wanted += experiments(name, claim)
    typer.echo("dvc repro prepare: the data that all of them take")
    answer(dvc("repro", "prepare"))
    basis = Basis(read_general().scale, read_json(DATA_METRICS))
    left = todo(wanted, basis)
    check(left)
    typer.echo(f"{len(wanted)} experiments, {len(left)} to do")
    failed = run_all(left, basis, shares_here(jobs), typer.echo)
    _write()
    if failed:
        raise UserError(f"failed: {', '.join(failed)}; run it again to go on")


@claims_app.command("show")
def show_claims(ids: Ids = None) -> None:
    """Write metrics/claims.md from what is on record; print it, or the claims asked for."""
    from hw2.claims.definition import read_claims
    from hw2.claims.page import details, judge_all, overview

    chosen = judge_all(_chosen(read_claims(), ids))
    _write()
    if ids:
        typer.echo("\n".join(details(name, one) for name, one in chosen.items()))
    else:
        typer.echo(overview(chosen).markdown())


def _chosen(claims: dict[str, Claim], ids: list[str] | None) -> dict[str, Claim]:
    """The claims asked for, in the file's order."""
    from hw2.core.params import nearest

    for name in ids or []:
        if name not in claims:
            raise UserError(f"there is no claim '{name}'{nearest(name, list(claims))}")
    return {name: claim for name, claim in claims.items() if not ids or name in ids}


def _write() -> None:
    from hw2.claims.definition import read_claims
    from hw2.claims.page import judge_all, page
    from hw2.core.files import write_text

    write_text(PAGE, page(judge_all(read_claims())))
    typer.echo(f"{PAGE}: written", err=True)
