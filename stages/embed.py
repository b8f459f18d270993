"""Map the features of one adaptation run to the plane: its outcome -> t-SNE coordinates."""

import numpy as np
import pandas as pd

from hw2.adapt.outcome import load_outcome
from hw2.adapt.params import AdaptRun
from hw2.core.files import write_text
from hw2.core.params import read_general, read_section
from hw2.core.paths import prepared, tsne
from hw2.core.seeds import derive_seed
from hw2.core.stage import run_stage_for
from hw2.data.arrays import load_images
from hw2.evaluation.params import EmbedSettings
from hw2.evaluation.tsne import embed


def main(name: str) -> None:
    settings, seed = read_section(EmbedSettings, "embed"), read_general().seed
    names, outcome = read_section(AdaptRun, "adapt", "runs", name), load_outcome(name)
    domains = {"source": names.source, "target": names.target}
    features = np.concatenate([outcome[f"{side}_features"] for side in domains])
    position = embed(
        features, derive_seed(seed, "embed", name), settings.perplexity, settings.steps
    )
    digits = [
        load_images(prepared(domain, "val")).digits[outcome[f"{side}_mapped"]]
        for side, domain in domains.items()
    ]
    table = pd.DataFrame({"x": position[:, 0], "y": position[:, 1]}).assign(
        digit=np.concatenate(digits),
        domain=np.repeat(list(domains.values()), [len(part) for part in digits]),
    )
    text = table.to_csv(index=False, float_format="%.4f", lineterminator="\n")
    write_text(tsne(name), text)


if __name__ == "__main__":
    run_stage_for(main, __doc__)
