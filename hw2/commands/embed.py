"""`hw2 embed`: map folders of images by the features of a trained adaptation network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hw2.commands.outputs import check_free
from hw2.core.errors import UserError
from hw2.core.files import write_text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from hw2.adapt.trained import TrainedNet

PERPLEXITY_HELP = "effective number of neighbours; by default that of params.yaml"
MOST_HELP = "images of each folder, drawn at random; by default adapt.common.mapped_images"


def embed(
    run: Annotated[str, typer.Argument(metavar="RUN", help="an adaptation run of params.yaml")],
    images: Annotated[list[Path], typer.Argument(metavar="IMAGES", help="folders of digits")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="OUT.csv, or OUT.png for a picture")],
    perplexity: Annotated[float | None, typer.Option(help=PERPLEXITY_HELP)] = None,
    most: Annotated[int | None, typer.Option("--max", min=1, help=MOST_HELP)] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace OUT")] = False,
) -> None:
    """Map one or several folders of images to the plane: t-SNE of a network's features.

    OUT.csv has the columns image_name, folder, label (predicted), x and y; OUT.png shows the map
    by predicted digit and by folder. Equal arguments give equal maps.
    """
    check_free(out, overwrite)
    _check_arguments(images, out)
    from hw2.adapt.shared.params import AdaptCommon
    from hw2.adapt.trained import TrainedNet
    from hw2.core.params import read_section
    from hw2.evaluation.params import EmbedSettings

    settings = read_section(EmbedSettings, "embed")
    most = most or read_section(AdaptCommon, "adapt", "common").mapped_images
    table, features = _read(TrainedNet(run), images, most)
    wanted = settings.perplexity if perplexity is None else perplexity
    table[["x", "y"]] = _positions(features, run, wanted, settings.steps)
    if out.suffix == ".csv":
        write_text(out, table.to_csv(index=False, float_format="%.4f", lineterminator="\n"))
    else:
        _draw(table, run, out)
    typer.echo(f"{out}: t-SNE of {len(table)} images, perplexity {wanted:g}, features of {run}")


def _check_arguments(folders: list[Path], out: Path) -> None:
    from hw2.report.image_map import MAX_FOLDERS

    if out.suffix not in (".csv", ".png"):
        raise UserError(f"{out}: the name must end in .csv (a table) or .png (a picture)")
    if len(set(folders)) < len(folders):
        raise UserError("a folder is given twice; give each one once")
    if len(folders) > MAX_FOLDERS:
        raise UserError(f"{len(folders)} folders are given; a map shows at most {MAX_FOLDERS}")


def _read(net: TrainedNet, folders: list[Path], most: int) -> tuple[pd.DataFrame, np.ndarray]:
    """A row (image_name, folder, label) for each image of the map, and the features (N, F)."""
    import numpy as np
    import pandas as pd

    from hw2.core.seeds import numpy_generator
    from hw2.data.values import DIGITS
    from hw2.raw.folder import open_folder

    tables, features = [], []
    for path in folders:
        folder = open_folder(path)
        held = len(folder.names)
        if held > most:
            chosen = numpy_generator(*net.run.purpose("own images", str(path))).permutation(held)[
                :most
            ]
            folder.names = [folder.names[index] for index in np.sort(chosen)]
            typer.echo(f"{path}: {most} of {held} images, drawn at random (see --max)", err=True)
        for chunk in folder.chunks(DIGITS.size):
            reading = net.read(chunk.images)
            rows = {"image_name": chunk.names, "folder": str(path), "label": reading.labels}
            tables.append(pd.DataFrame(rows))
            features.append(reading.features)
        folder.report()
    return pd.concat(tables, ignore_index=True), np.concatenate(features)


def _positions(features: np.ndarray, run: str, perplexity: float, steps: int) -> np.ndarray:
    """(N, 2) from (N, F)."""
    from hw2.core.params import read_general
    from hw2.core.seeds import derive_seed
    from hw2.evaluation.tsne import embed as map_features

    if not 0 < perplexity < len(features):
        raise UserError(
            f"t-SNE needs a perplexity between 0 and the number of images, {len(features)}; "
            f"it is {perplexity:g}: map more images or change --perplexity"
        )
    if not features.std(axis=0).any():
        raise UserError("t-SNE: the images are all alike to this network; there is nothing to map")
    return map_features(features, derive_seed(read_general().seed, "embed", run), perplexity, steps)


def _draw(table: pd.DataFrame, run: str, out: Path) -> None:
    from hw2.core.params import read_general
    from hw2.core.seeds import numpy_generator
    from hw2.report.figure import save_figure
    from hw2.report.image_map import draw_image_map

    rng = numpy_generator(read_general().seed, "embed", run, "order")
    points, labels = table[["x", "y"]].to_numpy(), table["label"].to_numpy()
    save_figure(draw_image_map(points, labels, table["folder"].tolist(), rng), out)
