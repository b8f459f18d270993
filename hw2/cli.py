"""The command `hw2`: models, data, scores and checks; `dvc repro` builds everything else."""

import typer

from hw2.commands.cards import cards
from hw2.commands.claims import claims_app
from hw2.commands.data import data_app
from hw2.commands.doctor import doctor
from hw2.commands.embed import embed
from hw2.commands.models import models, show
from hw2.commands.predict import predict
from hw2.commands.repository import params, readme
from hw2.commands.repro import repro
from hw2.commands.sample import sample
from hw2.commands.score import score_app
from hw2.commands.smoke import smoke
from hw2.commands.weights import weights_app
from hw2.core.errors import exit_on_user_error

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)

USE, LOOK, PREPARE = "Use trained models", "Look at models and scores", "Prepare and check"
for panel, commands in {
    USE: (sample, predict, embed),
    LOOK: (models, show),
    PREPARE: (repro, smoke, doctor, params, readme, cards),
}.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)
app.add_typer(score_app, name="score", rich_help_panel=LOOK)
app.add_typer(claims_app, name="claims", rich_help_panel=LOOK)
app.add_typer(data_app, name="data", rich_help_panel=PREPARE)
app.add_typer(weights_app, name="weights", rich_help_panel=PREPARE)


def main() -> None:
    """Entry point; a user's mistake gives one message and status 1."""
    with exit_on_user_error():
        app()
