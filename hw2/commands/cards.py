"""`hw2 cards`: model cards, one for each run of params.yaml."""

from pathlib import Path
from typing import Annotated

import typer

from hw2.core.errors import UserError
from hw2.core.files import write_text


def cards(
    check: Annotated[bool, typer.Option(help="only tell whether the cards are up to date")] = False,
) -> None:
    """Write docs/models/: a card for each run, from params.yaml, metrics/ and plots/.

    A card from which nothing but the training time differs is left as it is. The folder holds
    nothing else: what is in it and belongs to no run is removed.
    """
    from hw2.cards.card import FOLDER
    from hw2.cards.card import cards as made
    from hw2.cards.cost import without_time

    new = made(Path())
    old = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    changed = sorted(
        name
        for name in new.keys() | old.keys()
        if name not in new or name not in old or without_time(new[name]) != without_time(old[name])
    )
    if check and changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise UserError(
            f"{FOLDER / changed[0]}{more}: not what params.yaml and metrics/ say; run hw2 cards"
        )
    for name in changed:
        if name in new:
            write_text(FOLDER / name, new[name])
        else:  # the card of a run that params.yaml has no more
            (FOLDER / name).unlink()
    typer.echo(
        f"{FOLDER}: {len(new) - 1} cards and an index, as params.yaml and metrics/ have them"
    )
