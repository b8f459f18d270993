"""Map the features of one adaptation run to the plane: features.npz -> t-SNE coordinates."""

import numpy as np
import pandas as pd

from hw2.core.files import read_arrays, write_text
from hw2.core.params import read_general, read_section
from hw2.core.paths import run_folder, tsne
from hw2.core.seeds import derive_seed, numpy_generator
from hw2.core.stage import run_stage_for
from hw2.evaluation.params import EmbedSettings
from hw2.evaluation.tsne import embed


def main(name: str) -> None:
    settings, seed = read_section(EmbedSettings, "embed"), read_general().seed
    found = read_arrays(run_folder("adapt", name) / "features.npz")
    rng = numpy_generator(seed, "embed", name, "points")
    chosen = np.concatenate(
        [
            np.sort(rng.permutation(np.flatnonzero(found["domains"] == domain))[: settings.points])
            for domain in pd.unique(found["domains"])
        ]
    )
    position = embed(
        found["features"][chosen],
        derive_seed(seed, "embed", name),
        settings.perplexity,
        settings.steps,
    )
    table = pd.DataFrame({"x": position[:, 0], "y": position[:, 1]}).assign(
        digit=found["labels"][chosen], domain=found["domains"][chosen]
    )
    text = table.to_csv(index=False, float_format="%.4f", lineterminator="\n")
    write_text(tsne(name), text)


if __name__ == "__main__":
    run_stage_for(main, __doc__)
