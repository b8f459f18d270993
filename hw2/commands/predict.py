"""`hw2 predict`: label a folder of images with a trained adaptation network."""

import csv
import io
from pathlib import Path
from typing import Annotated

import typer

from hw2.commands.outputs import check_free
from hw2.core.files import write_text


def predict(
    run: Annotated[str, typer.Argument(metavar="RUN", help="an adaptation run of params.yaml")],
    images: Annotated[Path, typer.Argument(metavar="IMAGES", help="folder of digits")],
    out: Annotated[Path, typer.Argument(metavar="OUT.csv", help="table to write")],
    probabilities: Annotated[
        bool,
        typer.Option("--probabilities", help="add the column `probability`, that of the label"),
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace OUT.csv")] = False,
) -> None:
    """Label each image of a folder: a table `image_name,label`, sorted by name.

    The images may be of any size and mode; they are stretched to 28x28. Those that cannot be read
    are named on stderr and have no line in the table.
    """
    check_free(out, overwrite)
    from hw2.adapt.trained import TrainedNet
    from hw2.data.values import DIGITS
    from hw2.raw.folder import open_folder

    folder, net = open_folder(images), TrainedNet(run)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["image_name", "label", *(["probability"] if probabilities else [])])
    count = 0
    for chunk in folder.chunks(DIGITS.size):
        reading = net.read(chunk.images)
        for name, label, chance in zip(
            chunk.names, reading.labels, reading.confidence, strict=True
        ):
            writer.writerow([name, label, *([f"{chance:.4f}"] if probabilities else [])])
        count += len(chunk)
    write_text(out, text.getvalue())
    folder.report()
    typer.echo(f"{out}: {count} images labelled by {run}")
