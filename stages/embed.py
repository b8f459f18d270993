"""Map the features of adaptation runs to the plane: outcomes -> t-SNE coordinates."""

from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd
from tqdm import tqdm

from hw2.adapt.shared.outcome import load_outcome
from hw2.adapt.shared.params import AdaptRun
from hw2.core.cores import cores
from hw2.core.files import write_text
from hw2.core.params import read_general, read_section
from hw2.core.paths import prepared, tsne
from hw2.core.seeds import derive_seed
from hw2.core.stage import run_stage
from hw2.data.arrays import load_images
from hw2.evaluation.params import EmbedSettings
from hw2.evaluation.tsne import embed


def main() -> None:
    runs = read_section(EmbedSettings, "embed").runs
    with ProcessPoolExecutor(max_workers=cores()) as workers:
        maps = workers.map(draw_map, runs)
        for _ in tqdm(maps, total=len(runs), desc="embed", unit="map", disable=None):
            pass


def draw_map(name: str) -> None:
    """Write the map of one run."""
    settings, seed = read_section(EmbedSettings, "embed"), read_general().seed
    names, outcome = read_section(AdaptRun, "adapt", "runs", name), load_outcome(name)
    domains = {"source": names.source, "target": names.target}
    features = np.concatenate([outcome[f"{side}_features"] for side in domains])
    purpose = derive_seed(seed, "embed", name)
    position = embed(features, purpose, settings.perplexity, settings.steps)
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
    run_stage(main, __doc__)
